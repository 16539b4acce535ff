"""Whether a model is right as often as its confidence says."""

from dataclasses import dataclass
from typing import Unpack

import numpy as np
import numpy.typing as npt

from robust_emo.statistics.bootstrap import BootstrapOptions, FloatArray, bootstrap_totals
from robust_emo.statistics.intervals import Interval
from robust_emo.types import CalibrationBin

BINS = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """A reliability diagram and its expected calibration error."""

    error: float
    """In [0, 1]."""
    bins: tuple[CalibrationBin, ...]
    """From the least to the most confident; the empty ones too."""


def expected_calibration_error(
    probabilities: npt.ArrayLike, correct: npt.ArrayLike, *, bins: int = BINS
) -> Calibration | None:
    """Mean gap between confidence and accuracy over equally wide bins (Guo et al. 2017); None if empty.

    Args:
        probabilities: (n,) in [0, 1], of what was predicted. Bins are open below and closed above.
        correct: (n,), whether the prediction was right.
        bins: how many.

    Raises:
        ValueError: a probability outside [0, 1], or arrays of different length.
    """
    totals = _contributions(probabilities, correct, bins).sum(axis=0, keepdims=True)
    if not totals.any():
        return None
    sizes, confidences, rights = np.split(totals[0], 3)
    diagram = tuple(
        CalibrationBin(
            low=index / bins,
            high=(index + 1) / bins,
            n=int(size),
            confidence=float(confidences[index] / size) if size else None,
            accuracy=float(rights[index] / size) if size else None,
        )
        for index, size in enumerate(sizes)
    )
    return Calibration(float(_error(totals)[0, 0]), diagram)


def expected_calibration_error_interval(
    probabilities: npt.ArrayLike,
    correct: npt.ArrayLike,
    *,
    bins: int = BINS,
    **options: Unpack[BootstrapOptions],
) -> Interval | None:
    """Bootstrap interval of the expected calibration error; options as for ``bootstrap_totals``.

    The plug-in error is biased upwards in small samples, and resampling adds the same bias again; so the method is
    `basic` unless another is asked for, cut to [0, 1] and always around the plug-in error. Of a model without any
    error the 95% interval still misses 0 in about half the samples, by little.
    """
    contributions = _contributions(probabilities, correct, bins)
    options.setdefault("method", "basic")
    intervals = bootstrap_totals(_error, contributions, **options)
    if not intervals:
        return None
    error = float(_error(contributions.sum(axis=0, keepdims=True))[0, 0])
    low, high = min(error, intervals[0].low), max(error, intervals[0].high)
    return Interval(max(0.0, low), min(1.0, high), intervals[0].method)


def _contributions(probabilities: npt.ArrayLike, correct: npt.ArrayLike, bins: int) -> FloatArray:
    """(n, 3 * bins): count, confidence and correctness, each in the column of the example's bin."""
    sure = np.asarray(probabilities, dtype=np.float64)
    right = np.asarray(correct, dtype=np.float64)
    if sure.shape != right.shape or sure.ndim != 1:
        raise ValueError(f"expected two (n,) arrays, got shapes {sure.shape} and {right.shape}")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError("probabilities must lie in [0, 1]")
    column = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    table = np.zeros((len(sure), 3, bins))
    table[np.arange(len(sure)), :, column] = np.column_stack([np.ones_like(sure), sure, right])
    return table.reshape(len(sure), 3 * bins)


def _error(totals: FloatArray) -> FloatArray:
    """(r, 3 * bins) to (r, 1)."""
    sizes, confidences, rights = np.split(totals, 3, axis=1)
    gaps: FloatArray = np.abs(confidences - rights).sum(axis=1, keepdims=True)
    error: FloatArray = gaps / sizes.sum(axis=1, keepdims=True)
    return error
