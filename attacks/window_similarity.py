"""Whether the words around a change still say the same, as the code of TextFooler, BAE and CLARE asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.words import Words

from .text_window import window


@dataclass(frozen=True, slots=True)
class WindowSimilarity:
    """A lowest cosine between sentence embeddings of the words around, before and after a change."""

    least: float
    """In [-1, 1]."""
    size: int
    """Words around that are compared, at least 1."""
    check_short_texts: bool
    """Also compare texts shorter than the window; the authors' code does not."""

    def check(self, attack: str) -> None:
        """Refuse values outside their range.

        Raises:
            InputError: naming the attack's argument.
        """
        if not -1 <= self.least <= 1:
            raise InputError(f"attack {attack}: min_sentence_similarity must lie in [-1, 1], got {self.least:g}")
        if self.size < 1:
            raise InputError(f"attack {attack}: window must be at least 1, got {self.size}")

    async def similar(
        self, before: Words, index: int, options: Sequence[Words], query: Query, *, nearest_first: bool = False
    ) -> list[Words]:
        """The options that say about the same as `before` around the word at `index`; all where that is not checked.

        In the order of `options`, or those that say most nearly the same first.
        """
        if not options or (len(before) < self.size and not self.check_short_texts):
            return list(options)
        windows = [window(option, index, self.size) for option in options]
        vectors = await query.embeddings([window(before, index, self.size), *windows])
        cosines = np.round(vectors[1:] @ vectors[0], 6)
        order = np.argsort(-cosines, kind="stable") if nearest_first else range(len(options))
        return [options[i] for i in order if cosines[i] >= self.least]
