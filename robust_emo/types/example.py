"""A labelled text and what a model says of it."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """How labels are read: exactly one per text, or any number (each decided at probability 0.5)."""

    SINGLE_LABEL = "single_label"
    MULTI_LABEL = "multi_label"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    id: str
    """Unique in its data set and stable between runs: the id column, or `row-<number>`."""
    text: str
    labels: tuple[str, ...]
    """Gold label names; exactly one in single-label data, possibly none in multi-label data."""
    group: str | None = None
    """Author, speaker or other source, where a group column was named."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the victim model says of one text."""

    labels: tuple[str, ...]
    """Predicted label names; one in single-label models, those with probability >= 0.5 in multi-label ones."""
    probabilities: tuple[float, ...]
    """One per label of the model, in the model's order, each in [0, 1]."""
