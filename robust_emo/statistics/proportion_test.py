"""Whether a share lies on one side of a bound: an exact test, and how many examples it takes."""

import math
from bisect import bisect_left
from statistics import NormalDist

from robust_emo.statistics.intervals import check_proportion


def binomial_p_value(successes: int, n: int, bound: float) -> float:
    """Two-sided exact p-value that the share is `bound`: twice the tail on the observed side, at most 1.

    Below 1 - confidence exactly where the interval of Clopper and Pearson 1934 at that confidence leaves the bound out.

    Raises:
        ValueError: impossible counts or a bound outside [0, 1].
    """
    check_proportion(successes, n, 0.5)
    _check_bound(bound)
    below, above = _at_most(successes, n, bound), 1.0 if successes == 0 else _more_than(successes - 1, n, bound)
    return min(1.0, 2 * min(below, above))


def n_to_decide(successes: int, n: int, bound: float, confidence: float = 0.95, *, power: float = 0.8) -> int | None:
    """Examples in all with which the exact interval clears the bound with this power, if the share is the observed one.

    The observed share is itself uncertain. For looking again and again see
    :func:`~robust_emo.statistics.sequential.anytime_n_to_decide`.

    Args:
        successes: among the `n` examples seen.
        n: examples seen.
        bound: in [0, 1].
        confidence: of the interval, in (0, 1).
        power: how often that many examples decide, in (0, 1).

    Returns:
        At least `n`; None without examples, or with the share on the bound, which no number decides.

    Raises:
        ValueError: impossible counts, or a bound, a confidence or a power out of range.
    """
    check_proportion(successes, n, confidence)
    _check_bound(bound)
    if not 0 < power < 1:
        raise ValueError(f"expected a power between 0 and 1, got {power}")
    if n == 0 or successes / n == bound:
        return None
    share = successes / n
    near = _in_normal_approximation(share, bound, confidence, power)
    sizes = range(max(n, near // 2), 2 * max(n, near) + 100)
    # The power rises in a saw-tooth: what is found is within a tooth of the fewest.
    position = bisect_left(sizes, True, key=lambda size: _power(size, share, bound, confidence) >= power)
    return sizes[position] if position < len(sizes) else None


def _in_normal_approximation(share: float, bound: float, confidence: float, power: float) -> int:
    """The usual sample size of a one-sample test of a proportion (Fleiss, Levin and Paik 2003, section 2.5)."""
    normal = NormalDist()
    spread = normal.inv_cdf((1 + confidence) / 2) * math.sqrt(bound * (1 - bound))
    spread += normal.inv_cdf(power) * math.sqrt(share * (1 - share))
    return math.ceil((spread / (share - bound)) ** 2)


def _power(n: int, share: float, bound: float, confidence: float) -> float:
    """How often the exact interval of n examples leaves the bound out on the side where the share is."""
    tail = (1 - confidence) / 2
    if share < bound:  # the same with failures for successes
        share, bound = 1 - share, 1 - bound
    fewest = _at_least_that_decide(n, bound, tail)
    return _more_than(fewest - 1, n, share) if fewest <= n else 0.0


def _at_least_that_decide(n: int, bound: float, tail: float) -> int:
    """The fewest successes that the bound gives with at most this chance, or more; n + 1: none are."""
    from scipy.special import bdtrik

    if bound == 0:
        return 1
    fewest = 1 + math.ceil(float(bdtrik(1 - tail, n, bound))) if bound < 1 else n + 1
    while 1 < fewest <= n and _more_than(fewest - 2, n, bound) <= tail:  # it is rounded
        fewest -= 1
    while fewest <= n and _more_than(fewest - 1, n, bound) > tail:
        fewest += 1
    return fewest


def _at_most(successes: int, n: int, share: float) -> float:
    from scipy.special import bdtr

    return float(bdtr(successes, n, share))


def _more_than(successes: int, n: int, share: float) -> float:
    from scipy.special import bdtrc

    return float(bdtrc(successes, n, share))


def _check_bound(bound: float) -> None:
    if not 0 <= bound <= 1:
        raise ValueError(f"expected a bound in [0, 1], got {bound}")
