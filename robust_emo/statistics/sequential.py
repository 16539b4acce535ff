"""Intervals of a proportion that hold after every example at once, so that one may look at any time and stop.

A Wilson interval holds for a number of examples fixed beforehand. Looking after every batch and stopping as soon as it
clears a threshold gives false verdicts far more often than it says. The sequence here keeps its level under any rule of
stopping: the probability that it ever leaves out the true share is at most 1 - confidence.

How: under a share p, the likelihood mixed over a Beta(1/2, 1/2) prior, divided by the likelihood at p, is a martingale
that starts at 1 (Robbins 1970). By Ville's inequality (1939) it ever reaches 1/α with probability at most α. The
interval holds all p at which it has not.

The order of the examples must be random and must not depend on their results. Attacks end sooner on some examples than
on others, so counting examples as they end is biased: count whole batches of an order drawn beforehand.
"""

import math
from bisect import bisect_left
from collections.abc import Callable

from robust_emo.statistics.intervals import Interval, check_proportion

_PRIOR = 0.5
"""Both parameters of the mixing Beta: of 1/2, 1 and 2 the soonest to decide where shares are near 0 or 1."""
METHOD = "anytime-beta"
_HALVINGS = 50


def anytime_interval(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Exact interval of a proportion that may be looked at after every example; [0, 1] before the first.

    Args:
        successes: among the `n` examples seen.
        n: examples seen.
        confidence: in (0, 1); of holding at all looks together.

    Raises:
        ValueError: unless 0 <= successes <= n and 0 < confidence < 1.
    """
    check_proportion(successes, n, confidence)
    if n == 0:
        return Interval(0.0, 1.0, METHOD)
    mixture, limit = _log_mixture(successes, n - successes), -math.log(1 - confidence)

    def excluded(share: float) -> bool:
        return mixture - _log_likelihood(successes, n - successes, share) >= limit

    # The ratio falls towards the observed share from both sides, so the shares it keeps are an interval.
    observed = successes / n
    return Interval(_edge(0.0, observed, excluded), _edge(1.0, observed, excluded), METHOD)


def anytime_p_value(successes: int, n: int, bound: float) -> float:
    """Two-sided p-value that the share is `bound`, valid under any rule of stopping; 1 before the first example.

    Below 1 - confidence where :func:`anytime_interval` at that confidence leaves the bound out.

    Raises:
        ValueError: impossible counts or a bound outside [0, 1].
    """
    check_proportion(successes, n, 0.5)
    if not 0 <= bound <= 1:
        raise ValueError(f"expected a bound in [0, 1], got {bound}")
    ratio = _log_mixture(successes, n - successes) - _log_likelihood(successes, n - successes, bound)
    return min(1.0, math.exp(-ratio))


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
