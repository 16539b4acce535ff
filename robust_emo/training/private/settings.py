"""Every number that shapes a privately trained head and what it costs, checked once."""

from dataclasses import dataclass
from typing import Literal, get_args

from robust_emo.errors import InputError
from robust_emo.training.private.accounting import NoisySteps, check_budget, delta_for, epsilon, noise_for
from robust_emo.training.private.descent import Schedule

_MOST = 1e6
FEW_UNITS = 100  # below, noise that hides a unit hides everything

_LEARNING = 1 / 15  # steps times learning rate, over units times ε
_RATE = 16.0  # the highest; above, descent is no longer stable
_FEWEST_STEPS, _MOST_STEPS = 40, 1000
_STEPS_OF_NOISE, _RATE_OF_NOISE = 40, 8.0  # where the noise is given and ε follows from the steps

Unit = Literal["example", "author"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSettings:
    """Settings of one private training; stored in the manifest.

    The defaults depend on ε and the number of privacy units, which are public, and on nothing else: choosing them on
    the private data would cost privacy that no ledger counts. They were chosen on validation texts of TweetEval emotion
    and dair_emotion.

    Raises:
        InputError: a value out of its range, or not exactly one of `epsilon` and `noise_multiplier`.
    """

    epsilon: float | None = None
    """What all of the training may cost; the noise is found for it."""
    noise_multiplier: float | None = None
    """Standard deviation of the noise over `max_grad_norm`; what it costs is counted."""
    delta: float | None = None
    """Null takes a tenth of one over the number of privacy units; more than one over it is refused."""
    unit: Unit = "example"
    """Whose presence is hidden: that of a text, or that of all texts of an author together."""
    max_grad_norm: float = 0.5
    """What the gradient of a unit is clipped to."""
    steps: int | None = None
    """Of gradient descent on all of the data; null: see :meth:`schedule`."""
    learning_rate: float | None = None
    """Null: see :meth:`schedule`."""
    momentum: float = 0.9
    """In [0, 1)."""
    max_length: int = 128
    """Tokens; longer texts are cut."""
    seed: int = 0
    """Of the splits; the noise comes from the operating system, since whoever knows it can take it off again."""

    def __post_init__(self) -> None:
        check_budget(self.epsilon, self.noise_multiplier, self.delta)
        checks = (
            (self.unit in get_args(Unit), "unit must be example or author", self.unit),
            (
                0 < self.max_grad_norm <= _MOST,
                f"max_grad_norm must be above 0 and at most {_MOST:g}",
                self.max_grad_norm,
            ),
            (self.steps is None or self.steps >= 1, "steps must be at least 1", self.steps),
            (
                self.learning_rate is None or 0 < self.learning_rate <= _MOST,
                f"learning_rate must be above 0 and at most {_MOST:g}",
                self.learning_rate,
            ),
            (0 <= self.momentum < 1, "momentum must be in [0, 1)", self.momentum),
            (self.max_length >= 8, "max_length must be at least 8", self.max_length),
            (0 <= self.seed < 2**32, "seed must be in [0, 2^32)", self.seed),
        )
        for holds, message, value in checks:
            if not holds:
                raise InputError(f"{message}, got {value}")

    def schedule(self, units: int) -> Schedule:
        """Steps and learning rate for so many privacy units.

        What the noise does to the weights grows with steps times learning rate, over units times ε; how many steps that
        is makes no difference to it, since many need more noise each. So the product is a fifteenth of units times ε,
        and the noise in the weights is about the same for all data and any ε: little data moves little, much may be
        fitted. The rate is at most 16, the steps at least 40 and at most 1000. Where the noise is given: 40 steps at 8.
        """
        steps, rate = self.steps, self.learning_rate
        if self.epsilon is None:
            steps, rate = steps or _STEPS_OF_NOISE, rate or _RATE_OF_NOISE
        else:
            learning = _LEARNING * units * self.epsilon
            steps = steps or round(min(max(learning / (rate or _RATE), _FEWEST_STEPS), _MOST_STEPS))
            rate = rate or min(_RATE, learning / steps)
        return Schedule(steps, rate, self.momentum, self.max_grad_norm)

    def planned(self, units: int) -> "Plan":
        """What is done to so many privacy units, all of them in each step, and what it costs.

        Raises:
            InputError: fewer than 100 units, a δ above one over them, or no noise that is enough for `epsilon`.
        """
        if units < FEW_UNITS:
            raise InputError(
                f"{units} privacy units are too few: noise that hides one of fewer than {FEW_UNITS} hides all"
            )
        delta, noise, count = delta_for(units, self.delta), self.noise_multiplier, self.schedule(units).steps
        if noise is None:
            assert self.epsilon is not None  # noqa: S101 - one of the two is there
            noise = noise_for(self.epsilon, delta=delta, sample_rate=1.0, steps=count)
        steps = NoisySteps(noise, 1.0, count)
        return Plan(steps, units, delta, epsilon(steps, delta=delta))


@dataclass(frozen=True, slots=True)
class Plan:
    """A private training before it starts."""

    steps: NoisySteps
    units: int
    delta: float
    epsilon: float
    """As the accountant counts it."""
