"""Chinese characters written as their two halves, as people do who hide words from a filter: 好 becomes 女子.

Compare the splitting of characters in Su, Shi, Shen et al. 2022 ("RoCBert: Robust Chinese Bert with Multimodal
Contrastive Pretraining").
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .chinese_negations import NEGATIONS
from .chinese_shapes import SQUEEZED, components
from .chinese_text import chinese_runs
from .span_search import Exchange, SpanAttack


class ChineseSplitting(SpanAttack):
    """Greedy splitting of important left-right characters into two characters.

    Args:
        squeezed: also split characters whose left part has another shape when it stands alone (恨 into 心艮, 说 into
            言兑), which is harder to read.
    """

    spec = PluginSpec(
        name="zh-splitting",
        version="1",
        summary="Chinese left-right characters written as their two halves",
        paper="Su 2022",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget(max_word_share=0.4)
    """Twice the share of the other attacks on characters: a split one counts as one changed and one added."""

    def __init__(self, *, squeezed: bool = False) -> None:
        self.squeezed = squeezed

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per character that can be split."""
        for start, end in chinese_runs(text):
            for place in range(start, end):
                halves = components().get(text[place], "")
                if not NEGATIONS.isdisjoint((text[place], *halves)):
                    continue  # 杯 would become 木不
                if halves and (self.squeezed or halves[0] not in SQUEEZED):
                    yield Exchange(place, place + 1, (halves,))

    def arguments(self) -> Mapping[str, Any]:
        """Whether characters with a squeezed left part are split."""
        return {"squeezed": self.squeezed}

    def notes(self) -> Sequence[str]:
        """Where the halves come from, and how they are counted."""
        return (
            f"Halves come from a table of our own with {len(components())} characters; one split character counts as "
            "two words changed.",
            "Negations (不, 没, 别, 无 ...) are not split, nor characters with one as a half (杯 into 木不).",
            "Only Chinese characters are split; texts without any are left unchanged and count as withstood.",
        )
