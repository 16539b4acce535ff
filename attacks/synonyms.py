"""Words exchanged for words of similar meaning, with the sentence still saying the same.

The idea of TextFooler (Jin, Jin, Zhou & Szolovits 2020, "Is BERT Really Robust?") on resources that come with the
package: neighbours from the bundled sentence encoder in place of counter-fitted vectors, and the same encoder in
place of the Universal Sentence Encoder.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.word_neighbours import LOWEST_COSINE, MOST_NEIGHBOURS, word_neighbours
from robust_emo.words import Words

from .character_edits import editable_span
from .greedy import greedy_search
from .stop_words import is_stop_word


class SynonymSwap:
    """Greedy exchange of important words for near ones; case, inflection and a leading # or @ stay.

    Only English words known to the table of :mod:`robust_emo.word_neighbours` can be exchanged: function
    words, emoji, names of users, rare words and other languages have no candidates.

    Args:
        max_candidates: neighbours tried per word, 1 to 10.
        min_word_similarity: cosine between two words, in [0.6, 1].
        min_sentence_similarity: cosine between the sentence embeddings of the original and the perturbed text, in
            [-1, 1].

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="synonyms",
        version="2",
        summary="exchanges important words for near ones, the sentence staying similar",
        paper="Jin 2020",
        family="words",
        languages=("en",),
    )
    budget = AttackBudget(max_word_share=0.3)

    def __init__(
        self,
        *,
        max_candidates: int = MOST_NEIGHBOURS,
        min_word_similarity: float = LOWEST_COSINE,
        min_sentence_similarity: float = 0.8,
    ) -> None:
        _check("max_candidates", max_candidates, 1, MOST_NEIGHBOURS)
        _check("min_word_similarity", min_word_similarity, LOWEST_COSINE, 1)
        _check("min_sentence_similarity", min_sentence_similarity, -1, 1)
        self.max_candidates = max_candidates
        self.min_word_similarity = min_word_similarity
        self.min_sentence_similarity = min_sentence_similarity

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            options = [words.replace(index, word) for word in self._exchanges(words[index])]
            vectors = await query.embeddings([example.text, *(option.text for option in options)])
            similar = vectors[1:] @ vectors[0] >= self.min_sentence_similarity
            return [options[i] for i in np.flatnonzero(similar)]

        return await greedy_search(
            Words.of(example.text),
            query,
            goal=goal,
            budget=budget,
            editable=lambda word: bool(self._exchanges(word)),
            candidates=candidates,
        )

    def word_edits(self, word: str, rng: random.Random) -> Sequence[str]:
        """Near words of `word`; without the check of the sentence."""
        return self._exchanges(word)

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder."""
        from robust_emo.models.minilm import minilm_directory

        try:
            minilm_directory()
        except PrerequisiteError as missing:
            return (f"attack synonyms: {missing}",)
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """The three limits on candidates."""
        return {
            "max_candidates": self.max_candidates,
            "min_word_similarity": self.min_word_similarity,
            "min_sentence_similarity": self.min_sentence_similarity,
        }

    def notes(self) -> Sequence[str]:
        """Which resources stood in, and what they cannot do."""
        return (
            "Word neighbours and sentence similarity come from the bundled all-MiniLM-L6-v2, in place of "
            "counter-fitted vectors and the Universal Sentence Encoder of the paper; parts of speech are not checked. "
            "Neighbours are related words, not only synonyms, and may shift the emotion: read the examples.",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )

    def _exchanges(self, word: str) -> list[str]:
        """Words that may stand in for `word`, in its case and behind its # or @."""
        if is_stop_word(word.lower()) or word.startswith("@"):
            return []
        start = editable_span(word).start
        stem = word[start:]
        near = word_neighbours().get(stem.lower(), ())[: self.max_candidates]
        return [word[:start] + _in_case_of(stem, other) for other, cosine in near if cosine >= self.min_word_similarity]


def _in_case_of(model: str, word: str) -> str:
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"attack synonyms: {name} must lie in [{low:g}, {high:g}], got {value:g}")
