"""Bootstrap intervals, by rows or by whole clusters: percentile (Efron 1979), BCa (Efron 1987) and basic.

BCa corrects the percentile interval for bias and skewness, which matters for F1. The basic interval (Davison and
Hinkley 1997, section 5.2) mirrors the percentile interval at the value, for statistics that every resample pushes the
same way, such as a mean of absolute gaps: there the other two lie wholly on one side of the truth. All are widened
for few units. No bootstrap knows what it has not seen: where every resample gives the same number (a perfect model),
the interval has no width. Proportions should take :func:`~robust_emo.statistics.intervals.wilson` instead.
"""

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Literal, Required, TypedDict, Unpack

import numpy as np
import numpy.typing as npt

from robust_emo.statistics.intervals import Interval, check_confidence

FloatArray = npt.NDArray[np.float64]
BootstrapMethod = Literal["bca", "percentile", "basic"]


class BootstrapOptions(TypedDict, total=False):
    """Keyword arguments that every bootstrap takes."""

    seed: Required[int]
    n_resamples: int
    confidence: float
    clusters: Sequence[str] | None
    method: BootstrapMethod


_FEWEST = 5
"""Examples or clusters. Below, the resamples hold too few different values for any interval to be honest."""
_CHUNK_NUMBERS = 4_000_000
"""Resample counts held at once, 32 MB."""


def bootstrap(
    statistic: Callable[..., float],
    *columns: npt.ArrayLike,
    seed: int,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    clusters: Sequence[str] | None = None,
    method: BootstrapMethod = "bca",
) -> Interval | None:
    """Interval of any statistic of some columns. For sums and counts :func:`bootstrap_totals` is far faster.

    Args:
        statistic: called as ``statistic(*columns)`` on each resample; must return a finite number.
        columns: one or more arrays whose first axis is the example, all of the same length.
        seed: fixes the resamples.
        n_resamples: how many.
        confidence: in (0, 1).
        clusters: source of each example; whole sources are resampled, as examples of one source are alike.
        method: `bca` costs one call more per example or cluster; the bounds of `basic` may leave the statistic's range.

    Returns:
        None with fewer than five examples or clusters.
    """
    check_confidence(confidence)
    arrays = [np.asarray(column) for column in columns]
    members = _members(len(arrays[0]), clusters)
    if len(members) < _FEWEST:
        return None

    def value_of(units: npt.NDArray[np.int64]) -> float:
        rows = np.concatenate([members[unit] for unit in units])
        return statistic(*(array[rows] for array in arrays))

    rng = np.random.default_rng(seed)
    count = len(members)
    confidence = _expanded(confidence, count)
    resampled = np.array([value_of(rng.integers(count, size=count)) for _ in range(n_resamples)])
    everyone = np.arange(count)
    value = np.array([value_of(everyone)])
    if method != "bca":
        bounds = _plain_bounds(resampled[:, None], value, confidence, method)
    else:
        left_out = np.array([value_of(np.delete(everyone, unit)) for unit in everyone])
        bounds = _bca_bounds(resampled[:, None], value, left_out[:, None], np.ones(count), confidence)
    return Interval(float(bounds[0, 0]), float(bounds[1, 0]), _name(clusters))


def bootstrap_totals(
    statistic: Callable[[FloatArray], FloatArray],
    contributions: npt.ArrayLike,
    *,
    seed: int,
    n_resamples: int = 2000,
    confidence: float = 0.95,
    clusters: Sequence[str] | None = None,
    method: BootstrapMethod = "bca",
) -> tuple[Interval, ...] | None:
    """Intervals of statistics that depend on the data through column sums only, such as means and F1.

    Examples that contribute the same are one category, and resampling n examples is drawing the categories'
    counts from a multinomial distribution: exactly the bootstrap over rows, without touching rows. Single-
    label predictions have at most labels² categories, the cells of the confusion matrix.

    Args:
        statistic: maps sums of shape (r, columns) to (r, statistics), row by row; all finite.
        contributions: (n, columns), what each example adds to the sums.
        seed: fixes the resamples.
        n_resamples: how many.
        confidence: in (0, 1).
        clusters: source of each example; whole sources are resampled.
        method: as for :func:`bootstrap`.

    Returns:
        One interval per statistic; None with fewer than five examples or clusters.
    """
    check_confidence(confidence)
    units = _unit_sums(np.asarray(contributions, dtype=np.float64), clusters)
    if len(units) < _FEWEST:
        return None
    confidence = _expanded(confidence, len(units))
    categories, sizes = np.unique(units, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    shares = sizes / sizes.sum()
    chunk = max(1, _CHUNK_NUMBERS // len(sizes))
    parts = [
        statistic(rng.multinomial(len(units), shares, size=min(chunk, n_resamples - start)) @ categories)
        for start in range(0, n_resamples, chunk)
    ]
    resampled = np.concatenate(parts)
    total = units.sum(axis=0, keepdims=True)
    value = statistic(total)[0]
    if method != "bca":
        bounds = _plain_bounds(resampled, value, confidence, method)
    else:
        bounds = _bca_bounds(resampled, value, statistic(total - categories), sizes, confidence)
    return tuple(Interval(float(low), float(high), _name(clusters)) for low, high in bounds.T)


def bootstrap_mean(values: npt.ArrayLike, **options: Unpack[BootstrapOptions]) -> Interval | None:
    """Interval of a mean.

    Args:
        values: (n,).
        options: as for :func:`bootstrap_totals`.
    """
    data = np.asarray(values, dtype=np.float64)
    contributions = np.column_stack([data, np.ones_like(data)])
    intervals = bootstrap_totals(lambda sums: sums[:, :1] / sums[:, 1:], contributions, **options)
    return intervals[0] if intervals else None


def _expanded(confidence: float, units: int) -> float:
    """The level that gives the interval of a mean of few units the width of Student's t (Hesterberg 2015).

    Resamples spread by sqrt((n - 1) / n) too little, and a normal quantile ignores that the spread was estimated.
    """
    from scipy.special import ndtr, stdtrit

    tail = ndtr(stdtrit(units - 1, (1 - confidence) / 2) * (units / (units - 1)) ** 0.5)
    return float(1 - 2 * tail)


def _name(clusters: Sequence[str] | None) -> str:
    return "bootstrap" if clusters is None else "bootstrap-clustered"


def _cluster_index(count: int, clusters: Sequence[str]) -> npt.NDArray[np.int64]:
    if len(clusters) != count:
        raise ValueError(f"{count} examples but {len(clusters)} clusters")
    return np.unique(np.asarray(clusters), return_inverse=True)[1]


def _members(count: int, clusters: Sequence[str] | None) -> list[npt.NDArray[np.int64]]:
    """Row numbers of each resampling unit."""
    rows = np.arange(count)
    if clusters is None:
        return list(rows[:, None])
    index = _cluster_index(count, clusters)
    order = np.argsort(index, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(index[order])) + 1) if count else []


def _unit_sums(contributions: FloatArray, clusters: Sequence[str] | None) -> FloatArray:
    if clusters is None:
        return contributions
    index = _cluster_index(len(contributions), clusters)
    sums = np.zeros((index.max(initial=-1) + 1, contributions.shape[1]))
    np.add.at(sums, index, contributions)
    return sums


def _plain_bounds(
    resampled: FloatArray, value: FloatArray, confidence: float, method: Literal["percentile", "basic"]
) -> FloatArray:
    tail = (1 - confidence) / 2
    bounds: FloatArray = np.quantile(resampled, [tail, 1 - tail], axis=0)
    return bounds if method == "percentile" else 2 * value - bounds[::-1]


def _bca_bounds(
    resampled: FloatArray, value: FloatArray, left_out: FloatArray, sizes: npt.ArrayLike, confidence: float
) -> FloatArray:
    """Bias-corrected and accelerated bounds, shape (2, statistics).

    Args:
        resampled: (resamples, statistics).
        value: (statistics,), of the data itself.
        left_out: (categories, statistics), with one unit of each category left out (the jackknife).
        sizes: (categories,), units in each.
        confidence: in (0, 1).
    """
    normal = NormalDist()
    count = len(resampled)
    weights = np.asarray(sizes, dtype=np.float64)[:, None]
    deviation = (left_out * weights).sum(axis=0) / weights.sum() - left_out
    spread = (weights * deviation**2).sum(axis=0)
    skew = (weights * deviation**3).sum(axis=0)
    acceleration = np.divide(skew, 6 * spread**1.5, out=np.zeros_like(skew), where=spread > 1e-24)
    # Ties count half, since F1 is discrete; a share of 0 or 1 would make the correction infinite.
    below = (resampled < value).mean(axis=0) + (resampled == value).mean(axis=0) / 2
    bias = [normal.inv_cdf(share) for share in np.clip(below, 0.5 / count, 1 - 0.5 / count)]
    bounds = np.empty((2, len(value)))
    for side, level in enumerate(((1 - confidence) / 2, (1 + confidence) / 2)):
        for column, z0 in enumerate(bias):
            shifted = z0 + normal.inv_cdf(level)
            scale = max(1 - acceleration[column] * shifted, 1e-9)
            bounds[side, column] = np.quantile(resampled[:, column], normal.cdf(z0 + shifted / scale))
    return bounds
