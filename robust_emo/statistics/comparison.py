"""Paired comparison of two models, and corrections for families of tests."""

import math
from collections.abc import Sequence

import numpy as np


def mcnemar(only_first_right: int, only_second_right: int) -> float:
    """Exact two-sided p-value that two models are right equally often on the same examples (McNemar 1947).

    Only examples on which exactly one of them is right say anything; without any the p-value is 1.

    Raises:
        ValueError: a negative count.
    """
    if only_first_right < 0 or only_second_right < 0:
        raise ValueError(f"counts must not be negative, got {only_first_right} and {only_second_right}")
    n = only_first_right + only_second_right
    tail = sum(math.comb(n, k) for k in range(min(only_first_right, only_second_right) + 1))
    return min(1.0, tail / 2 ** (n - 1)) if n else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values, in the given order; rejecting those <= α keeps the family-wise error below α.

    Holm 1979; valid under any dependence between the tests.

    Raises:
        ValueError: a p-value outside [0, 1].
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")
    factors = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    return tuple(float(value) for value in adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values, in the given order; rejecting those <= q keeps the false discovery rate below q.

    Benjamini and Hochberg 1995; valid for independent or positively dependent tests.

    Raises:
        ValueError: a p-value outside [0, 1].
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")[::-1]
    factors = len(values) / np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(values[order] * factors))
    return tuple(float(value) for value in adjusted)


def _checked(p_values: Sequence[float]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    values = np.asarray(p_values, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():  # also catches NaN
        raise ValueError(f"p-values must lie in [0, 1], got {list(p_values)}")
    return values
