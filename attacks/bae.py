"""Words replaced or inserted where a masked language model finds that they fit.

Garg & Ramakrishnan 2020, "BAE: BERT-based Adversarial Examples for Text Classification". Thresholds as in TextAttack's
recipe, which follows letters of the authors where the paper is silent.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .greedy import greedy_search
from .masked_words import WordsInContext, exchanged, open_to_change, span_of
from .part_of_speech import keeping_part_of_speech
from .resource_notes import encoder_problems, tagger_note
from .window_similarity import WindowSimilarity

_MODES = ("R", "I", "R/I", "R+I")


class BAE:
    """Greedy search, the word whose deletion matters most first; candidates by masking the word or a place beside it.

    Args:
        mode: `R` replaces a word, `I` inserts one to its left or right, `R/I` does whichever helps more, `R+I`
            replaces it and then inserts.
        masked_lm: a model directory or hub id; by default what ROBUST_EMO_MASKED_LM names.
        max_candidates: words asked of the model per place, at least 1.
        min_sentence_similarity: cosine between the words around in the original and in the perturbed text, in [-1, 1];
            the paper's 0.8 in the angular scale of the authors' code.
        window: words around that are compared, at least 1.
        check_short_texts: also compare texts shorter than the window; the authors' code does not.
        part_of_speech: replace words by those of the same part of speech only, where the tagger is installed.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="bae",
        version="2",
        summary="replaces or inserts words that a masked language model finds fitting",
        paper="Garg 2020",
        family="words",
    )
    budget = AttackBudget()

    def __init__(
        self,
        *,
        mode: str = "R",
        masked_lm: str | None = None,
        max_candidates: int = 50,
        min_sentence_similarity: float = 0.9363,
        window: int = 15,
        check_short_texts: bool = False,
        part_of_speech: bool = True,
    ) -> None:
        if mode not in _MODES:
            raise InputError(f"attack bae: mode must be one of {', '.join(_MODES)}, got {mode}")
        if max_candidates < 1:
            raise InputError(f"attack bae: max_candidates must be at least 1, got {max_candidates}")
        self.mode = mode
        self.max_candidates = max_candidates
        self.part_of_speech = part_of_speech
        self._similarity = WindowSimilarity(min_sentence_similarity, window, check_short_texts)
        self._similarity.check("bae")
        self._context = WordsInContext("bae", masked_lm)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)

        async def candidates(words: Words, index: int) -> list[Words]:
            replaced = [] if self.mode == "I" else await self._replaced(original, words, index, query)
            if self.mode == "R":
                return replaced
            if self.mode == "R+I":
                words = await _nearest(replaced, query, goal) or words
            return replaced + await self._beside(original, words, index, query)

        return await greedy_search(
            original,
            query,
            goal=goal,
            budget=budget,
            editable=open_to_change,
            candidates=candidates,
            importance="deleted",
        )

    def problems(self) -> Sequence[str]:
        """Needs a masked language model and the bundled encoder."""
        return (*self._context.problems(), *encoder_problems("bae"))

    def arguments(self) -> Mapping[str, Any]:
        """Mode, model and the limits on candidates."""
        return {
            "mode": self.mode,
            "masked_lm": self._context.model,
            "max_candidates": self.max_candidates,
            "min_sentence_similarity": self._similarity.least,
            "window": self._similarity.size,
            "check_short_texts": self._similarity.check_short_texts,
            "part_of_speech": self.part_of_speech,
        }

    def notes(self) -> Sequence[str]:
        """Which model proposes the words, and what it does not see to."""
        return (
            f"{self._context.note()} Sentence similarity comes from the bundled all-MiniLM-L6-v2 in place of the "
            f"Universal Sentence Encoder. {tagger_note(self.part_of_speech)}",
            "A word that fits may say the opposite: read the examples, and the share judged invalid.",
        )

    async def _replaced(self, original: Words, words: Words, index: int, query: Query) -> list[Words]:
        """The texts with another word at `index`."""
        (proposals,) = await self._context.ask(query, words.text, [span_of(words, index)], top_k=self.max_candidates)
        others = exchanged(words[index], [word for word, _ in proposals])
        if self.part_of_speech:
            others = keeping_part_of_speech(words, index, others)
        return await self._similarity.similar(original, index, [words.replace(index, word) for word in others], query)

    async def _beside(self, original: Words, words: Words, index: int, query: Query) -> list[Words]:
        """The texts with a word more to the left or right of the one at `index`."""
        word = original[index]
        end = span_of(words, index)[1]
        start = end - len(words[index])  # in front of a leading #
        left, right = await self._context.ask(
            query, words.text, [(start, start), (end, end)], top_k=self.max_candidates
        )
        options = [words.replace(index, f"{new} {words[index]}") for new, _ in left if new != word.lower()]
        options += [words.replace(index, f"{words[index]} {new}") for new, _ in right if new != word.lower()]
        return await self._similarity.similar(original, index, options, query)


async def _nearest(options: Sequence[Words], query: Query, goal: Goal) -> Words | None:
    if not options:
        return None
    gains = goal.progress(await query.scores([option.text for option in options]))
    return options[int(np.argmax(gains))]
