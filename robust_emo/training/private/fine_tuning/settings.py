"""Every number that shapes a private fine-tuning and what it costs, checked once."""

from dataclasses import dataclass
from typing import Literal, get_args

from robust_emo.errors import InputError
from robust_emo.training.private.accounting import NoisySteps, check_budget, delta_for, epsilon, noise_for
from robust_emo.training.private.settings import FEW_UNITS, Plan, Unit

Part = Literal["bitfit", "lora", "last", "full"]
PARTS: tuple[Part, ...] = get_args(Part)
GradMode = Literal["hooks", "ghost", "auto"]

_MOST = 1e6
_BATCH = 2048
_SHARE = 8  # of the data in a step, where there is less of it
_RATES: dict[Part, float] = {"bitfit": 5e-3, "lora": 2e-3, "last": 1e-3, "full": 5e-4}


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """Settings of one private fine-tuning; stored in the manifest.

    The defaults are fixed, and depend on nothing but the number of privacy units, which is public.

    Raises:
        InputError: a value out of its range, or not exactly one of `epsilon` and `noise_multiplier`.
    """

    trained: Part
    """Which weights: see :mod:`robust_emo.training.private.fine_tuning.parts`."""
    grad_mode: GradMode = "auto"
    """`hooks` keeps the gradient of each text, `ghost` its norm only and goes backward twice."""
    epsilon: float | None = None
    """What all of the training may cost; the noise is found for it."""
    noise_multiplier: float | None = None
    """Standard deviation of the noise over `max_grad_norm`; what it costs is counted."""
    delta: float | None = None
    """Null takes a tenth of one over the number of privacy units; more than one over it is refused."""
    unit: Unit = "example"
    """Whose presence is hidden: that of a text, or that of all texts of an author together."""
    max_grad_norm: float = 1.0
    """What the gradient of a unit is clipped to."""
    batch_size: int | None = None
    """Units that a step expects; each takes part with the chance of this over all. Null takes 2048, or an eighth of
    the units where that is less."""
    steps: int = 150
    learning_rate: float | None = None
    """Of Adam, falling linearly to zero. Null takes 5e-3 for biases, 2e-3 for LoRA, 1e-3 for the last layers, 5e-4 for
    all of them."""
    last_layers: int = 2
    """How many, of `last`."""
    train_embeddings: bool = False
    """Whether `full` trains the embeddings, too."""
    lora_rank: int = 16
    lora_alpha: int = 32
    max_length: int = 128
    """Tokens; longer texts are cut."""
    seed: int = 0
    """Of the splits and the new head; samples and noise come from the operating system."""

    def __post_init__(self) -> None:
        check_budget(self.epsilon, self.noise_multiplier, self.delta)
        for holds, message, value in (*self._numbers(), *self._choices()):
            if not holds:
                raise InputError(f"{message}, got {value}")
        if self.train_embeddings and self.trained != "full":
            raise InputError("embeddings are trained with all other weights: --train-embeddings needs --trained full")

    def _numbers(self) -> tuple[tuple[bool, str, object], ...]:
        rate, norm = self.learning_rate, self.max_grad_norm
        return (
            (0 < norm <= _MOST, f"max_grad_norm must be above 0 and at most {_MOST:g}", norm),
            (self.batch_size is None or self.batch_size >= 1, "batch_size must be at least 1", self.batch_size),
            (self.steps >= 1, "steps must be at least 1", self.steps),
            (rate is None or 0 < rate <= _MOST, f"learning_rate must be above 0 and at most {_MOST:g}", rate),
            (self.last_layers >= 1, "last_layers must be at least 1", self.last_layers),
            (self.lora_rank >= 1, "lora rank must be at least 1", self.lora_rank),
            (self.lora_alpha > 0, "lora alpha must be above 0", self.lora_alpha),
            (self.max_length >= 8, "max_length must be at least 8", self.max_length),
            (0 <= self.seed < 2**32, "seed must be in [0, 2^32)", self.seed),
        )  # fmt: skip

    def _choices(self) -> tuple[tuple[bool, str, object], ...]:
        return (
            (self.trained in PARTS, f"trained must be one of {', '.join(PARTS)}", self.trained),
            (self.grad_mode in get_args(GradMode), "grad_mode must be hooks, ghost or auto", self.grad_mode),
            (self.unit in get_args(Unit), "unit must be example or author", self.unit),
        )

    @property
    def rate(self) -> float:
        """The learning rate of the first step."""
        return self.learning_rate or _RATES[self.trained]

    def planned(self, units: int) -> Plan:
        """What is done to so many privacy units, and what it costs.

        Raises:
            InputError: fewer than 100 units, more expected in a step than there are, a δ above one over them, or no
                noise that is enough for `epsilon`.
        """
        if units < FEW_UNITS:
            raise InputError(
                f"{units} privacy units are too few: noise that hides one of fewer than {FEW_UNITS} hides all"
            )
        batch = self.batch_size or min(_BATCH, units // _SHARE)
        if batch > units:
            raise InputError(f"a step expects batch_size {batch} of {units} privacy units; give no more than there are")
        delta, noise, rate = delta_for(units, self.delta), self.noise_multiplier, batch / units
        if noise is None:
            assert self.epsilon is not None  # noqa: S101 - one of the two is there
            noise = noise_for(self.epsilon, delta=delta, sample_rate=rate, steps=self.steps)
        steps = NoisySteps(noise, rate, self.steps)
        return Plan(steps, units, delta, epsilon(steps, delta=delta))
