"""What noisy steps cost in ε, and the noise that a budget asks for: the only place that knows accountants."""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

from robust_emo.errors import InputError

Accountant = Literal["prv", "rdp", "gdp"]
ACCOUNTANTS: tuple[Accountant, ...] = get_args(Accountant)

_MOST_NOISE = 1e6
_VOID = 500.0  # an ε that promises nothing any more, and for which privacy losses would fill the memory
_CLOSE = 1e-3  # the noise is raised until ε is below the target by less than this share of it


class VoidPromiseError(InputError):
    """So little noise that ε promises nothing."""


@dataclass(frozen=True, slots=True)
class NoisySteps:
    """Steps of the Gaussian mechanism on Poisson samples (Abadi et al. 2016).

    Neighbouring data sets differ by one privacy unit whose contribution is there or nulled; their number is public.

    Raises:
        InputError: a number out of its range.
    """

    noise_multiplier: float
    """Standard deviation of the noise over the norm that a unit's contribution is clipped to; above 0."""
    sample_rate: float
    """Chance of each unit to take part in a step, in (0, 1]; 1 takes all of them every time."""
    steps: int

    def __post_init__(self) -> None:
        checks = (
            (
                0 < self.noise_multiplier <= _MOST_NOISE,
                f"noise_multiplier must be above 0 and at most {_MOST_NOISE:g}",
                self.noise_multiplier,
            ),
            (0 < self.sample_rate <= 1, "sample_rate must be above 0 and at most 1", self.sample_rate),
            (self.steps >= 1, "steps must be at least 1", self.steps),
        )
        for holds, message, value in checks:
            if not holds:
                raise InputError(f"{message}, got {value}")


def epsilon(spent: NoisySteps, *, delta: float, accountant: Accountant = "prv") -> float:
    """ε at `delta` of all steps together; with `prv` and `rdp` an upper bound, `gdp` is an approximation.

    Args:
        delta: in (0, 1); what is added to every chance that ε bounds, so at most one over the number of units.
        accountant: ``prv`` composes privacy loss distributions numerically (Gopi, Lee & Wutschitz 2021), ``rdp`` Rényi
            divergences (Mironov 2017), ``gdp`` a central limit theorem (Dong, Roth & Su 2019), which may be too low
            where steps are few or noise is small.

    Raises:
        InputError: `delta` is out of its range, or too small for the accountant.
        VoidPromiseError: ε is so large (by `rdp` above 500) that it promises nothing.
    """
    check_delta(delta)
    with _quiet():
        bound = _by(accountant="rdp", spent=spent, delta=delta)
        if not bound <= _VOID:
            raise VoidPromiseError(
                f"noise multiplier {spent.noise_multiplier:g} in {spent.steps} steps promises nothing (epsilon is "
                f"above {_VOID:g} at delta {delta:g}); give more noise or fewer steps"
            )
        # In steps of a hundredth of the answer, where that is small: Opacus's own 0.01 would be a tenth of ε = 0.1.
        close = {"eps_error": max(min(bound, 1.0) / 100, 1e-4)} if accountant == "prv" else {}
        try:
            return _by(accountant=accountant, spent=spent, delta=delta, **close)
        except ValueError as error:
            raise InputError(
                f"the accountant {accountant} gives no epsilon at noise multiplier {spent.noise_multiplier:g}, "
                f"delta {delta:g}: {error}"
            ) from error


def _by(*, accountant: Accountant, spent: NoisySteps, delta: float, **precision: float) -> float:
    from opacus import accountants

    made = {
        "prv": accountants.PRVAccountant,
        "rdp": accountants.RDPAccountant,
        "gdp": accountants.GaussianAccountant,
    }[accountant]()
    made.history = [(spent.noise_multiplier, spent.sample_rate, spent.steps)]
    return float(made.get_epsilon(delta, **precision))


def noise_for(target: float, *, delta: float, sample_rate: float, steps: int) -> float:
    """The least noise multiplier, to a thousandth of ε, at which all steps together cost at most `target`.

    By bisection, with the PRV accountant.

    Args:
        target: ε, above 0.
        delta: see :func:`epsilon`.

    Raises:
        InputError: something is out of its range, or no noise up to a million is enough.
    """
    if not 0 < target <= _VOID:
        raise InputError(f"epsilon must be above 0 and at most {_VOID:g}, got {target}")
    check_delta(delta)
    NoisySteps(1.0, sample_rate, steps)  # says what is wrong with them

    def margin(noise: float) -> float:
        try:
            return target - epsilon(NoisySteps(noise, sample_rate, steps), delta=delta)
        except VoidPromiseError:
            return -math.inf

    low, high = 0.0, 1.0
    while (left := margin(high)) < 0:
        low, high = high, high * 2
        if high > _MOST_NOISE:
            raise InputError(f"no noise is enough for epsilon {target:g} at delta {delta:g} in {steps} steps")
    while left > _CLOSE * target and high - low > 1e-6 * high:
        middle = (low + high) / 2
        if (found := margin(middle)) >= 0:
            high, left = middle, found
        else:
            low = middle
    return high


def delta_for(units: int, given: float | None) -> float:
    """The δ of so many privacy units: what was given, else a tenth of one over their number.

    Raises:
        InputError: it is no chance, or above one over their number: publishing a unit drawn at random would be allowed.
    """
    if given is None:
        return 0.1 / units
    check_delta(given)
    if given > 1 / units:
        raise InputError(f"delta must be at most one over the {units} privacy units ({1 / units:.3g}), got {given:g}")
    return given


def check_budget(epsilon: float | None, noise_multiplier: float | None, delta: float | None) -> None:
    """Refuse a budget that says too much, too little, or nothing that could be promised.

    Raises:
        InputError: not exactly one of the first two is given, or a number is out of its range.
    """
    if (epsilon is None) == (noise_multiplier is None):
        raise InputError(
            "private training needs either epsilon, for which the noise is found, or a noise multiplier, whose "
            f"epsilon is counted; got {'neither' if epsilon is None else 'both'}"
        )
    for name, value in (("epsilon", epsilon), ("noise_multiplier", noise_multiplier)):
        if value is not None and not 0 < value < math.inf:
            raise InputError(f"{name} must be finite and above 0, got {value}")
    if delta is not None:
        check_delta(delta)


def check_delta(delta: float) -> None:
    """Refuse what is no chance.

    Raises:
        InputError: not above 0 and below 1.
    """
    if not 0 < delta < 1:
        raise InputError(f"delta must be above 0 and below 1, got {delta}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings of logarithms of 0 at sample rate 1, which are dealt with, and of GDP, which our docs repeat."""
    import numpy

    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
