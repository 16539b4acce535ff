"""What a method says of one text: how much each of its segments moved the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import numpy.typing as npt

from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.target import Target

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Attribution:
    """In units of the target's logit; positive where a segment speaks for it."""

    segments: Segments
    target: Target
    values: Values
    """(segments,)."""
    special: float = 0.0
    """What falls on tokens that stand for nothing in the text, such as [CLS]."""
    change: float | None = None
    """The target's logit less that of the baseline; None for methods whose values need not add up to it."""
    steps: int | None = None
    """Points on the way from the baseline; None for methods without one."""
    windows: int = 1
    """More than one: the text is longer than the model reads, and was explained piece by piece."""
    window_gap: float | None = None
    """Of several windows, the largest completeness gap of one."""

    @property
    def gap(self) -> float | None:
        """Completeness gap: what is missing from, or in excess of, `change`, as a share of it; None where that is.

        Windows add up each by itself, so that of several the worst counts.
        """
        if self.windows > 1:
            return self.window_gap
        return None if self.change is None else completeness_gap(fsum((*self.values, self.special)), self.change)


def completeness_gap(total: float, change: float) -> float:
    """|total - change| / |change|; infinite where nothing changed and `total` is not 0 all the same."""
    missing = abs(total - change)
    if change == 0:
        return 0.0 if missing == 0 else float("inf")
    return missing / abs(change)


def merged(tokens: Sequence[float], owners: Sequence[int | None], count: int) -> tuple[Values, float]:
    """Token attributions summed by segment, and the sum over tokens that belong to none: nothing is lost.

    Args:
        tokens: one number per token.
        owners: the segment of each; None for special tokens.
        count: segments.
    """
    of_segment: list[list[float]] = [[] for _ in range(count)]
    special: list[float] = []
    for value, owner in zip(tokens, owners, strict=True):
        (special if owner is None else of_segment[owner]).append(float(value))
    return np.array([fsum(values) for values in of_segment], dtype=np.float64), fsum(special)
