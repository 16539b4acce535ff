"""Genetic search over exchanged words (Alzantot et al. 2018), each generation asked in one go."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.words import Words

from .allowance import Allowance
from .chances import probability

Genes = bytes
"""One number per exchangeable word: 0 for the original, k for its k-th substitute. Small, as thousands are kept."""

MOST_SUBSTITUTES = 255


@dataclass(frozen=True, slots=True)
class Population:
    """How the search breeds.

    Attributes: members per generation; generations; temperature of the choice of parents (lower: more of the best);
    generations without a better best member that end the search; most words exchanged in one text (None: no limit).
    """

    size: int
    generations: int
    temperature: float
    patience: int
    most_words: int | None


class PopulationSearch:
    """One search on one text.

    A member is the original with some words exchanged, each at most once and for one of its substitutes. A generation
    keeps its best member; the others are children of two members chosen by their chances, with one more word
    exchanged for the substitute that helps most.

    Args:
        original: the text.
        substitutes: words that may stand at an index, at most 255; indices without any are left out.
        allowance: what the budget lets change.
        population: how to breed.
        rng: all the randomness there is.
    """

    def __init__(
        self,
        original: Words,
        substitutes: Mapping[int, Sequence[str]],
        *,
        allowance: Allowance,
        population: Population,
        rng: random.Random,
    ) -> None:
        self._original = original
        self._places = list(substitutes)
        self._choices = [(original[index], *substitutes[index]) for index in self._places]
        self._allowance = allowance
        self._population = population
        self._rng = rng
        self._progress: dict[Genes, float] = {}
        self._winners: list[Genes] = []

    async def run(self, query: Query, goal: Goal) -> str | None:
        """The text that reached the goal with the fewest exchanges in the first generation that had one, or None.

        Ends early where nothing better is bred any more, or where the queries left do not pay for it.

        Raises:
            QueryBudgetExhausted: not even the original can be asked about.
        """
        if not self._places:
            return None
        unchanged = bytes(len(self._places))
        await self._ask([unchanged], query, goal)
        members = [unchanged] * self._population.size
        elite: list[Genes] = []
        best, idle = -math.inf, 0
        for _ in range(self._population.generations + 1):
            members = await self._grown(elite, members, query, goal)
            if self._winners:
                return self._text(self._winners[0])
            idle = 0 if self._progress[members[0]] > best else idle + 1
            if idle == self._population.patience:
                return None
            best = self._progress[members[0]]
            elite, members = members[:1], self._children(members)
        return None

    def _children(self, members: Sequence[Genes]) -> list[Genes]:
        chances = probability(np.array([self._progress[genes] for genes in members]))
        weights = np.exp((chances - chances.max()) / self._population.temperature).tolist()
        pairs = [self._rng.choices(members, weights, k=2) for _ in range(self._population.size - 1)]
        return [self._crossed(first, second) for first, second in pairs]

    def _crossed(self, first: Genes, second: Genes) -> Genes:
        """Each word from either parent; where that is too much, exchanges are taken back at random."""
        child = bytes(a if a == b or self._rng.random() < 0.5 else b for a, b in zip(first, second, strict=True))
        while not self._fits(child):
            child = _with(child, self._rng.choice(_exchanged(child)), 0)
        return child

    async def _grown(self, elite: Sequence[Genes], parents: Sequence[Genes], query: Query, goal: Goal) -> list[Genes]:
        """The next generation, best first: each parent with the one more exchange that helps most, or as it is."""
        families = [(parent, *self._mutants(parent)) for parent in parents]
        await self._ask([genes for family in families for genes in family], query, goal)
        known = [[genes for genes in family if genes in self._progress] for family in families]
        grown = [max(family, key=self._progress.__getitem__) for family in known if family]
        return sorted([*elite, *grown], key=self._progress.__getitem__, reverse=True)

    def _mutants(self, genes: Genes) -> list[Genes]:
        """The member with one more word exchanged: a word drawn by how many substitutes it has, for each of them."""
        free = [place for place, choice in enumerate(genes) if choice == 0]
        if not free:
            return []
        place = self._rng.choices(free, [len(self._choices[place]) - 1 for place in free])[0]
        mutants = (_with(genes, place, choice) for choice in range(1, len(self._choices[place])))
        return [mutant for mutant in mutants if self._fits(mutant)]

    async def _ask(self, members: Sequence[Genes], query: Query, goal: Goal) -> None:
        """Ask about those not asked before, as many as the query budget pays for."""
        unknown = [genes for genes in dict.fromkeys(members) if genes not in self._progress]
        if query.max_queries is not None and self._progress:
            unknown = unknown[: query.max_queries - query.used]
        if not unknown:
            return
        logits = await query.scores([self._text(genes) for genes in unknown])
        self._progress.update(zip(unknown, goal.progress(logits).tolist(), strict=True))
        reached = [genes for genes, row in zip(unknown, logits, strict=True) if goal.reached(row)]
        allowed = [genes for genes in reached if self._allowance.holds(self._text(genes))]
        self._winners = sorted(allowed, key=lambda genes: (len(_exchanged(genes)), -self._progress[genes]))

    def _fits(self, genes: Genes) -> bool:
        most = self._population.most_words
        return (most is None or len(_exchanged(genes)) <= most) and self._allowance.fits(self._words(genes))

    def _text(self, genes: Genes) -> str:
        return self._words(genes).text

    def _words(self, genes: Genes) -> Words:
        words = list(self._original.words)
        for place, choice in enumerate(genes):
            words[self._places[place]] = self._choices[place][choice]
        return Words(tuple(words), self._original.gaps)


def _exchanged(genes: Genes) -> list[int]:
    return [place for place, choice in enumerate(genes) if choice]


def _with(genes: Genes, place: int, choice: int) -> Genes:
    return genes[:place] + bytes((choice,)) + genes[place + 1 :]
