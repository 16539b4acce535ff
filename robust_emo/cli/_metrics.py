"""A metric in a line of text."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robust_emo.types import Metric


def value_text(metric: "Metric") -> str:
    """``61.2%  [58.0%, 64.3%]``, or that it was not measured."""
    if metric.value is None:
        return "not measured"
    interval = ""
    if metric.ci_low is not None and metric.ci_high is not None:
        interval = f"  [{_number(metric, metric.ci_low)}, {_number(metric, metric.ci_high)}]"
    elif metric.ci_low is not None:
        interval = "  or more"
    return f"{_number(metric, metric.value):>7}{interval}"


def _number(metric: "Metric", value: float) -> str:
    from robust_emo.verdict_text import SHARES

    if metric.name in SHARES:
        return f"{value:.1%}"
    if 0 < abs(value) < 0.001:  # a delta must not look like none
        return f"{value:.1e}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.3f}"
