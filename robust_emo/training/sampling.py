"""How a training draws the perturbations of its texts; see :mod:`robust_emo.training.worst_of_k`."""

from dataclasses import dataclass
from math import inf

from robust_emo.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How texts are perturbed and what the perturbed ones weigh.

    Raises:
        InputError: a value out of its range.
    """

    tries: int = 4
    """Random perturbations of each text in each stage, at least 1."""
    stages: int = 2
    """Each goes on from the worst of the one before it; at least 1."""
    word_share: float = 0.3
    """Of a text's words that may be exchanged, in (0, 1]; at least one word may."""
    most_words: int = 4
    """That may be exchanged in one text, at least 1."""
    weight: float = 1.0
    """Of the loss of the perturbed texts, beside that of the texts as they are; at least 0."""
    consistency: float = 1.0
    """Of the symmetric KL between the answers to a text and to its perturbed self; at least 0."""

    def __post_init__(self) -> None:
        for name in ("tries", "stages", "most_words"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise InputError(f"worst of k: {name} must be a whole number of at least 1, got {value}")
        if not isinstance(self.word_share, int | float) or not 0 < self.word_share <= 1:
            raise InputError(f"worst of k: word_share must be in (0, 1], got {self.word_share}")
        for name in ("weight", "consistency"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value < inf:
                raise InputError(f"worst of k: {name} must be finite and at least 0, got {value}")
