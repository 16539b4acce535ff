"""Sooo happyyy: letters repeated for stress, or repeated letters brought back; 哈哈哈哈 and ～～ in Chinese."""

import random
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import greedy_search
from .text_edits import free_words

_VOWELS = frozenset("aeiouyAEIOUY")
_INTERJECTIONS = frozenset("哈嘿呵嘻呜啊呀哦噢喔哎唉嗯哇嘤呃嗷哼")
_PARTICLES = frozenset("啊呀哦呢吧啦嘛哈哇哟喔噢呐啵")  # may be followed by ～
_LONGEST = 20  # letters


class Elongation:
    """Per word one run of letters made longer: its last letter or one of its vowels; a run of three is made shorter.

    Chinese interjections and particles are repeated, and particles at the end of a phrase get ～. Runs of a letter
    brought back to one letter give the original's letters. Numbers, addresses, @handles and #hashtags stay.

    Args:
        repeats: how often a letter stands in the two forms tried, each at least 3.

    Raises:
        InputError: a number below 3, or none.
    """

    spec = PluginSpec(
        name="elongation",
        version="1",
        summary="sooo happyyy: repeats letters for stress, or undoes it",
        family="emotion",
        languages=("en", "zh"),
    )
    budget = AttackBudget(max_word_share=0.3)

    def __init__(self, *, repeats: Sequence[int] = (3, 5)) -> None:
        if not repeats or min(repeats) < 3:
            raise InputError(f"attack elongation: repeats must be numbers of at least 3, got {list(repeats)}")
        self.repeats = tuple(repeats)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)
        free = frozenset(free_words(original))
        allowance = Allowance(original, budget)
        editable = frozenset(original[i] for i in free if self._forms(original, i))

        async def candidates(words: Words, index: int) -> list[Words]:
            forms = self._forms(original, index) if index in free else []
            options = [words.replace(index, form) for form in forms]
            return [option for option in options if allowance.holds(option.text)]

        return await greedy_search(
            original, query, goal=goal, budget=budget, editable=editable.__contains__, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How long runs become."""
        return {"repeats": list(self.repeats)}

    def notes(self) -> Sequence[str]:
        """What can change and what cannot."""
        return (
            "Latin letters are repeated in words of two to twenty letters; in Chinese only interjections and "
            "particles, where writers do it. Texts in other scripts are left unchanged and count as withstood.",
        )

    def _forms(self, words: Words, index: int) -> list[str]:
        word = words[index]
        if word in _INTERJECTIONS | _PARTICLES:
            forms = [word * count for count in (2, *self.repeats)]
            at_end = words.gaps[index + 1][:1] or (" " if index + 1 == len(words) else "")
            return forms + [word + tilde for tilde in ("～", "～～") if word in _PARTICLES and at_end]
        return _long_forms(word, self.repeats)


def _long_forms(word: str, repeats: Sequence[int]) -> list[str]:
    if not (word.isascii() and word.isalpha() and 2 <= len(word) <= _LONGEST):
        return []
    runs = [(letter, len(list(group))) for letter, group in groupby(word)]
    forms = []
    for place, (letter, length) in enumerate(runs):
        last = place == len(runs) - 1
        lengths = [count for count in repeats if count > length] if last or letter in _VOWELS else []
        if length > 2:
            lengths += [1, 2]
        for count in lengths:
            forms.append("".join(x * (count if i == place else n) for i, (x, n) in enumerate(runs)))
    return forms
