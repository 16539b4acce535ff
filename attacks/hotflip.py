"""The word exchanges that raise the loss most to first order, combined by beam search.

Ebrahimi, Rao, Lowd & Dou 2018, "HotFlip: White-Box Adversarial Examples for Text Classification", in its form for
words (section 5).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Place, Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import MOST_WORDS
from .masked_words import exchanged, open_to_change, span_of
from .near_words import NearWords
from .resource_notes import tagger_note, vector_problems
from .winners import winner
from .word_swaps import stem_of
from .word_vectors import vectors_used


@dataclass(frozen=True, slots=True)
class _Flip:
    """One word of one text of the beam exchanged."""

    words: Words
    gain: float
    """Rise of the loss to first order."""


class HotFlip:
    """Per step the flips with the highest estimated gain in each text of the beam are tried on the model.

    Args:
        max_words: flips on top of each other, at least 1; the paper has one or two.
        beam: texts kept after each step, at least 1.
        flips: flips tried per text of the beam, at least 1.
        any_word: flip to any word of the model's vocabulary; the text then seldom says the same. Off: only to near
            words.
        max_candidates: neighbours looked at per word, at least 1.
        min_word_similarity: cosine between a word and its neighbour, in [-1, 1]. The paper has 0.8 in vectors of its
            own; in the vectors used here synonyms begin at about 0.5.
        part_of_speech: only neighbours of the same part of speech, as in the paper, where the tagger is installed;
            nouns may stand for verbs, as in TextAttack's recipe.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="hotflip",
        version="1",
        summary="one or two words exchanged where the gradient says that it hurts most",
        paper="Ebrahimi 2018",
        family="gradients",
        languages=("en",),
        white_box=True,
    )

    def __init__(
        self,
        *,
        max_words: int = 2,
        beam: int = 10,
        flips: int = 10,
        any_word: bool = False,
        max_candidates: int = 50,
        min_word_similarity: float = 0.5,
        part_of_speech: bool = True,
    ) -> None:
        for name, value in (("max_words", max_words), ("beam", beam), ("flips", flips)):
            if value < 1:
                raise InputError(f"attack hotflip: {name} must be at least 1, got {value}")
        self.max_words = max_words
        self.beam = beam
        self.flips = flips
        self.any_word = any_word
        self._near = NearWords(max_candidates, min_word_similarity, part_of_speech)
        self._near.check("hotflip")
        self.budget = AttackBudget(max_words=max_words)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Beam search; with a query budget fewer texts are kept and tried."""
        original = Words.of(example.text)
        allowance = Allowance(original, budget)
        beam = [original]
        for _ in range(self.max_words):
            tried = await self._tried(original, beam[: _affordable(query, len(beam))], query, goal, allowance)
            if not tried:
                return None
            logits = await query.scores([words.text for words in tried])
            gains = goal.progress(logits)
            order = [int(i) for i in np.argsort(-gains, kind="stable")]
            won = winner([words.text for words in tried], logits, gains, goal, allowance)
            if won is not None:
                return won
            beam = [tried[i] for i in order[: self.beam]]
        return None

    def problems(self) -> Sequence[str]:
        """Word vectors that can be used, where some are named."""
        return vector_problems("hotflip")

    def arguments(self) -> Mapping[str, Any]:
        """Breadth of the search and the limits on words."""
        return {
            "max_words": self.max_words,
            "beam": self.beam,
            "flips": self.flips,
            "any_word": self.any_word,
            "max_candidates": self._near.most,
            "min_word_similarity": self._near.least_cosine,
            "part_of_speech": self._near.part_of_speech,
        }

    def notes(self) -> Sequence[str]:
        """Which words were allowed, and what nobody outside could do."""
        seen = "A white-box attack: it uses the gradients of the model, which somebody outside does not have."
        if self.any_word:
            return (seen, "Words are exchanged for any word of the model's vocabulary: most texts say something else.")
        return (
            seen,
            f"Word neighbours come from {vectors_used()}. {tagger_note(self._near.part_of_speech)}",
            "Only English words have neighbours; texts in other languages are left unchanged and count as withstood.",
        )

    async def _tried(
        self, original: Words, beam: Sequence[Words], query: Query, goal: Goal, allowance: Allowance
    ) -> list[Words]:
        """The most promising flips of every text of the beam, all different."""
        places = [self._places(original, words) for words in beam]
        if not any(places):
            return []
        ranked = await query.flips(
            [words.text for words in beam],
            [goal.target()] * len(beam),
            [[place for _, place in row] for row in places],
            top_k=self.flips,
        )
        tried: dict[str, _Flip] = {}
        for words, row, answers in zip(beam, places, ranked, strict=True):
            flips = [
                _Flip(words.replace(index, new), gain)
                for (index, _), answer in zip(row, answers, strict=True)
                for word, gain in answer
                for new in exchanged(words[index], [word])
            ]
            allowed = [flip for flip in flips if allowance.fits(flip.words)]
            for flip in sorted(allowed, key=lambda flip: -flip.gain)[: self.flips]:
                tried.setdefault(flip.words.text, flip)
        best = sorted(tried.values(), key=lambda flip: -flip.gain)
        left = None if query.max_queries is None else query.max_queries - query.used
        return [flip.words for flip in best[:left]]

    def _places(self, original: Words, words: Words) -> list[tuple[int, Place]]:
        """Words that were not flipped yet, and what each may become."""
        places = []
        for index in original.indices[:MOST_WORDS]:
            if words[index] != original[index] or not open_to_change(words[index]):
                continue
            near = () if self.any_word else tuple(stem_of(word) for word in self._near.of(words, index))
            if near or self.any_word:
                places.append((index, Place(*span_of(words, index), near)))
        return places


def _affordable(query: Query, texts: int) -> int:
    """Texts of the beam to ask gradients of: at most half of what is left, so that flips can be tried."""
    return texts if query.max_queries is None else min(texts, max(1, (query.max_queries - query.used) // 2))
