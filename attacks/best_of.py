"""Search over changes of the text as a whole: ask for all variants at once, keep the best, once more from there."""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .winners import winner

MOST_VARIANTS = 1024  # asked in one round, so that a long text does not fill the memory


async def best_of(
    text: str,
    query: Query,
    *,
    goal: Goal,
    budget: AttackBudget,
    rng: random.Random,
    rounds: int,
    variants: Callable[[str], Iterable[str]],
) -> str | None:
    """Take the best variant, then the best variant of that one, and so on, while it helps.

    Where the query budget does not cover all variants of a round, a random part of them is tried.

    Args:
        text: what to attack.
        query: the model.
        goal: what counts as success.
        budget: limits that every variant keeps to.
        rng: draws variants when there are too many.
        rounds: variants on top of each other.
        variants: texts that are one step away from a text; doubles and the original are left out here.

    Returns:
        The text that reached the goal, or None.
    """
    allowance = Allowance(Words.of(text), budget)
    current, progress = text, -np.inf
    for number in range(rounds):
        seen = [text] if number == 0 else []  # the first round also asks how far the unchanged text is
        left = MOST_VARIANTS if query.max_queries is None else query.max_queries - query.used - len(seen)
        distinct = (variant for variant in dict.fromkeys(variants(current)) if variant not in (text, current))
        options = [variant for variant in distinct if variant.strip() and allowance.holds(variant)]
        if len(options) > min(left, MOST_VARIANTS):
            options = rng.sample(options, max(0, min(left, MOST_VARIANTS)))
        if not options:
            return None
        logits = await query.scores([*seen, *options])
        gains = goal.progress(logits)
        if seen:
            logits, progress, gains = logits[1:], float(gains[0]), gains[1:]
        if (won := winner(options, logits, gains, goal, allowance)) is not None:
            return won
        best = int(np.argmax(gains))
        if gains[best] <= progress:
            return None
        current, progress = options[best], float(gains[best])
    return None


class VariantAttack(ABC):
    """An attack that is a set of variants of a text, searched with :func:`best_of`.

    Args:
        max_edits: variants on top of each other, at least 1.

    Raises:
        InputError: `max_edits` below 1.
    """

    spec: PluginSpec
    budget = AttackBudget()

    def __init__(self, *, max_edits: int = 3) -> None:
        if max_edits < 1:
            raise InputError(f"attack {self.spec.name}: max_edits must be at least 1, got {max_edits}")
        self.max_edits = max_edits

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Best variant first; see :func:`best_of`."""
        return await best_of(
            example.text,
            query,
            goal=goal,
            budget=budget,
            rng=rng,
            rounds=self.max_edits,
            variants=self.variants,
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many variants may come on top of each other."""
        return {"max_edits": self.max_edits}

    @abstractmethod
    def variants(self, text: str) -> Iterable[str]:
        """Texts one step away from `text`."""

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """What a reader must know."""
