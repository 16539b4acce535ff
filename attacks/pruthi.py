"""Common typos inside words, searched exhaustively: one per word, or two.

Pruthi, Dhingra & Lipton 2019, "Combating Adversarial Misspellings with Robust Word Recognition".
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    typos before (greedy, as in the paper). With two typos per word, the second one is searched likewise in every word
    on top of the best first one. Where the query budget does not cover all typos, a random part of them is tried.

    Args:
        max_words: words with a typo, at least 1; the paper studies 1 and 2.
        typos_per_word: 1 as in the paper, or 2, where 1 is not enough.

    Raises:
        InputError: `max_words` below 1, `typos_per_word` neither 1 nor 2.
    """

    spec = PluginSpec(
        name="pruthi",
        version="1",
        summary="one or two typos inside words, searched exhaustively",
        paper="Pruthi 2019",
        family="characters",
    )

    def __init__(self, *, max_words: int = 1, typos_per_word: int = 1) -> None:
        if max_words < 1:
            raise InputError(f"attack {self.spec.name}: max_words must be at least 1, got {max_words}")
        if typos_per_word not in (1, 2):
            raise InputError(f"attack {self.spec.name}: typos_per_word must be 1 or 2, got {typos_per_word}")
        self.max_words = max_words
        self.typos_per_word = typos_per_word
        self.budget = AttackBudget(max_words=max_words)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Exhaustive for one typo, greedy for more."""
        original = current = Words.of(example.text)
        search = _Search(query, goal, Allowance(original, budget), rng)
        readable = original.indices[:MOST_WORDS]
        for _ in range(self.max_words):
            untouched = [i for i in readable if current[i] == original[i] and _editable(current[i])]
            texts = dict.fromkeys(untouched, current)
            tried: list[_Typo] = []
            for _ in range(self.typos_per_word):
                typos = await search.best_typos(texts)
                tried += typos.values()
                if any(typo.reached for typo in tried):
                    break
                texts = {index: typo.words for index, typo in typos.items()}
            if not tried:
                return None
            best = max(tried, key=lambda typo: (typo.reached, typo.gain))
            if best.reached:
                return best.words.text
            current = best.words
        return None

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many words get a typo, and how many typos."""
        return {"max_words": self.max_words, "typos_per_word": self.typos_per_word}

    def notes(self) -> Sequence[str]:
        """Where the attack can do nothing."""
        return (
            "Typos need words of four letters or more and a QWERTY keyboard: Chinese, Japanese and emoji-only texts "
            "are left unchanged and count as withstood.",
        )


class StrongPruthiTypos(PruthiTypos):
    """Pruthi's search with a second typo in the same word where one is not enough.

    A single typo flatters a defence that corrects spelling, which mends most of them.
    """

    spec = replace(
        PruthiTypos.spec,
        name="pruthi-strong",
        summary="one or two typos inside one word, searched exhaustively one after the other",
    )

    def __init__(self, *, max_words: int = 1, typos_per_word: int = 2) -> None:
        super().__init__(max_words=max_words, typos_per_word=typos_per_word)


@dataclass(frozen=True, slots=True)
class _Typo:
    """A text with one more typo, how near to the goal it is, and whether it reached it."""

    words: Words
    gain: float
    reached: bool


@dataclass(frozen=True, slots=True)
class _Search:
    """What tries typos of one example."""

    query: Query
    goal: Goal
    allowance: Allowance
    rng: random.Random

    async def best_typos(self, texts: Mapping[int, Words]) -> dict[int, _Typo]:
        """The best typo in each of the words, by the word's index; stops at the first chunk with a success.

        Args:
            texts: by index of a word, the text in which that word gets a typo.
        """
        best: dict[int, _Typo] = {}
        options = self._options(texts)
        while chunk := list(islice(options, _CHUNK)):
            logits = await self.query.scores([words.text for _, words in chunk])
            gains = self.goal.progress(logits)
            top = int(np.argmax(gains))
            if self.goal.reached(logits[top]) and self.allowance.holds(chunk[top][1].text):
                return {chunk[top][0]: _Typo(chunk[top][1], float(gains[top]), reached=True)}
            for (index, words), gain in zip(chunk, gains.tolist(), strict=True):
                if index not in best or gain > best[index].gain:
                    best[index] = _Typo(words, gain, reached=False)
        return best

    def _options(self, texts: Mapping[int, Words]) -> Iterator[tuple[int, Words]]:
        """As many typos as the query budget covers, within the limits on the text."""
        typos = [(i, typo) for i, words in texts.items() for typo in _typos(words[i], self.rng)]
        if self.query.max_queries is not None:
            left = self.query.max_queries - self.query.used
            typos = self.rng.sample(typos, left) if left < len(typos) else typos
        tried = ((i, texts[i].replace(i, typo)) for i, typo in typos)
        return ((i, words) for i, words in tried if self.allowance.fits(words))


def _editable(word: str) -> bool:
    return len(editable_span(word)) >= _SHORTEST and not is_stop_word(word)


def _typos(word: str, rng: random.Random) -> list[str]:
    inner = editable_span(word)[1:-1]
    typos = swaps(word, inner[:-1]) + deletions(word, inner) + insertions(word, inner, rng)
    typos += [word[:i] + key + word[i + 1 :] for i in inner for key in neighbours(word[i])]
    return list(dict.fromkeys(typos))
