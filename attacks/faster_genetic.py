"""Genetic search over near words, all substitutes fixed beforehand on the original text.

Jia, Raghunathan, Göksel & Liang 2019, "Certified Robustness to Adversarial Word Substitutions", a faster form of the
attack of Alzantot et al. 2018. Parents are drawn by how near they are to the goal, as in the papers (TextAttack's
search draws those far from it).
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import MOST_WORDS
from .population_search import MOST_SUBSTITUTES, Population, PopulationSearch
from .resource_notes import encoder_problems, vector_problems
from .text_window import window
from .word_swaps import swapped
from .word_vectors import vectors_used, word_vectors

_RADIUS = 6  # words to either side that the language model of the paper looks at


class FasterGenetic:
    """Breeds texts with some words exchanged for near ones.

    Args:
        max_candidates: neighbours per word, 1 to 255.
        max_word_distance: squared distance between the unit vectors of two words, in [0, 4].
        min_sentence_similarity: cosine between the embeddings of the six words to either side with the old and with
            the new word, in [-1, 1]; stands in for the language model of the paper.
        max_share: share of the words that one text may have exchanged, rounded up, in (0, 1].
        population: members per generation, at least 2.
        generations: at least 1.
        temperature: of the choice of parents, above 0; lower draws more of the best.
        patience: generations without a better best text that end the search, at least 1; the papers go on to the end.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="faster-genetic",
        version="1",
        summary="breeds texts with words exchanged for near ones",
        paper="Jia 2019",
        family="words",
        languages=("en",),
    )
    budget = AttackBudget()

    def __init__(
        self,
        *,
        max_candidates: int = 8,
        max_word_distance: float = 0.5,
        min_sentence_similarity: float = 0.8,
        max_share: float = 0.2,
        population: int = 60,
        generations: int = 40,
        temperature: float = 0.3,
        patience: int = 5,
    ) -> None:
        _require("max_candidates", max_candidates, "in [1, 255]", 1 <= max_candidates <= MOST_SUBSTITUTES)
        _require("max_word_distance", max_word_distance, "in [0, 4]", 0 <= max_word_distance <= 4)
        _require("min_sentence_similarity", min_sentence_similarity, "in [-1, 1]", -1 <= min_sentence_similarity <= 1)
        _require("max_share", max_share, "in (0, 1]", 0 < max_share <= 1)
        _require("population", population, "at least 2", population >= 2)
        _require("generations", generations, "at least 1", generations >= 1)
        _require("temperature", temperature, "above 0", 0 < temperature < math.inf)
        _require("patience", patience, "at least 1", patience >= 1)
        self.max_candidates = max_candidates
        self.max_word_distance = max_word_distance
        self.min_sentence_similarity = min_sentence_similarity
        self.max_share = max_share
        self.population = population
        self.generations = generations
        self.temperature = temperature
        self.patience = patience

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """See :class:`~robust_emo_attacks.population_search.PopulationSearch`."""
        original = Words.of(example.text)
        most = math.ceil(self.max_share * len(original))
        search = PopulationSearch(
            original,
            await self._substitutes(original, query),
            allowance=Allowance(original, budget),
            population=Population(self.population, self.generations, self.temperature, self.patience, most),
            rng=rng,
        )
        return await search.run(query, goal)

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder, and counter-fitted vectors that can be used where some are named."""
        return encoder_problems("faster-genetic") + vector_problems("faster-genetic")

    def arguments(self) -> Mapping[str, Any]:
        """Limits on candidates, and how to breed."""
        return {
            "max_candidates": self.max_candidates,
            "max_word_distance": self.max_word_distance,
            "min_sentence_similarity": self.min_sentence_similarity,
            "max_share": self.max_share,
            "population": self.population,
            "generations": self.generations,
            "temperature": self.temperature,
            "patience": self.patience,
        }

    def notes(self) -> Sequence[str]:
        """Which resources stood in, and what they cannot do."""
        return (
            f"Word neighbours come from {vectors_used()}. In place of the language model of the paper, an exchange "
            "must keep the words around similar for the bundled all-MiniLM-L6-v2.",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )

    async def _substitutes(self, words: Words, query: Query) -> dict[int, list[str]]:
        """What may stand at each index, judged on the original text and once for all."""
        tried = [(i, new) for i in words.indices[:MOST_WORDS] for new in swapped(words[i], self._near)]
        if not tried:
            return {}
        size = 2 * _RADIUS + 1
        here = list(dict.fromkeys(index for index, _ in tried))
        texts = [window(words, index, size) for index in here]
        vectors = await query.embeddings(texts + [window(words.replace(i, new), i, size) for i, new in tried])
        before = vectors[[here.index(index) for index, _ in tried]]
        cosines = np.round((before * vectors[len(here) :]).sum(axis=1), 6)
        kept: dict[int, list[str]] = {}
        for (index, new), cosine in zip(tried, cosines, strict=True):
            if cosine >= self.min_sentence_similarity:
                kept.setdefault(index, []).append(new)
        return kept

    def _near(self, stem: str) -> list[str]:
        near = word_vectors().neighbours(stem, self.max_candidates)
        return [word for word, cosine in near if 2 - 2 * cosine <= self.max_word_distance]


def _require(name: str, value: float, what: str, fulfilled: bool) -> None:
    if not fulfilled:
        raise InputError(f"attack faster-genetic: {name} must be {what}, got {value:g}")
