"""Chinese characters exchanged for others of the same sound, as slips of pinyin keyboards do.

Compare the phonetic attacks of Li, Du, Liu et al. 2020 ("TextShield: Robust Text Classification Based on Multimodal
Embedding and Neural Machine Translation").
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .chinese_emotions import EMOTIONAL_CHARACTERS
from .chinese_negations import NEGATIONS
from .chinese_sounds import homophones, sounds
from .chinese_text import chinese_runs
from .span_search import Exchange, SpanAttack


class ChineseHomophones(SpanAttack):
    """Greedy exchange of important characters for frequent ones that sound the same where they stand.

    Args:
        same_tone: the tone must agree too; without it there are about three times as many homophones, and the text
            is harder to read.
        max_candidates: homophones tried per character, at least 1; drawn at random where there are more.

    Raises:
        InputError: `max_candidates` below 1.
    """

    spec = PluginSpec(
        name="zh-homophones",
        version="1",
        summary="Chinese characters exchanged for frequent ones of the same sound",
        paper="Li 2020",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget(max_word_share=0.2)

    def __init__(self, *, same_tone: bool = True, max_candidates: int = 10) -> None:
        if max_candidates < 1:
            raise InputError(f"attack zh-homophones: max_candidates must be at least 1, got {max_candidates}")
        self.same_tone = same_tone
        self.max_candidates = max_candidates

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per character that has homophones."""
        for start, end in chinese_runs(text):
            for place, sound in enumerate(sounds(text[start:end], tones=self.same_tone), start):
                if text[place] in NEGATIONS:
                    continue
                same = homophones(text[place], sound, tones=self.same_tone)
                others = [other for other in same if other not in EMOTIONAL_CHARACTERS | NEGATIONS]
                if len(others) > self.max_candidates:
                    others = rng.sample(others, self.max_candidates)
                yield Exchange(place, place + 1, tuple(others))

    def arguments(self) -> Mapping[str, Any]:
        """Which homophones count and how many are tried."""
        return {"same_tone": self.same_tone, "max_candidates": self.max_candidates}

    def notes(self) -> Sequence[str]:
        """What is exchanged for what."""
        return (
            "Readings come from pypinyin; homophones are the 3,755 everyday characters of GB 2312, so a character of "
            "a traditional text may get a simplified one.",
            "Characters that express an emotion by themselves (喜, 怒, 哭, 恐 ...) are never put in place of others.",
            "Negations (不, 没, 别, 无 ...) are neither changed nor written.",
            "Only Chinese characters are exchanged; texts without any are left unchanged and count as withstood.",
        )
