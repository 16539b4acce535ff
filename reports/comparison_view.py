"""Attacks side by side on the same texts: is one really stronger, or was it chance?"""

from dataclasses import dataclass

from robust_emo.types import Comparison

from . import numbers
from .language import say


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """One pair."""

    left: str
    right: str
    difference: str
    """``−25.0`` percentage points, or not measured."""
    interval: str
    p_value: str
    decided: bool
    """Whether chance is an unlikely explanation (corrected p below 0.05)."""
    n: str


_SIGNIFICANT = 0.05


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Put a comparison into words."""
    low, high, p_value = comparison.ci_low, comparison.ci_high, comparison.p_value
    return ComparisonView(
        left=comparison.left,
        right=comparison.right,
        difference=say(numbers.NOT_MEASURED)
        if comparison.difference is None
        else numbers.points(comparison.difference),
        interval=say(numbers.NO_INTERVAL)
        if low is None or high is None
        else say("{low} to {high}", low=numbers.points(low), high=numbers.points(high)),
        p_value=say(numbers.NOT_MEASURED) if p_value is None else numbers.p_value(p_value),
        decided=p_value is not None and p_value < _SIGNIFICANT,
        n=numbers.count(comparison.n),
    )
