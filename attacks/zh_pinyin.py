"""Chinese characters and words written in pinyin, as people do who hide words from a filter: 生气 becomes shengqi.

Compare the pinyin perturbations of Su, Shi, Shen et al. 2022 ("RoCBert: Robust Chinese Bert with Multimodal
Contrastive Pretraining").
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .chinese_negations import NEGATIONS
from .chinese_sounds import sounds
from .chinese_text import chinese_runs
from .chinese_words import english_for, find_words, synonyms
from .span_search import Exchange, SpanAttack


class ChinesePinyin(SpanAttack):
    """Greedy exchange of important characters, and of words of emotion as a whole, for pinyin without tones.

    Args:
        initials: also try first letters (sq for 生气), which only regulars of chats can read.
    """

    spec = PluginSpec(
        name="zh-pinyin",
        version="1",
        summary="Chinese characters and words written in pinyin",
        paper="Su 2022",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget(max_word_share=0.3)

    def __init__(self, *, initials: bool = False) -> None:
        self.initials = initials

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """Every character, and every word of the tables of synonyms and translations."""
        for start, end in chinese_runs(text):
            syllables = sounds(text[start:end], tones=False)
            characters = [(place, place + 1) for place in range(end - start)]
            words = [span for span in find_words(text[start:end], _words()) if span[1] - span[0] > 1]
            for first, last in sorted({*characters, *words}):
                if NEGATIONS.isdisjoint(text[start + first : start + last]):
                    yield Exchange(start + first, start + last, self._spellings(syllables[first:last]))

    def _spellings(self, syllables: Sequence[str]) -> tuple[str, ...]:
        if not all(syllables):
            return ()
        spelled = "".join(syllables)
        return (spelled, "".join(syllable[0] for syllable in syllables)) if self.initials else (spelled,)

    def arguments(self) -> Mapping[str, Any]:
        """Whether first letters are tried."""
        return {"initials": self.initials}

    def notes(self) -> Sequence[str]:
        """Where readings and words come from."""
        return (
            "Readings come from pypinyin; whole words are exchanged where our tables of synonyms and translations "
            "have them.",
            "Negations (不, 没, 别, 无 ...) and words with one stay.",
            "Only Chinese characters are exchanged; texts without any are left unchanged and count as withstood.",
        )


@cache
def _words() -> frozenset[str]:
    return frozenset(synonyms()) | frozenset(english_for())
