"""Chinese characters exchanged for others that look nearly the same, as slips of the pen and of scanners do.

Compare the glyph attacks of Li, Du, Liu et al. 2020 ("TextShield: Robust Text Classification Based on Multimodal
Embedding and Neural Machine Translation").
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from robust_emo.look_alikes import look_alikes
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .chinese_emotions import EMOTIONAL_CHARACTERS
from .chinese_negations import NEGATIONS
from .chinese_shapes import similar_characters
from .chinese_text import chinese_runs
from .span_search import Exchange, SpanAttack


class ChineseLookAlikes(SpanAttack):
    """Greedy exchange of important characters for look-alikes.

    Args:
        compatibility_forms: also try the radicals and compatibility ideographs of Unicode, which look the same on
            the screen; tokenizers that normalise Unicode undo them.
    """

    spec = PluginSpec(
        name="zh-look-alikes",
        version="1",
        summary="Chinese characters exchanged for ones of nearly the same shape",
        paper="Li 2020",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget(max_word_share=0.2)

    def __init__(self, *, compatibility_forms: bool = True) -> None:
        self.compatibility_forms = compatibility_forms

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per character that has look-alikes."""
        for start, end in chinese_runs(text):
            for place in range(start, end):
                if text[place] in NEGATIONS:
                    continue
                similar = similar_characters().get(text[place], ())
                others = [other for other in similar if other not in EMOTIONAL_CHARACTERS | NEGATIONS]
                forms = look_alikes(text[place]) if self.compatibility_forms else ()
                yield Exchange(place, place + 1, (*others, *forms))

    def arguments(self) -> Mapping[str, Any]:
        """Whether compatibility forms are tried."""
        return {"compatibility_forms": self.compatibility_forms}

    def notes(self) -> Sequence[str]:
        """Where the pairs come from."""
        return (
            f"Look-alikes come from a table of our own with {len(similar_characters()):,} characters, nearly all "
            "simplified, that share most of their strokes; a reader may have to guess from the context.",
            "Characters that express an emotion by themselves (喜, 怒, 哭, 恐 ...) are never put in place of others.",
            "Negations (不, 没, 别, 无 ...) are neither changed nor written.",
            "Only Chinese characters are exchanged; texts without any are left unchanged and count as withstood.",
        )
