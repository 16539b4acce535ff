"""Near words of the same part of speech, the text around still saying the same.

Jin, Jin, Zhou & Szolovits 2020, "Is BERT Really Robust? A Strong Baseline for Natural Language Attack on Text
Classification and Entailment". Thresholds as in TextAttack's recipe, which follows the authors' code where it differs
from the paper.
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.plugins import PluginSpec
from robust_emo.resources.catalogue import described, find
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .greedy import greedy_search
from .part_of_speech import keeping_part_of_speech
from .text_window import window
from .word_swaps import swapped
from .word_vectors import vectors_used, word_vectors

_LOWEST_COSINE = round(math.cos(0.5), 4)  # the authors forget to divide the angle by pi and ask for 1 - angle >= 0.5


class TextFooler:
    """Greedy exchange of words for near ones, the word whose deletion matters most first.

    Of several exchanges that reach the goal the one that keeps the words around most similar is taken.

    Args:
        max_candidates: neighbours looked at per word, at least 1.
        min_word_similarity: cosine between two words, in [-1, 1].
        min_sentence_similarity: cosine between the embeddings of the words around before and after one exchange, in
            [-1, 1]; the paper's angle of 0.5 by default.
        window: words around that are compared, at least 1.
        check_short_texts: also compare texts that are shorter than the window; the authors' code does not.
        part_of_speech: exchange words for those of the same part of speech only, where the tagger is installed.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="textfooler",
        version="1",
        summary="exchanges important words for near ones of the same part of speech",
        paper="Jin 2020",
        family="words",
        languages=("en",),
    )
    budget = AttackBudget()

    def __init__(
        self,
        *,
        max_candidates: int = 50,
        min_word_similarity: float = 0.5,
        min_sentence_similarity: float = _LOWEST_COSINE,
        window: int = 15,
        check_short_texts: bool = False,
        part_of_speech: bool = True,
    ) -> None:
        _at_least_one("max_candidates", max_candidates)
        _at_least_one("window", window)
        _is_cosine("min_word_similarity", min_word_similarity)
        _is_cosine("min_sentence_similarity", min_sentence_similarity)
        self.max_candidates = max_candidates
        self.min_word_similarity = min_word_similarity
        self.min_sentence_similarity = min_sentence_similarity
        self.window = window
        self.check_short_texts = check_short_texts
        self.part_of_speech = part_of_speech

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)

        async def candidates(words: Words, index: int) -> list[Words]:
            others = swapped(original[index], self._near)
            if self.part_of_speech:
                others = keeping_part_of_speech(original, index, others)
            return await self._similar(words, index, [words.replace(index, other) for other in others], query)

        return await greedy_search(
            original,
            query,
            goal=goal,
            budget=budget,
            editable=lambda word: bool(swapped(word, self._near)),
            candidates=candidates,
            importance="deleted",
            first_winner=True,
        )

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder, and counter-fitted vectors that can be used where some are named."""
        from robust_emo.models.minilm import minilm_directory

        found = []
        try:
            minilm_directory()
        except PrerequisiteError as missing:
            found.append(f"attack textfooler: {missing}")
        if problem := find("counter-fitted").problem:
            found.append(f"attack textfooler: {problem}")
        return tuple(found)

    def arguments(self) -> Mapping[str, Any]:
        """The limits on candidates."""
        return {
            "max_candidates": self.max_candidates,
            "min_word_similarity": self.min_word_similarity,
            "min_sentence_similarity": self.min_sentence_similarity,
            "window": self.window,
            "check_short_texts": self.check_short_texts,
            "part_of_speech": self.part_of_speech,
        }

    def notes(self) -> Sequence[str]:
        """Which resources were used or stood in, and what they cannot do."""
        tagger = find("pos-tagger")
        if not self.part_of_speech:
            checked = "Parts of speech are not checked."
        elif tagger.found:
            checked = f"Parts of speech come from {described('pos-tagger')}."
        else:
            checked = f"Parts of speech are not checked: {tagger.missing()}."
        return (
            f"Word neighbours come from {vectors_used()}, sentence similarity from the bundled all-MiniLM-L6-v2 in "
            f"place of the Universal Sentence Encoder. {checked}",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )

    def _near(self, stem: str) -> list[str]:
        near = word_vectors().neighbours(stem, self.max_candidates)
        return [word for word, cosine in near if cosine >= self.min_word_similarity]

    async def _similar(self, words: Words, index: int, options: list[Words], query: Query) -> list[Words]:
        """The options whose window says about the same as before, the most similar first."""
        if not options:
            return []
        windows = [window(option, index, self.window) for option in options]
        vectors = await query.embeddings([window(words, index, self.window), *windows])
        cosines = np.round(vectors[1:] @ vectors[0], 6)
        checked = self.check_short_texts or len(words) >= self.window
        kept = [
            i for i in np.argsort(-cosines, kind="stable") if not checked or cosines[i] >= self.min_sentence_similarity
        ]
        return [options[i] for i in kept]


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise InputError(f"attack textfooler: {name} must be at least 1, got {value}")


def _is_cosine(name: str, value: float) -> None:
    if not -1 <= value <= 1:
        raise InputError(f"attack textfooler: {name} must lie in [-1, 1], got {value:g}")
