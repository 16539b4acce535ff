"""What one training run tells of its privacy, by guesses about canaries that independent fair coins put in or left out.

Steinke, Nasr & Jagielski 2023, "Privacy auditing with one (1) training run", theorem 5.2. How many guesses there are
must be fixed before anybody looks at the coins: the best of several numbers of guesses is no bound.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from robust_emo.statistics.intervals import check_confidence

_LARGEST = 64.0
"""ε beyond which nothing is looked for: far above what a million right guesses show."""
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Guesses:
    """What came of guessing.

    Raises:
        ValueError: unless 0 <= correct <= guesses <= canaries, and there is a guess.
    """

    canaries: int
    """All whose coins were flipped, those that nobody guessed about included."""
    guesses: int
    correct: int

    def __post_init__(self) -> None:
        if not 0 <= self.correct <= self.guesses <= self.canaries or self.guesses == 0:
            raise ValueError(
                f"expected 0 <= correct <= guesses <= canaries and a guess; got {self.correct} correct of "
                f"{self.guesses} guesses about {self.canaries} canaries"
            )


def one_run_p_value(seen: Guesses, *, epsilon: float, delta: float) -> float:
    """Upper bound of the chance of as many correct guesses or more, whatever (ε, δ)-private training made the model.

    With pure ε no guesser beats guesses that are each right with the probability e^ε / (1 + e^ε), independently. What δ
    adds is at most 2 m δ times the largest mean, over the i numbers just below what was seen, of their probabilities.

    Args:
        seen: the guesses.
        epsilon: at least 0, and
        delta: in [0, 1], for neighbours that differ in one canary, which is there or not.

    Raises:
        ValueError: one of them is out of its range.
    """
    from scipy.stats import binom

    if not epsilon >= 0 or not 0 <= delta <= 1:
        raise ValueError(f"expected epsilon >= 0 and delta in [0, 1], got {epsilon} and {delta}")
    if seen.correct == 0:
        return 1.0
    right = 1 / (1 + math.exp(-epsilon))
    as_many = float(binom.sf(seen.correct - 1, seen.guesses, right))
    below = np.arange(1, seen.correct + 1)
    just_below = np.cumsum(binom.pmf(seen.correct - below, seen.guesses, right))
    return min(1.0, as_many + 2 * seen.canaries * delta * float((just_below / below).max()))


def one_run_epsilon(seen: Guesses, *, delta: float, confidence: float = 0.95) -> float:
    """Lower bound of ε at `delta`: larger than the true one with a probability of at most 1 - `confidence`.

    Args:
        seen: the guesses, whose number was fixed beforehand.
        delta: see :func:`one_run_p_value`.
        confidence: one-sided, in (0, 1).

    Returns:
        At least 0; 0 says that nothing was shown, not that nothing leaks.
    """
    check_confidence(confidence)
    return largest_refused(
        lambda epsilon: one_run_p_value(seen, epsilon=epsilon, delta=delta) < 1 - confidence, most=_LARGEST
    )


def largest_refused(refused: Callable[[float], bool], *, most: float) -> float:
    """The largest number up to `most` that a test refuses, by bisection; 0 where it does not even refuse 0."""
    if not refused(0.0):
        return 0.0
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if refused(middle) else (low, middle)
    return low
