"""Paired comparison: two attacks on the same examples, or two models, and all pairs of several.

Every example is its own control, so only those on which the two differ say which is better. That needs far fewer
examples than comparing two intervals, which may overlap although the difference is certain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from robust_emo.statistics.comparison import holm, mcnemar
from robust_emo.statistics.intervals import Interval, check_confidence, wilson


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """Examples by what the two say of them."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @classmethod
    def of(cls, first: Sequence[bool | None], second: Sequence[bool | None]) -> "PairedCounts":
        """Counts of aligned results; an example that is None in either is left out of both.

        Raises:
            ValueError: results of different length.
        """
        pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
        return cls(
            both=sum(a and b for a, b in pairs),
            only_first=sum(a and not b for a, b in pairs),
            only_second=sum(b and not a for a, b in pairs),
            neither=sum(not a and not b for a, b in pairs),
        )

    @property
    def n(self) -> int:
        """Examples compared."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def difference(self) -> float | None:
        """Share of the first minus share of the second, in [-1, 1]; None without examples."""
        return (self.only_first - self.only_second) / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """How much more often the first is true than the second on the same examples."""

    first: str
    second: str
    counts: PairedCounts
    difference: float | None
    """Share of the first minus share of the second, in [-1, 1]; None without common examples."""
    interval: Interval | None
    """Of the difference, for this pair alone (Newcombe 1998, method 10)."""
    p_value: float
    """Exact McNemar test that the shares are equal, for this pair alone."""
    adjusted_p_value: float
    """Corrected for all pairs of the table (Holm 1979); equal to `p_value` for a single pair."""


def compare_paired(
    first: Sequence[bool | None],
    second: Sequence[bool | None],
    *,
    names: tuple[str, str] = ("first", "second"),
    confidence: float = 0.95,
) -> PairedComparison:
    """Compare two aligned sequences of results, e.g. whether each example held under either attack.

    The exact test never errs more often than it says; the interval is approximate. They may disagree where the
    evidence is at the border: the p-value decides.

    Args:
        first: one entry per example; None where it is not known (errored), which leaves the example out.
        second: the same examples in the same order.
        names: of the two.
        confidence: of the interval, in (0, 1).

    Raises:
        ValueError: sequences of different length, or a confidence out of range.
    """
    counts = PairedCounts.of(first, second)
    p_value = mcnemar(counts.only_first, counts.only_second)
    return PairedComparison(
        first=names[0],
        second=names[1],
        counts=counts,
        difference=counts.difference,
        interval=paired_difference(counts, confidence),
        p_value=p_value,
        adjusted_p_value=p_value,
    )


def compare_all_pairs(
    results: Mapping[str, Sequence[bool | None]], *, confidence: float = 0.95
) -> tuple[PairedComparison, ...]:
    """Compare every two of several attacks or models; p-values corrected over all pairs (Holm 1979).

    Args:
        results: by name, one entry per example as for :func:`compare_paired`; at least two names for any pair.
        confidence: of each interval, which is not widened for the number of pairs.

    Returns:
        Pairs in the order of the names.
    """
    pairs = [
        compare_paired(results[first], results[second], names=(first, second), confidence=confidence)
        for first, second in combinations(results, 2)
    ]
    adjusted = holm([pair.p_value for pair in pairs])
    return tuple(replace(pair, adjusted_p_value=value) for pair, value in zip(pairs, adjusted, strict=True))


def paired_difference(counts: PairedCounts, confidence: float = 0.95) -> Interval | None:
    """Interval of the difference of two paired shares, within [-1, 1]; None without examples.

    Method 10 of Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on
    paired data": Wilson's intervals of both shares, joined with their correlation.

    Raises:
        ValueError: a confidence out of range.
    """
    check_confidence(confidence)
    n = counts.n
    true_first, true_second = counts.both + counts.only_first, counts.both + counts.only_second
    of_first, of_second = wilson(true_first, n, confidence), wilson(true_second, n, confidence)
    if of_first is None or of_second is None:
        return None
    first, second, correlation = true_first / n, true_second / n, _correlation(counts)
    below = _joined(first - of_first.low, of_second.high - second, correlation)
    above = _joined(of_first.high - first, second - of_second.low, correlation)
    difference = first - second
    return Interval(max(-1.0, difference - below), min(1.0, difference + above), "newcombe-paired")


def _joined(one: float, other: float, correlation: float) -> float:
    # Rounding can push the sum of squares below 0 where both are equal and the correlation is 1.
    return math.sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))


def _correlation(counts: PairedCounts) -> float:
    """Phi, with the continuity correction that Newcombe applies to positive correlations only."""
    rows = (counts.both + counts.only_first) * (counts.only_second + counts.neither)
    columns = (counts.both + counts.only_second) * (counts.only_first + counts.neither)
    if not rows * columns:
        return 0.0
    excess = counts.both * counts.neither - counts.only_first * counts.only_second
    corrected = max(excess - counts.n / 2, 0.0) if excess > 0 else excess
    return corrected / math.sqrt(rows * columns)
