"""DeepWordBug: a few misspelt words, the most important ones first.

Gao, Lanchantin, Soffa & Qi 2018, "Black-box Generation of Adversarial Text Sequences to Evade Deep Learning
Classifiers", with all four of its edits; and the same search with many more misspellings per word.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .character_edits import (
    deletions,
    editable_span,
    edited_twice,
    insertions,
    is_ideograph,
    is_symbol,
    random_letter,
    some,
    substitutions,
    swaps,
)
from .greedy import greedy_search
from .stop_words import is_stop_word


class DeepWordBug:
    """Per word random swaps, substitutions, deletions and insertions; the edit that helps most is kept.

    Function words and single Latin letters stay. Every Chinese, Japanese or Korean character is a word: its edits
    are a near character in its place, doubling, and a swap with the next character. An emoji is doubled
    or deleted, never exchanged for another one, which would say something else. A leading # or @ stays.

    Args:
        edits_per_kind: edits tried of each of the four kinds per word, at least 1; the paper tries 1.
        double_edits: words with two edits tried per word, at least 0; the paper tries none.

    Raises:
        InputError: an argument below its least value.
    """

    spec = PluginSpec(
        name="deepwordbug",
        version="2",
        summary="misspells the most important words, one character each",
        paper="Gao 2018",
        family="characters",
    )
    budget = AttackBudget(max_edit_distance=30)
    """The paper's limit on the whole text."""

    def __init__(self, *, edits_per_kind: int = 1, double_edits: int = 0) -> None:
        for name, value, least in (("edits_per_kind", edits_per_kind, 1), ("double_edits", double_edits, 0)):
            if value < least:
                raise InputError(f"attack {self.spec.name}: {name} must be at least {least}, got {value}")
        self.edits_per_kind = edits_per_kind
        self.double_edits = double_edits

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            if is_ideograph(words[index]) or is_symbol(words[index]):
                return self._whole_word_edits(words, index, rng)
            return [words.replace(index, edit) for edit in self._edits(words[index], rng)]

        return await greedy_search(
            Words.of(example.text), query, goal=goal, budget=budget, editable=_editable, candidates=candidates
        )

    def word_edits(self, word: str, rng: random.Random) -> Sequence[str]:
        """Misspellings of `word`; none of an emoji."""
        if is_ideograph(word):
            return [random_letter(word, rng) for _ in range(self.edits_per_kind)]
        return [] if is_symbol(word) or not _editable(word) else self._edits(word, rng)

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many edits are tried per word."""
        return {"edits_per_kind": self.edits_per_kind, "double_edits": self.double_edits}

    def notes(self) -> Sequence[str]:
        """What the numbers mean for other scripts."""
        return (
            "Chinese characters are words of one character: an edit there replaces or doubles the word, which changes "
            "more than a misspelling of an English word does",
        )

    def _edits(self, word: str, rng: random.Random) -> list[str]:
        singles = _edits_of_each_kind(word, self.edits_per_kind, rng)
        return singles + edited_twice(
            singles, lambda edited: _edits_of_each_kind(edited, 1, rng), self.double_edits, rng
        )

    def _whole_word_edits(self, words: Words, index: int, rng: random.Random) -> list[Words]:
        """Edits of a word that is one character or one emoji."""
        word = words[index]
        repeated = [words.replace(index, word * times) for times in ((2, 3) if self.double_edits else (2,))]
        if is_symbol(word):
            return [words.replace(index, ""), *repeated]
        letters = [random_letter(word, rng) for _ in range(self.edits_per_kind)]
        edits = repeated + [words.replace(index, letter) for letter in letters]  # never deleted: that is no misspelling
        after = index + 1
        if after < len(words) and not words.gaps[after] and is_ideograph(words[after]):
            edits.append(words.replace(index, words[after]).replace(after, word))
        return edits


class StrongDeepWordBug(DeepWordBug):
    """DeepWordBug with a dozen edits and a dozen double edits per word.

    The paper's four random edits per word flatter a defence that corrects spelling: it mends most single edits, and
    the attack has no other ones to turn to.
    """

    spec = replace(
        DeepWordBug.spec,
        name="deepwordbug-strong",
        summary="misspells the most important words, with a dozen single and a dozen double edits each to choose from",
    )

    def __init__(self, *, edits_per_kind: int = 3, double_edits: int = 12) -> None:
        super().__init__(edits_per_kind=edits_per_kind, double_edits=double_edits)


def _editable(word: str) -> bool:
    if is_stop_word(word):
        return False
    return len(editable_span(word)) > 1 or is_ideograph(word) or is_symbol(word)


def _edits_of_each_kind(word: str, count: int, rng: random.Random) -> list[str]:
    span = editable_span(word)
    edits = swaps(word, some(span[:-1], count, rng))
    edits += substitutions(word, some(span, count, rng), rng)
    edits += deletions(word, some(span, count, rng))
    edits += insertions(word, some(span, count, rng), rng)
    return edits
