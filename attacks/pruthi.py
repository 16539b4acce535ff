"""Common typos inside words, searched exhaustively.

Pruthi, Dhingra & Lipton 2019, "Combating Adversarial Misspellings with Robust Word Recognition".
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .character_edits import deletions, editable_span, insertions, swaps
from .greedy import MOST_WORDS
from .keyboard import neighbours
from .stop_words import is_stop_word

_SHORTEST = 4  # letters; people hardly notice a changed middle only in words at least this long
_CHUNK = 1024  # texts asked at once, so that a long text does not fill the memory


class PruthiTypos:
    """All swaps, drops, neighbouring keys and one random insertion per place, between first and last character.

    The first typo is the best of all; with `max_words` above 1 the next is the best one in another word, given the
    typos before (greedy, as in the paper). Where the query budget does not cover all typos, a random part of them
    is tried.

    Args:
        max_words: words with a typo, at least 1; the paper studies 1 and 2.

    Raises:
        InputError: `max_words` below 1.
    """

    spec = PluginSpec(
        name="pruthi",
        version="1",
        summary="one or two typos inside words, searched exhaustively",
        paper="Pruthi 2019",
    )

    def __init__(self, *, max_words: int = 1) -> None:
        if max_words < 1:
            raise InputError(f"attack pruthi: max_words must be at least 1, got {max_words}")
        self.max_words = max_words
        self.budget = AttackBudget(max_words=max_words)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Exhaustive for one typo, greedy for more."""
        original = current = Words.of(example.text)
        allowance = Allowance(original, budget)
        readable = original.indices[:MOST_WORDS]
        for _ in range(self.max_words):
            untouched = [i for i in readable if current[i] == original[i] and _editable(current[i])]
            typos = [(i, typo) for i in untouched for typo in _typos(current[i], rng)]
            if query.max_queries is not None and query.max_queries - query.used < len(typos):
                typos = rng.sample(typos, query.max_queries - query.used)
            tried = (current.replace(i, typo) for i, typo in typos)
            allowed = (words for words in tried if allowance.fits(words))
            best, reached = await _best(allowed, query, goal, allowance)
            if best is None or reached:
                return best.text if best is not None else None
            current = best
        return None

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many words get a typo."""
        return {"max_words": self.max_words}

    def notes(self) -> Sequence[str]:
        """Where the attack can do nothing."""
        return (
            "Typos need words of four letters or more and a QWERTY keyboard: Chinese, Japanese and emoji-only texts "
            "are left unchanged and count as withstood.",
        )


async def _best(options: Iterator[Words], query: Query, goal: Goal, allowance: Allowance) -> tuple[Words | None, bool]:
    """The option nearest to the goal and whether it reached it; stops at the first chunk with a success."""
    best, highest = None, -np.inf
    while chunk := list(islice(options, _CHUNK)):
        logits = await query.scores([words.text for words in chunk])
        gains = goal.progress(logits)
        top = int(np.argmax(gains))
        if goal.reached(logits[top]) and allowance.holds(chunk[top].text):
            return chunk[top], True
        if gains[top] > highest:
            best, highest = chunk[top], gains[top]
    return best, False


def _editable(word: str) -> bool:
    return len(editable_span(word)) >= _SHORTEST and not is_stop_word(word)


def _typos(word: str, rng: random.Random) -> list[str]:
    inner = editable_span(word)[1:-1]
    typos = swaps(word, inner[:-1]) + deletions(word, inner) + insertions(word, inner, rng)
    typos += [word[:i] + key + word[i + 1 :] for i in inner for key in neighbours(word[i])]
    return list(dict.fromkeys(typos))
