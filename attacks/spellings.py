"""The base of attacks that exchange single words for other spellings of them."""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .greedy import greedy_search


class SpellingAttack(ABC):
    """Greedy search over words: the most important one first, each to the spelling that helps most.

    Needs nothing but the model; see :func:`~robust_emo_attacks.greedy.greedy_search`.
    """

    spec: PluginSpec
    budget: AttackBudget

    @abstractmethod
    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """What may stand in place of `word`; none where it stays."""

    def editable(self, word: str) -> bool:
        """Whether `word` is worth ranking; those without spellings need not be."""
        return bool(word)

    def options(self, words: Words, index: int, rng: random.Random) -> list[Words]:
        """Texts to try for one word."""
        return [words.replace(index, spelling) for spelling in self.spellings(words[index], rng)]

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Search greedily."""

        async def candidates(words: Words, index: int) -> list[Words]:
            return self.options(words, index, rng)

        return await greedy_search(
            Words.of(example.text), query, goal=goal, budget=budget, editable=self.editable, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """No hyperparameters."""
        return {}

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """What a reader must know."""
