"""How many examples would decide a check that is inconclusive."""

import math
from statistics import NormalDist

from robust_emo.statistics.intervals import check_proportion


def n_to_decide(
    successes: int, n: int, threshold: float, confidence: float = 0.95, *, power: float = 0.8
) -> int | None:
    """Examples in all with which the Wilson interval would clear the threshold, if the true share is the observed one.

    The usual sample size of a one-sample test of a proportion (Fleiss, Levin and Paik 2003, section 2.5), in the normal
    approximation and without continuity correction. A guess of the order of magnitude: the observed share is itself
    uncertain. For looking again and again see :func:`~robust_emo.statistics.sequential.anytime_n_to_decide`.

    Args:
        successes: among the `n` examples seen.
        n: examples seen.
        threshold: in [0, 1].
        confidence: of the interval, in (0, 1).
        power: how often that many examples decide, in (0, 1).

    Returns:
        At least `n`; None without examples, or with the share on the threshold, which no number decides.

    Raises:
        ValueError: impossible counts, or a threshold or power out of range.
    """
    check_proportion(successes, n, confidence)
    if not 0 <= threshold <= 1 or not 0 < power < 1:
        raise ValueError(f"expected a threshold in [0, 1] and a power in (0, 1), got {threshold} and {power}")
    if n == 0 or successes / n == threshold:
        return None
    share = successes / n
    normal = NormalDist()
    spread = normal.inv_cdf((1 + confidence) / 2) * math.sqrt(threshold * (1 - threshold))
    spread += normal.inv_cdf(power) * math.sqrt(share * (1 - share))
    return max(n, math.ceil((spread / (share - threshold)) ** 2))
