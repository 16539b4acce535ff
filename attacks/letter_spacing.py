"""Letters set apart for stress or to pass a filter: h a p p y, h-a-p-p-y, h.a.p.p.y.

Hosseini, Kannan, Zhang & Poovendran 2017, "Deceiving Google's Perspective API Built for Detecting Toxic Comments", set
letters apart in this way.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import greedy_search
from .stop_words import is_stop_word
from .text_edits import free_words

SEPARATORS = (" ", "-", ".", "_", "*")
_SHORTEST, _LONGEST = 3, 12  # letters; longer words set apart are hard to read


class LetterSpacing:
    """The letters of up to `max_spaced` words are set apart by a blank, hyphen, dot, underscore or star.

    Words of three to twelve Latin letters that are no function words; a word in a hashtag or address stays. With
    blanks or dots every letter counts as a word, so a limit on words leaves mostly the hyphen.

    Args:
        max_spaced: words set apart, at least 1.

    Raises:
        InputError: `max_spaced` below 1.
    """

    spec = PluginSpec(
        name="letter-spacing",
        version="1",
        summary="sets letters apart: h a p p y, h-a-p-p-y, h.a.p.p.y",
        paper="Hosseini 2017",
        family="emotion",
        languages=("en",),
    )
    budget = AttackBudget()

    def __init__(self, *, max_spaced: int = 3) -> None:
        if max_spaced < 1:
            raise InputError(f"attack letter-spacing: max_spaced must be at least 1, got {max_spaced}")
        self.max_spaced = max_spaced

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)
        free = frozenset(free_words(original))
        allowance = Allowance(original, budget)
        editable = frozenset(original[i] for i in free if _can_be_spaced(original[i]))

        async def candidates(words: Words, index: int) -> list[Words]:
            spaced = sum(a != b for a, b in zip(words.words, original.words, strict=True))
            if index not in free or spaced == self.max_spaced:
                return []
            options = [words.replace(index, separator.join(words[index])) for separator in SEPARATORS]
            return [option for option in options if allowance.holds(option.text)]

        return await greedy_search(
            original, query, goal=goal, budget=budget, editable=editable.__contains__, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many words may be set apart."""
        return {"max_spaced": self.max_spaced}

    def notes(self) -> Sequence[str]:
        """How words count."""
        return (
            "A word set apart by blanks or dots counts as one word changed and one added per further letter. Only "
            "words in Latin letters are set apart; other texts are left unchanged and count as withstood.",
        )


def _can_be_spaced(word: str) -> bool:
    return word.isalpha() and word.isascii() and _SHORTEST <= len(word) <= _LONGEST and not is_stop_word(word.lower())
