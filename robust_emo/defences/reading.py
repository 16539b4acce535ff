"""One word that a noisy word may have been meant to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """A word with how likely it was meant."""

    word: str
    """In small letters, with the # of a hashtag."""
    noise: float
    """Logarithm of how likely it comes out as it did, at most about 0."""
    log_probability: float
    """Of the word by itself."""
    edits: int = 0
    """Letters inserted, deleted, replaced or exchanged, signs and stretched letters apart."""
