"""Greedy search over stretches of a text that are no words of :class:`~robust_emo.words.Words`.

Chinese is written without blanks, so `Words` counts every character as a word; a word of two characters, or one
that grows to two, is a stretch of the text with costs of its own. Otherwise this is the search of
:mod:`robust_emo_attacks.greedy`: the most important stretch first, each exchanged for what helps most.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words, edit_distance, words_changed

from .allowance import Allowance
from .greedy import MOST_WORDS
from .text_edits import Edit
from .winners import winner


@dataclass(frozen=True, slots=True)
class Exchange:
    """What may stand in place of text[start:end]; stretches of one text may overlap."""

    start: int
    end: int
    others: tuple[str, ...]


async def span_search(
    text: str, query: Query, *, goal: Goal, budget: AttackBudget, exchanges: Iterable[Exchange]
) -> str | None:
    """Exchange one stretch after the other, each for what helps most, until the goal is reached.

    Every stretch is exchanged at most once, and only when that brings the model nearer to the goal. Behind the first
    512 stretches nothing is changed. Where there is nothing to exchange, nothing is asked.

    Args:
        text: what to attack.
        query: the model; when its budget ends inside a step, the part of the step that it covers is taken.
        goal: what counts as success.
        budget: limits that every candidate keeps to.
        exchanges: in text order.

    Returns:
        The text that reached the goal, or None.

    Raises:
        QueryBudgetExhausted: the budget does not cover the first step.
    """
    spans = [exchange for exchange in exchanges if exchange.others][:MOST_WORDS]
    if not spans:
        return None
    allowance, purse = Allowance(Words.of(text), budget), _Purse(text, budget)
    progress, order = await _rank(text, spans, query, goal)
    chosen: list[Edit] = []
    for span in order:
        if any(edit.start < span.end and span.start < edit.end for edit in chosen):
            continue
        steps = ([*chosen, Edit(span.start, span.end, other)] for other in span.others)
        options = {written(text, edits): edits for edits in steps if purse.pays(edits)}
        texts = [option for option in options if option != text][: _queries_left(query)]
        if not texts:
            continue
        logits = await query.scores(texts)
        gains = goal.progress(logits)
        if (won := winner(texts, logits, gains, goal, allowance)) is not None:
            return won
        best = int(np.argmax(gains))
        if gains[best] <= progress or goal.reached(logits[best]):
            continue  # reached, but a blank between two Latin words may cost more than the exchanges did
        chosen, progress = options[texts[best]], float(gains[best])
    return None


class SpanAttack(ABC):
    """An attack that is a set of exchanges, searched with :func:`span_search`."""

    spec: PluginSpec
    budget: AttackBudget

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over stretches; see :func:`span_search`."""
        exchanges = self.exchanges(example.text, rng)
        return await span_search(example.text, query, goal=goal, budget=budget, exchanges=exchanges)

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """No hyperparameters."""
        return {}

    @abstractmethod
    def exchanges(self, text: str, rng: random.Random) -> Iterable[Exchange]:
        """What may be exchanged in `text`, in text order."""

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """What a reader must know."""


def written(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits, which must not overlap; a blank keeps a new word of Latin letters apart from others."""
    result, end = "", 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        result = _joined(_joined(result, text[end : edit.start]), edit.new)
        end = edit.end
    return _joined(result, text[end:])


def _joined(left: str, right: str) -> str:
    return f"{left} {right}" if _is_latin(left[-1:]) and _is_latin(right[:1]) else left + right


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _queries_left(query: Query) -> int | None:
    return None if query.max_queries is None else query.max_queries - query.used


async def _rank(text: str, spans: Sequence[Exchange], query: Query, goal: Goal) -> tuple[float, list[Exchange]]:
    """Progress of the unchanged text, and the spans from the most to the least important (ties in text order).

    As in :func:`robust_emo_attacks.greedy.greedy_search`, half of a small query budget is left for edits.
    """
    left = _queries_left(query)
    if left is not None:
        spans = spans[: max(1, left // 2)]
    without = [text[: span.start] + query.unknown_token + text[span.end :] for span in spans]
    gains = goal.progress(await query.scores([text, *without]))
    return float(gains[0]), [spans[i] for i in np.argsort(-gains[1:], kind="stable")]


class _Purse:
    """What a budget pays for edits, adding up edit by edit: never less than the distance of the whole texts."""

    def __init__(self, text: str, budget: AttackBudget) -> None:
        self._text = text
        self._words = budget.words_allowed(len(Words.of(text)))
        self._characters = budget.max_edit_distance

    def pays(self, edits: Sequence[Edit]) -> bool:
        costs = [_cost(self._text[edit.start : edit.end], edit.new) for edit in edits]
        words, characters = (sum(cost) for cost in zip(*costs, strict=True))
        if self._words is not None and words > self._words:
            return False
        return self._characters is None or characters <= self._characters


@lru_cache(maxsize=100_000)
def _cost(old: str, new: str) -> tuple[int, int]:
    return words_changed(old, new), edit_distance(old, new)
