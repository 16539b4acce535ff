"""The audit of :mod:`robust_emo.statistics.one_run` against a whole trade-off curve instead of one pair (ε, δ).

Mahloujifar, Melis & Chaudhuri 2025, "Auditing f-differential privacy in one run". Let F(x) be the most that the
probability x of an event can become when one canary's coin is turned over (1 - f(x), with the trade-off curve f of
Dong, Roth & Su 2019), and p_i the probability of exactly i correct ones among r guesses about m canaries. Take a canary
at random and the event that the guess about it is right and i or more are right altogether. With its coin turned over,
that guess is wrong and i - 1 or more are right. The mean over canaries and coins, F being concave, gives for every i

    sum over l >= i of l p_l / m  <=  F( sum over l >= i - 1 of (r - l) p_l / m ).

Nothing is assumed of how guesses depend on each other. Moving probability from l to l - 1 breaks none of these, as long
as the condition above l holds, so that whatever reaches v correct guesses with probability τ needs least probability
altogether when it puts τ on v itself and then, going down, on each l what the condition above it asks for and no more.
If that is more than 1, there is no such training.
"""

import math
from collections.abc import Callable

from robust_emo.statistics.intervals import check_confidence
from robust_emo.statistics.one_run import Guesses, largest_refused

Inverse = Callable[[float], float]
"""F^-1: the least probable that an event of this probability can become."""

_LARGEST_EPSILON = 64.0
_LARGEST_MU = 30.0


def f_dp_allows(seen: Guesses, inverse: Inverse, *, probability: float) -> bool:
    """Whether some training with this trade-off curve reaches as many correct guesses with this probability.

    Args:
        seen: the guesses.
        inverse: of F; convex, increasing, 0 at 0.
        probability: in (0, 1].
    """
    r, v = seen.guesses, seen.correct
    whole = r / seen.canaries
    right, wrong = probability * v / seen.canaries, probability * (r - v) / seen.canaries
    for level in range(v, 0, -1):
        if right + wrong > whole:
            return False
        missing = max(0.0, inverse(min(right, 1.0)) - wrong)
        wrong += missing
        right += missing * (level - 1) / (r - level + 1)
    return right + wrong <= whole


def one_run_epsilon_f_dp(seen: Guesses, *, delta: float, confidence: float = 0.95) -> float:
    """Lower bound of ε at `delta`, by the trade-off curve of all (ε, δ)-private trainings; nothing else is assumed.

    See :func:`robust_emo.statistics.one_run.one_run_epsilon`. Both depend on the number of correct guesses alone, so
    that the larger of the two is wrong no more often than each.
    """
    check_confidence(confidence)
    _check_delta(delta)
    return largest_refused(
        lambda epsilon: not f_dp_allows(seen, _approximate(epsilon, delta), probability=1 - confidence),
        most=_LARGEST_EPSILON,
    )


def one_run_mu(seen: Guesses, *, confidence: float = 0.95) -> float:
    """Lower bound of μ of a training that is μ-GDP: no easier to see through than a normal mean shifted by μ.

    Steps on all of the data with Gaussian noise are, with μ the root of their number over the noise multiplier (Dong,
    Roth & Su 2019). Larger than the true one with a probability of at most 1 - `confidence`.
    """
    check_confidence(confidence)
    return largest_refused(
        lambda mu: not f_dp_allows(seen, _gaussian(mu), probability=1 - confidence), most=_LARGEST_MU
    )


def one_run_epsilon_gaussian(seen: Guesses, *, delta: float, confidence: float = 0.95) -> float:
    """Lower bound of ε at `delta` of a Gaussian mechanism: of another one it need not be one.

    Whoever refuses all smaller μ has refused (ε, δ) of these, as far as the mechanism's curve is a Gaussian one.
    """
    _check_delta(delta)
    return gaussian_epsilon(one_run_mu(seen, confidence=confidence), delta=delta)


def gaussian_delta(mu: float, *, epsilon: float) -> float:
    """δ at `epsilon` of μ-GDP (Balle & Wang 2018, theorem 8)."""
    from scipy.special import log_ndtr

    if mu <= 0:
        return 0.0
    shift = epsilon / mu
    return float(math.exp(log_ndtr(mu / 2 - shift)) - math.exp(epsilon + log_ndtr(-mu / 2 - shift)))


def gaussian_epsilon(mu: float, *, delta: float) -> float:
    """ε at `delta` of μ-GDP; 0 where δ alone covers it."""
    from scipy.optimize import brentq

    if gaussian_delta(mu, epsilon=0.0) <= delta:
        return 0.0
    high = 1.0
    while gaussian_delta(mu, epsilon=high) > delta:
        high *= 2
    return float(brentq(lambda epsilon: gaussian_delta(mu, epsilon=epsilon) - delta, 0.0, high, xtol=1e-12))


def _approximate(epsilon: float, delta: float) -> Inverse:
    """Of F(x) = the smaller of δ + e^ε x and 1 - e^-ε (1 - δ - x)."""
    less, more = math.exp(-epsilon), math.exp(epsilon)
    return lambda y: max(0.0, (y - delta) * less, 1 - delta - more * (1 - y))


def _gaussian(mu: float) -> Inverse:
    """Of F(x) = Φ(Φ^-1(x) + μ)."""
    from scipy.special import ndtr, ndtri

    return lambda y: float(ndtr(ndtri(y) - mu))


def _check_delta(delta: float) -> None:
    if not 0 <= delta < 1:
        raise ValueError(f"expected delta in [0, 1), got {delta}")
