"""DeepWordBug: a few misspelt words, the most important ones first.

Gao, Lanchantin, Soffa & Qi 2018, "Black-box Generation of Adversarial Text Sequences to Evade Deep Learning
Classifiers", with all four of its edits.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .character_edits import (
    deletions,
    editable_span,
    insertions,
    is_ideograph,
    is_symbol,
    random_letter,
    substitutions,
    swaps,
)
from .greedy import greedy_search
from .stop_words import is_stop_word


class DeepWordBug:
    """Per word one random swap, substitution, deletion and insertion; the one that helps most is kept.

    Function words and single Latin letters stay. Every Chinese, Japanese or Korean character is a word: its edits
    are a near character in its place, doubling, and a swap with the next character. An emoji is doubled
    or deleted, never exchanged for another one, which would say something else. A leading # or @ stays.
    """

    spec = PluginSpec(
        name="deepwordbug",
        version="1",
        summary="misspells the most important words, one character each",
        paper="Gao 2018",
    )
    budget = AttackBudget(max_edit_distance=30)
    """The paper's limit on the whole text."""

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            if is_ideograph(words[index]) or is_symbol(words[index]):
                return _whole_word_edits(words, index, rng)
            return [words.replace(index, edit) for edit in _one_edit_of_each_kind(words[index], rng)]

        return await greedy_search(
            Words.of(example.text), query, goal=goal, budget=budget, editable=_editable, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """No hyperparameters."""
        return {}

    def notes(self) -> Sequence[str]:
        """What the numbers mean for other scripts."""
        return (
            "Chinese characters are words of one character: an edit there replaces or doubles the word, which changes "
            "more than a misspelling of an English word does",
        )


def _editable(word: str) -> bool:
    if is_stop_word(word):
        return False
    return len(editable_span(word)) > 1 or is_ideograph(word) or is_symbol(word)


def _one_edit_of_each_kind(word: str, rng: random.Random) -> list[str]:
    span = editable_span(word)
    edits = swaps(word, [rng.choice(span[:-1])])
    edits += substitutions(word, [rng.choice(span)], rng)
    edits += deletions(word, [rng.choice(span)])
    edits += insertions(word, [rng.choice(span)], rng)
    return edits


def _whole_word_edits(words: Words, index: int, rng: random.Random) -> list[Words]:
    """Edits of a word that is one character or one emoji."""
    word = words[index]
    doubled = words.replace(index, word * 2)
    if is_symbol(word):
        return [words.replace(index, ""), doubled]
    edits = [doubled, words.replace(index, random_letter(word, rng))]  # never deleted: that is no misspelling
    after = index + 1
    if after < len(words) and not words.gaps[after] and is_ideograph(words[after]):
        edits.append(words.replace(index, words[after]).replace(after, word))
    return edits
