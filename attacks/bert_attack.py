"""Words exchanged for what a masked language model, which sees them, could also imagine there.

Li, Ma, Guo, Xue & Qiu 2020, "BERT-ATTACK: Adversarial Attack Against BERT Using BERT".
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
from .resource_notes import encoder_problems
from .stop_words import is_stop_word


class BertAttack:
    """Greedy search, the word whose masking matters most first; the word is not masked when others are asked for.

    A word that the language model reads as two to four pieces is exchanged for one put together from the most
    probable pieces in each place (the authors rank these by perplexity, here they are ranked by the product of
    probabilities); longer ones stay.

    Args:
        masked_lm: a model directory or hub id; by default what ROBUST_EMO_MASKED_LM names.
        max_candidates: words asked of the model per word, at least 1; the paper has 48, TextAttack's recipe 8.
        min_sentence_similarity: cosine between the sentence embeddings of the original and the perturbed text, in
            [-1, 1].

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="bert-attack",
        version="1",
        summary="exchanges words for others that a masked language model could imagine there",
        paper="Li 2020",
        family="words",
    )
    budget = AttackBudget(max_word_share=0.4)

    def __init__(
        self, *, masked_lm: str | None = None, max_candidates: int = 8, min_sentence_similarity: float = 0.2
    ) -> None:
        if max_candidates < 1:
            raise InputError(f"attack bert-attack: max_candidates must be at least 1, got {max_candidates}")
        if not -1 <= min_sentence_similarity <= 1:
            raise InputError(
                f"attack bert-attack: min_sentence_similarity must lie in [-1, 1], got {min_sentence_similarity:g}"
            )
        self.max_candidates = max_candidates
        self.min_sentence_similarity = min_sentence_similarity
        self._context = WordsInContext("bert-attack", masked_lm)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            span = [span_of(words, index)]
            (proposals,) = await self._context.ask(query, words.text, span, masked=False, top_k=self.max_candidates + 1)
            others = [word for word, _ in proposals if not is_stop_word(word.lower())]
            return [words.replace(index, new) for new in exchanged(words[index], others)[: self.max_candidates]]

        async def acceptable(texts: Sequence[str]) -> Sequence[bool]:
            vectors = await query.embeddings([example.text, *texts])
            return [bool(near) for near in np.round(vectors[1:] @ vectors[0], 6) >= self.min_sentence_similarity]

        return await greedy_search(
            Words.of(example.text),
            query,
            goal=goal,
            budget=budget,
            editable=open_to_change,
            candidates=candidates,
            acceptable=acceptable,
        )

    def problems(self) -> Sequence[str]:
        """Needs a masked language model and the bundled encoder."""
        return (*self._context.problems(), *encoder_problems("bert-attack"))

    def arguments(self) -> Mapping[str, Any]:
        """Model and the limits on candidates."""
        return {
            "masked_lm": self._context.model,
            "max_candidates": self.max_candidates,
            "min_sentence_similarity": self.min_sentence_similarity,
        }

    def notes(self) -> Sequence[str]:
        """Which model proposes the words, and what it does not see to."""
        return (
            f"{self._context.note()} Sentence similarity comes from the bundled all-MiniLM-L6-v2 in place of the "
            "Universal Sentence Encoder; antonyms are not left out.",
            "Words of several pieces may be exchanged for words that do not exist.",
        )
