"""Words removed until next to nothing is left, the prediction staying the same.

Feng, Wallace, Grissom, Iyyer, Rodriguez & Boyd-Graber 2018, "Pathologies of Neural Models Make Interpretations
Difficult". A model that is as sure of one word as of the whole text does not read the text.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example, Objective
from robust_emo.words import Words

_MANY = 32  # words; a longer text first loses all that can go at once


class InputReduction:
    """Removes the word the model misses least, again and again, while it predicts the same.

    Importance is measured by leaving the word out (the paper estimates it by a gradient), so nothing inside the model
    is needed. A beam keeps several shortest texts at each step.

    Args:
        beam: texts kept at each step, at least 1; five in the paper.

    Raises:
        InputError: `beam` below 1.
    """

    spec = PluginSpec(
        name="input-reduction",
        version="1",
        summary="removes words while the prediction stays, down to one",
        paper="Feng 2018",
        family="words",
        objective=Objective.REDUCE,
    )
    budget = AttackBudget()

    def __init__(self, *, beam: int = 5) -> None:
        if beam < 1:
            raise InputError(f"attack input-reduction: beam must be at least 1, got {beam}")
        self.beam = beam

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """The shortest text found that is still predicted the same; None when no word can go.

        Where the queries left do not cover a step, the search ends with what it has.
        """
        original = Words.of(example.text)
        kept = tuple(original.indices)
        if len(kept) > _MANY:
            kept = await self._cut(original, kept, query, goal)
        beam = [kept]
        while len(beam[0]) > 1:
            shorter = await self._step(original, beam, query, goal)
            if not shorter:
                break
            beam = shorter
        return only(original, beam[0]) if len(beam[0]) < len(original) else None

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """The width of the beam."""
        return {"beam": self.beam}

    def notes(self) -> Sequence[str]:
        """What success means here."""
        return (
            "Success means that one word is left and the prediction is still right: the model does not need the text. "
            "Punctuation and emoticons beside a removed word go with it.",
        )

    async def _cut(self, original: Words, kept: tuple[int, ...], query: Query, goal: Goal) -> tuple[int, ...]:
        """The shortest text, predicted the same, that lacks the least important words all at once."""
        if query.max_queries is not None and query.max_queries - query.used < 2 * len(kept):
            return kept
        without = [only(original, [i for i in kept if i != index]) for index in kept]
        order = np.argsort(goal.progress(await query.scores(without)), kind="stable").tolist()
        parts = [tuple(sorted(kept[k] for k in order[-size:])) for size in range(1, len(kept))]
        logits = await query.scores([only(original, part) for part in parts])
        same = (part for part, row in zip(parts, logits, strict=True) if not goal.reached(row))
        return next(same, kept)

    async def _step(
        self, original: Words, beam: Sequence[tuple[int, ...]], query: Query, goal: Goal
    ) -> list[tuple[int, ...]]:
        """The best texts that are one word shorter than those of the beam and predicted the same."""
        shorter = list(dict.fromkeys((*part[:k], *part[k + 1 :]) for part in beam for k in range(len(part))))
        if query.max_queries is not None:
            shorter = shorter[: query.max_queries - query.used]
        if not shorter:
            return []
        logits = await query.scores([only(original, part) for part in shorter])
        ranked = np.argsort(goal.progress(logits), kind="stable").tolist()
        return [shorter[k] for k in ranked if not goal.reached(logits[k])][: self.beam]


def only(words: Words, kept: Sequence[int]) -> str:
    """The text with the words at `kept` only; what stands beside a removed word goes with it, but for the blank."""
    parts: list[str] = []
    last, touching = -1, False
    for index in kept:
        between = words.gaps[last + 1 : index + 1]
        if len(between) == 1:
            parts.append(between[0])
        elif parts and any(map(_has_blank, between)):
            parts.append(" ")
        elif parts:
            touching = True
        parts.append(words[index])
        last = index
    text = "".join([*parts, words.gaps[-1] if last == len(words) - 1 else ""])
    if not touching:
        return text
    left = [words[index] for index in kept]  # words that touch now may read as one
    return text if list(Words.of(text).words) == left else " ".join(left)


def _has_blank(gap: str) -> bool:
    return any(character.isspace() for character in gap)
