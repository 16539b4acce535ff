"""Hiding words at random, in training and in smoothed classifiers: most words go, the rest must do.

What is shown depends on the words alone: spacing and punctuation between them are left out, so that nobody gains by
changing them.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np

from robust_emo.errors import InputError
from robust_emo.words import joined

Mechanism = Literal["masking", "deletion"]
MECHANISMS: tuple[str, ...] = get_args(Mechanism)


@dataclass(frozen=True, slots=True)
class Ablation:
    """How words are hidden.

    Raises:
        InputError: an unknown mechanism, or a rate outside (0, 1).
    """

    mechanism: Mechanism
    """`masking`: a fixed share of the words, drawn without replacement, becomes the mask token (RanMASK, Zeng et al.
    2021). `deletion`: every word goes with probability `rate` by itself and leaves no trace (Huang et al. 2023)."""
    rate: float

    def __post_init__(self) -> None:
        if self.mechanism not in MECHANISMS:
            raise InputError(f"expected a mechanism of {' or '.join(MECHANISMS)}, got '{self.mechanism}'")
        if isinstance(self.rate, bool) or not isinstance(self.rate, int | float) or not 0 < self.rate < 1:
            raise InputError(f"the rate of hidden words must lie between 0 and 1, got {self.rate}")

    @classmethod
    def parse(cls, text: str) -> "Ablation":
        """Read ``MECHANISM:RATE``, such as ``deletion:0.8``.

        Raises:
            InputError: it has another form, or a value that there is not.
        """
        mechanism, _, rate = text.partition(":")
        try:
            return cls(cast(Mechanism, mechanism), float(rate))
        except ValueError:
            raise InputError(f"expected MECHANISM:RATE, such as deletion:0.8, got '{text}'") from None

    def kept(self, words: int) -> int:
        """How many of `words` masking leaves: rounded, and at least one where there is one."""
        return min(words, max(1, round((1 - self.rate) * words)))

    def ways(self, words: int) -> int:
        """Number of ways to hide some of `words` words."""
        return math.comb(words, self.kept(words)) if self.mechanism == "masking" else 2**words

    def all_ways(self, words: int) -> Iterator[tuple[int, ...]]:
        """Positions shown, in every way there is."""
        if self.mechanism == "masking":
            yield from itertools.combinations(range(words), self.kept(words))
        else:
            for kept in range(words + 1):
                yield from itertools.combinations(range(words), kept)

    def probability(self, shown: int, words: int) -> float:
        """Of one way that shows `shown` of `words` words."""
        if self.mechanism == "masking":
            return 1 / self.ways(words)
        return float((1 - self.rate) ** shown * self.rate ** (words - shown))

    def draw(self, words: int, rng: np.random.Generator) -> tuple[int, ...]:
        """Positions shown in one way drawn at random, in order."""
        drawn = rng.random(words)
        if self.mechanism == "deletion":
            return tuple(np.flatnonzero(drawn >= self.rate).tolist())
        kept = self.kept(words)
        return tuple(sorted(np.argpartition(drawn, kept - 1)[:kept].tolist())) if kept else ()

    def text(self, words: Sequence[str], shown: Sequence[int], mask: str) -> str:
        """The text that the classifier gets to see; `mask` stands for each masked word."""
        if self.mechanism == "deletion":
            return joined([words[place] for place in shown])
        visible = set(shown)
        return joined([word if place in visible else mask for place, word in enumerate(words)])
