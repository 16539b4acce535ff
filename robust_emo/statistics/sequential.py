"""Intervals of a proportion that hold after every example at once, so that one may look at any time and stop.

A Wilson interval holds for a number of examples fixed beforehand. Looking after every batch and stopping as soon as it
clears a threshold gives false verdicts far more often than it says. The sequence here keeps its level under any rule of
stopping: the probability that it ever leaves out the true share is at most 1 - confidence.

How: under a share p, the likelihood mixed over a Beta(1/2, 1/2) prior, divided by the likelihood at p, is a martingale
that starts at 1 (Robbins 1970). By Ville's inequality (1939) it ever reaches 1/α with probability at most α. The
interval holds all p at which it has not. For draws without replacement the same ratio is taken over the number of
successes in the whole set (Waudby-Smith and Ramdas 2020, "Confidence sequences for sampling without replacement").

The order of the examples must be random and must not depend on their results. Attacks end sooner on some examples than
on others, so counting examples as they end is biased: count whole batches of an order drawn beforehand.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace

from robust_emo.statistics.intervals import Interval, check_confidence, check_proportion
from robust_emo.types import VerdictStatus

_PRIOR = 0.5
"""Both parameters of the mixing Beta: of 1/2, 1 and 2 the soonest to decide where shares are near 0 or 1."""
_METHOD = "anytime-beta"
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class ProportionSequence:
    """The intersection of the intervals at all looks so far; itself an interval that holds at every look.

    Without `population` it speaks of the source that the examples are independent draws from. With it, of the share
    among exactly those `population` examples, of which those seen are a uniformly random part; it is then narrower and
    ends at the share itself.
    """

    confidence: float = 0.95
    population: int | None = None
    successes: int = 0
    n: int = 0
    low: float = 0.0
    high: float = 1.0

    def after(self, successes: int, n: int) -> "ProportionSequence":
        """The sequence after one more look.

        Args:
            successes: of all examples so far, not of the last batch.
            n: all examples so far.

        Raises:
            ValueError: totals that fall, or impossible ones.
        """
        if successes < self.successes or n - successes < self.n - self.successes:
            raise ValueError(f"expected totals that grow, got {successes} of {n} after {self.successes} of {self.n}")
        now = anytime_interval(successes, n, self.confidence, population=self.population)
        return replace(self, successes=successes, n=n, low=max(self.low, now.low), high=min(self.high, now.high))

    @property
    def interval(self) -> Interval | None:
        """What holds so far; None where the looks contradict each other.

        They do with a probability of at most 1 - confidence, or when the examples came in no random order.
        """
        return Interval(self.low, self.high, _METHOD) if self.low <= self.high else None


def anytime_interval(successes: int, n: int, confidence: float = 0.95, *, population: int | None = None) -> Interval:
    """Exact interval of a proportion that may be looked at after every example; [0, 1] before the first.

    Args:
        successes: among the `n` examples seen.
        n: examples seen.
        confidence: in (0, 1); of holding at all looks together.
        population: size of the finite set that is sampled without replacement and spoken of; None for a source without
            end.

    Raises:
        ValueError: unless 0 <= successes <= n <= population and 0 < confidence < 1.
    """
    check_proportion(successes, n, confidence)
    if population is not None and n > population:
        raise ValueError(f"expected at most {population} examples, the whole population, got {n}")
    if n == 0:
        return Interval(0.0, 1.0, _METHOD)
    limit = -math.log(1 - confidence)
    if population is None:
        low, high = _endless(successes, n, limit)
    else:
        low, high = _finite(successes, n, population, limit)
    return Interval(low, high, _METHOD)


def certain(interval: Interval | None, *, minimum: float | None = None, maximum: float | None = None) -> VerdictStatus:
    """PASS or FAIL when the whole interval lies on one side of the threshold, else INCONCLUSIVE.

    Args:
        interval: None says that nothing is certain.
        minimum: the share must be at least this.
        maximum: the share must be at most this.

    Raises:
        ValueError: not exactly one threshold is given.
    """
    if (minimum is None) == (maximum is None):
        raise ValueError("expected either minimum or maximum")
    if interval is None:
        return VerdictStatus.INCONCLUSIVE
    if minimum is not None:
        good, bad = interval.low >= minimum, interval.high < minimum
    else:
        good, bad = interval.high <= maximum, interval.low > maximum  # type: ignore[operator]  # one of them is given
    return VerdictStatus.PASS if good else VerdictStatus.FAIL if bad else VerdictStatus.INCONCLUSIVE


def confidence_of_each(confidence: float, checks: int) -> float:
    """The confidence at which each of `checks` sequences must run so that all hold together (Bonferroni).

    Holm's steps would give later checks more of the error, but every verdict here has a direction that can be wrong,
    and for directions his proof does not hold under dependence (Shaffer 1980); all attacks share their examples.

    Raises:
        ValueError: fewer than one check.
    """
    check_confidence(confidence)
    if checks < 1:
        raise ValueError(f"expected at least one check, got {checks}")
    return 1 - (1 - confidence) / checks


def anytime_n_to_decide(
    successes: int, n: int, threshold: float, confidence: float = 0.95, *, most: int = 1_000_000
) -> int | None:
    """Examples, those seen included, at which the interval leaves the threshold if the share stays what it is.

    A guess of the order of magnitude: the share itself is uncertain, and the sequence may decide sooner or later.

    Returns:
        At least `n`; None without examples, with the share on the threshold, or beyond `most`.

    Raises:
        ValueError: impossible counts, or a threshold outside [0, 1].
    """
    check_proportion(successes, n, confidence)
    if not 0 <= threshold <= 1:
        raise ValueError(f"expected a threshold in [0, 1], got {threshold}")
    if n == 0 or successes / n == threshold:
        return None
    limit, share = -math.log(1 - confidence), successes / n

    def decided(total: int) -> bool:
        mixture = _log_mixture(share * total, (1 - share) * total)
        return mixture - _log_likelihood(share * total, (1 - share) * total, threshold) >= limit

    position = bisect_left(range(n, most + 1), True, key=decided)
    return n + position if position < most + 1 - n else None


def _log_mixture(successes: float, failures: float) -> float:
    """Logarithm of the likelihood of one order of the results, mixed over the prior."""
    return _log_beta(_PRIOR + successes, _PRIOR + failures) - _log_beta(_PRIOR, _PRIOR)


def _log_beta(first: float, second: float) -> float:
    return math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second)


def _log_likelihood(successes: float, failures: float, share: float) -> float:
    """The same under one share."""
    if (share == 0 and successes) or (share == 1 and failures):
        return -math.inf
    return (successes * math.log(share) if successes else 0.0) + (failures * math.log1p(-share) if failures else 0.0)


def _endless(successes: int, n: int, limit: float) -> tuple[float, float]:
    """The ratio falls towards the observed share from both sides, so the shares it keeps are an interval."""
    failures = n - successes
    mixture = _log_mixture(successes, failures)

    def excluded(share: float) -> bool:
        return mixture - _log_likelihood(successes, failures, share) >= limit

    middle = successes / n
    return _edge(0.0, middle, excluded), _edge(1.0, middle, excluded)


def _edge(outside: float, inside: float, excluded: Callable[[float], bool]) -> float:
    """Where `excluded` begins between two shares, rounded outwards; `outside` itself if nothing is excluded."""
    if not excluded(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        if excluded(middle):
            outside = middle
        else:
            inside = middle
    return outside


def _finite(successes: int, n: int, population: int, limit: float) -> tuple[float, float]:
    """Bounds of the share among `population`, by the number of successes that it may hold in all."""
    fewest, most = successes, population - (n - successes)
    mixture = _log_mixture(successes, n - successes)

    def excluded(total: int) -> bool:
        likelihood = _log_falling(total, successes) + _log_falling(population - total, n - successes)
        return mixture - likelihood + _log_falling(population, n) >= limit

    likeliest = min(most, max(fewest, (population + 1) * successes // n))
    low = fewest + bisect_left(range(fewest, likeliest), True, key=lambda total: not excluded(total))
    high = likeliest + bisect_left(range(likeliest + 1, most + 1), True, key=excluded)
    return low / population, high / population


def _log_falling(count: int, factors: int) -> float:
    """Logarithm of count (count - 1) ... with that many factors."""
    return math.lgamma(count + 1) - math.lgamma(count - factors + 1)
