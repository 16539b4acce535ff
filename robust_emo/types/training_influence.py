"""What in the training data is behind an answer, as far as simple means tell."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A training text beside one question about it."""

    __pydantic_config__ = JSON_FORM

    example_id: str
    text: str
    """Personal data masked."""
    label: tuple[str, ...]
    value: float
    """Cosine of text vectors, or influence."""


@dataclass(frozen=True, slots=True)
class TrainingInfluence:
    """Training texts behind the answer to one text."""

    __pydantic_config__ = JSON_FORM

    target: tuple[str, ...]
    """The emotions that the answer is taken to be."""
    nearest: tuple[TrainingExample, ...]
    """By cosine of the model's text vectors, the nearest first."""
    proponents: tuple[TrainingExample, ...]
    """Influence above 0, largest first: a step of training on it makes the answer more likely."""
    opponents: tuple[TrainingExample, ...]
    """Influence below 0, lowest first."""
