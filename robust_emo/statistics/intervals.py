"""Confidence intervals in closed form."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float
    method: str
    """`wilson`, `clopper-pearson`, `t`, `bootstrap`, `bootstrap-clustered`, `anytime-beta` or `newcombe-paired`."""

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval that holds both, under this one's method."""
        return Interval(min(self.low, other.low), max(self.high, other.high), self.method)


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Score interval of a proportion (Wilson 1927), within [0, 1]; None without trials.

    Its coverage is near `confidence` on average, and it is never empty: 0 of n has an upper bound above 0.

    Raises:
        ValueError: unless 0 <= successes <= n and 0 < confidence < 1.
    """
    check_proportion(successes, n, confidence)
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    # The bounds at no and at all successes are exact; rounding must not leave them 1e-17 beyond.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high, "wilson")


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Exact interval of a proportion (Clopper and Pearson 1934): never covers less than `confidence`.

    Raises:
        ValueError: unless 0 <= successes <= n and 0 < confidence < 1.
    """
    from scipy.special import betaincinv

    check_proportion(successes, n, confidence)
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high, "clopper-pearson")


def mean_t(values: npt.ArrayLike, confidence: float = 0.95) -> Interval | None:
    """Student's t interval of a mean (Student 1908); None with fewer than two values.

    Args:
        values: (n,), independent of each other.
        confidence: in (0, 1).
    """
    from scipy.special import stdtrit

    check_confidence(confidence)
    data = np.asarray(values, dtype=np.float64)
    if data.size < 2:
        return None
    half = float(stdtrit(data.size - 1, (1 + confidence) / 2) * data.std(ddof=1) / math.sqrt(data.size))
    mean = float(data.mean())
    return Interval(mean - half, mean + half, "t")


def check_confidence(confidence: float) -> None:
    """Raise ValueError unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")


def check_proportion(successes: int, n: int, confidence: float) -> None:
    """Raise ValueError unless 0 <= successes <= n and 0 < confidence < 1."""
    check_confidence(confidence)
    if not 0 <= successes <= n:
        raise ValueError(f"expected 0 <= successes <= n, got {successes} of {n}")
