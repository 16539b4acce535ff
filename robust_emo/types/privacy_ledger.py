"""What differentially private training spent, how it was counted, and what that was tried on."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class IntegrityRecord:
    """A measurement of whether the training does what is counted, which held, and the most that it may have come to.

    What it came to is a number taken of private texts, and stays with them.
    """

    __pydantic_config__ = JSON_FORM

    name: str
    limit: float


@dataclass(frozen=True, slots=True)
class PrivacyLedger:
    """A part of the manifest of a privately trained model, and of every audit of it."""

    __pydantic_config__ = JSON_FORM

    epsilon: float
    delta: float
    noise_multiplier: float
    sample_rate: float
    steps: int
    max_grad_norm: float
    accountant: str
    unit: str
    """Whose contribution is protected: `example`, or the name of a group column."""
    units: int
    """How many there are; taken to be known."""
    neighbours: str
    """`zero-out`: data sets that differ in one unit, whose contribution is there or nulled."""
    sampling: str
    trained_parameters: int
    integrity: tuple[IntegrityRecord, ...] = ()
    """Measured before the training, all in their limits."""
    lost_steps: int = 0
    """Of the steps, those whose result an interruption took along; they count all the same."""
