"""Near words in the order of the gradient: a cheap attack made for adversarial training.

Yoo & Qi 2021, "Towards Improving Adversarial Training of NLP Models".
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.arrays import TokenGradients
from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import MOST_WORDS
from .masked_words import span_of
from .near_words import NearWords
from .resource_notes import encoder_problems, tagger_note, vector_problems
from .winners import winner
from .word_vectors import vectors_used


class A2T:
    """One gradient ranks all words; each is then exchanged for the near word that helps most.

    Args:
        max_candidates: neighbours looked at per word, at least 1.
        min_word_similarity: cosine between a word and its neighbour, in [-1, 1]. The paper has 0.8 in counter-fitted
            vectors; in the vectors used here synonyms begin at about 0.5.
        min_sentence_similarity: cosine between the sentence embeddings of the original and the perturbed text, in
            [-1, 1].
        max_word_share: words that may change, as a share of all, rounded up, in (0, 1].
        words_always_allowed: words that may change in short texts all the same, at least 1; 4 in the authors' code.
        part_of_speech: only neighbours of the same part of speech, where the tagger is installed; no noun for a verb.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="a2t",
        version="2",
        summary="exchanges words for near ones in the order of their gradients",
        paper="Yoo 2021",
        family="gradients",
        languages=("en",),
        white_box=True,
    )
    budget = AttackBudget()

    def __init__(
        self,
        *,
        max_candidates: int = 20,
        min_word_similarity: float = 0.5,
        min_sentence_similarity: float = 0.9,
        max_word_share: float = 0.1,
        words_always_allowed: int = 4,
        part_of_speech: bool = True,
    ) -> None:
        if not 0 < max_word_share <= 1:
            raise InputError(f"attack a2t: max_word_share must lie in (0, 1], got {max_word_share:g}")
        if words_always_allowed < 1:
            raise InputError(f"attack a2t: words_always_allowed must be at least 1, got {words_always_allowed}")
        if not -1 <= min_sentence_similarity <= 1:
            raise InputError(
                f"attack a2t: min_sentence_similarity must lie in [-1, 1], got {min_sentence_similarity:g}"
            )
        self.min_sentence_similarity = min_sentence_similarity
        self.max_word_share = max_word_share
        self.words_always_allowed = words_always_allowed
        self._near = NearWords(max_candidates, min_word_similarity, part_of_speech, nouns_for_verbs=False)
        self._near.check("a2t")

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy: a word is changed at most once, and only when that brings the model nearer to the goal."""
        original = current = Words.of(example.text)
        editable = [i for i in original.indices[:MOST_WORDS] if self._near.any_for(original[i])]
        if not editable:
            return None
        most = max(self.words_always_allowed, math.ceil(self.max_word_share * len(original)))
        allowance = Allowance(original, budget.tightened(AttackBudget(max_words=most)))
        order = await _by_gradient(original, editable, query, goal)
        progress = float(goal.progress(await query.scores([original.text]))[0])
        for index in order:
            options = [current.replace(index, word) for word in self._near.of(current, index)]
            options = await self._similar(example.text, [words for words in options if allowance.fits(words)], query)
            if not options:
                continue
            logits = await query.scores([words.text for words in options])
            gains = goal.progress(logits)
            won = winner([words.text for words in options], logits, gains, goal, allowance)
            if won is not None:
                return won
            best = int(np.argmax(gains))
            if gains[best] <= progress:
                continue
            current, progress = options[best], float(gains[best])
        return None

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder, and word vectors that can be used where some are named."""
        return (*encoder_problems("a2t"), *vector_problems("a2t"))

    def arguments(self) -> Mapping[str, Any]:
        """The limits on words and texts."""
        return {
            "max_candidates": self._near.most,
            "min_word_similarity": self._near.least_cosine,
            "min_sentence_similarity": self.min_sentence_similarity,
            "max_word_share": self.max_word_share,
            "words_always_allowed": self.words_always_allowed,
            "part_of_speech": self._near.part_of_speech,
        }

    def notes(self) -> Sequence[str]:
        """Which resources were used, and what nobody outside could do."""
        return (
            "A white-box attack: it ranks words by the gradients of the model, which somebody outside does not have.",
            f"Word neighbours come from {vectors_used()}, sentence similarity from the bundled "
            f"all-MiniLM-L6-v2 in place of a DistilBERT trained on STS-B. {tagger_note(self._near.part_of_speech)}",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )

    async def _similar(self, text: str, options: Sequence[Words], query: Query) -> list[Words]:
        if not options:
            return []
        vectors = await query.embeddings([text, *(words.text for words in options)])
        cosines = np.round(vectors[1:] @ vectors[0], 6)
        near = cosines >= self.min_sentence_similarity
        return [option for option, may in zip(options, near, strict=True) if may]


async def _by_gradient(words: Words, indices: Sequence[int], query: Query, goal: Goal) -> list[int]:
    """`indices` from the steepest word to the flattest (ties in text order)."""
    (gradients,) = await query.gradients([words.text], [goal.target()])
    steepness = np.asarray([_steepness(gradients, *span_of(words, index)) for index in indices])
    return [indices[i] for i in np.argsort(-steepness, kind="stable")]


def _steepness(gradients: TokenGradients, start: int, end: int) -> float:
    """Sum of absolute values of the mean gradient over the tokens of a word."""
    tokens = [i for i, span in enumerate(gradients.spans) if span[0] < end and span[1] > start]
    return float(np.abs(gradients.values[tokens].mean(axis=0)).sum()) if tokens else 0.0
