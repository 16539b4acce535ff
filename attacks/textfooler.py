"""Near words of the same part of speech, the text around still saying the same.

Jin, Jin, Zhou & Szolovits 2020, "Is BERT Really Robust? A Strong Baseline for Natural Language Attack on Text
Classification and Entailment". Thresholds as in TextAttack's recipe, which follows the authors' code where it differs
from the paper.
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .greedy import greedy_search
from .near_words import NearWords
from .resource_notes import encoder_problems, tagger_note, vector_problems
from .window_similarity import WindowSimilarity
from .word_vectors import vectors_used

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
        self._words = NearWords(max_candidates, min_word_similarity, part_of_speech)
        self._words.check("textfooler")
        self._similarity = WindowSimilarity(min_sentence_similarity, window, check_short_texts)
        self._similarity.check("textfooler")

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)

        async def candidates(words: Words, index: int) -> list[Words]:
            options = [words.replace(index, other) for other in self._words.of(original, index)]
            return await self._similarity.similar(words, index, options, query, nearest_first=True)

        return await greedy_search(
            original,
            query,
            goal=goal,
            budget=budget,
            editable=self._words.any_for,
            candidates=candidates,
            importance="deleted",
            first_winner=True,
        )

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder, and counter-fitted vectors that can be used where some are named."""
        return encoder_problems("textfooler") + vector_problems("textfooler")

    def arguments(self) -> Mapping[str, Any]:
        """The limits on candidates."""
        return {
            "max_candidates": self._words.most,
            "min_word_similarity": self._words.least_cosine,
            "min_sentence_similarity": self._similarity.least,
            "window": self._similarity.size,
            "check_short_texts": self._similarity.check_short_texts,
            "part_of_speech": self._words.part_of_speech,
        }

    def notes(self) -> Sequence[str]:
        """Which resources were used or stood in, and what they cannot do."""
        return (
            f"Word neighbours come from {vectors_used()}, sentence similarity from the bundled all-MiniLM-L6-v2 in "
            f"place of the Universal Sentence Encoder. {tagger_note(self._words.part_of_speech)}",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )
