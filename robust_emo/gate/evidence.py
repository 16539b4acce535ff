"""What a measured number says against a bound: its interval at a level, and how surprising it is on the bound."""

import math
from dataclasses import replace
from statistics import NormalDist

from robust_emo.statistics.intervals import clopper_pearson
from robust_emo.statistics.proportion_test import binomial_p_value, n_to_decide
from robust_emo.statistics.sequential import METHOD as ANYTIME
from robust_emo.statistics.sequential import anytime_interval, anytime_n_to_decide, anytime_p_value
from robust_emo.types import Metric

_SHARES = ("wilson", "clopper-pearson")
_EXACT = ("accountant", "counted")
"""Numbers that were not estimated: at every level the interval is the number itself."""


def at_confidence(metric: Metric, level: float | None) -> Metric | None:
    """The metric with the interval that decides, at a level; None where only the original data could tell.

    Shares get the exact interval (Clopper & Pearson 1934), which errs at most as often as it says; Wilson's, which the
    report shows, errs as often on average, and up to three times as often where a share is small and n, too. All other
    numbers have their interval at the level it was stored with.

    Args:
        metric: with a value.
        level: in (0, 1); None: as stored.
    """
    level = metric.confidence if level is None else level
    if metric.method in _EXACT:
        return replace(metric, confidence=level)
    successes = _successes(metric)
    if successes is not None and metric.n and 0 < level < 1:
        found = (
            clopper_pearson(successes, metric.n, level)
            if metric.method in _SHARES
            else anytime_interval(successes, metric.n, level)
        )
        if found is not None:
            return replace(metric, ci_low=found.low, ci_high=found.high, confidence=level, method=found.method)
    return metric if math.isclose(level, metric.confidence) else None


def p_value(metric: Metric, bound: float) -> float | None:
    """Two-sided chance of a number as far from `bound` as this one is, were the bound the truth.

    Exact for shares. Of other intervals one level is known: between levels they are taken to widen as those of a normal
    number do.

    Returns:
        None where chance has no part in the number, or its interval does not say.
    """
    value, successes = metric.value, _successes(metric)
    if value is None or metric.method in _EXACT:
        return None
    if successes is not None and metric.n and 0 <= bound <= 1:
        test = binomial_p_value if metric.method in _SHARES else anytime_p_value
        return test(successes, metric.n, bound)
    edge = metric.ci_low if bound < value else metric.ci_high
    if edge is None or not 0 < metric.confidence < 1 or value == edge or (bound < value) != (edge < value):
        return None
    normal = NormalDist()
    spread = abs(value - edge) / normal.inv_cdf((1 + metric.confidence) / 2)
    return 2 * (1 - normal.cdf(abs(value - bound) / spread))


def examples_to_decide(metric: Metric, bound: float) -> int | None:
    """How many would, if the share stays what it is; None where nobody can tell, or no more are needed."""
    successes = _successes(metric)
    # A broken file may hold another level, or an interval that is not the one of its share.
    if successes is None or not metric.n or not 0 <= bound <= 1 or not 0 < metric.confidence < 1:
        return None
    size = n_to_decide if metric.method in _SHARES else anytime_n_to_decide
    needed = size(successes, metric.n, bound, metric.confidence)
    return needed if needed is not None and needed > metric.n else None


def _successes(metric: Metric) -> int | None:
    """The count behind a share; None where value and n belong to no count."""
    if metric.value is None or metric.method not in (*_SHARES, ANYTIME):
        return None
    successes = round(metric.value * metric.n)
    if abs(metric.value * metric.n - successes) > 1e-6 or not 0 <= successes <= metric.n:
        return None
    return successes
