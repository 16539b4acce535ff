"""Metrics of the audit with their intervals: Wilson for proportions, bootstrap for everything else."""

from collections.abc import Callable, Sequence

from robust_emo.statistics import Interval, bootstrap_mean, wilson
from robust_emo.types import Metric

CONFIDENCE = 0.95

IntervalOfShare = Callable[[int, int, float], Interval | None]
"""(count, n, confidence) -> interval of a proportion."""


def proportion(
    name: str,
    count: int,
    n: int,
    *,
    higher_is_better: bool | None,
    label: str | None = None,
    interval: IntervalOfShare = wilson,
) -> Metric:
    """`count` of `n`; not measured when n is 0."""
    value = count / n if n else None
    bounds = interval(count, n, CONFIDENCE) if n else None
    return measured(name, value, bounds, n, higher_is_better=higher_is_better, label=label)


def mean(name: str, values: Sequence[float], seed: int, *, higher_is_better: bool | None = None) -> Metric:
    """Mean; not measured without values, without an interval for a single one."""
    value = sum(values) / len(values) if values else None
    interval = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE) if len(values) > 1 else None
    return measured(name, value, interval, len(values), higher_is_better=higher_is_better)


def measured(
    name: str,
    value: float | None,
    interval: Interval | None,
    n: int,
    *,
    higher_is_better: bool | None,
    label: str | None = None,
) -> Metric:
    """A metric with an interval made elsewhere.

    A bootstrap interval without width says that no resample differed, as with a perfect score on few examples. That
    is no certainty, so such a metric has no interval, and a check that wants one is inconclusive.
    """
    if interval is not None and interval.method.startswith("bootstrap") and interval.low == interval.high:
        interval = None
    return Metric(
        name=name,
        value=value,
        ci_low=interval.low if interval else None,
        ci_high=interval.high if interval else None,
        n=n,
        confidence=CONFIDENCE,
        higher_is_better=higher_is_better,
        label=label,
        method=interval.method if interval else None,
    )
