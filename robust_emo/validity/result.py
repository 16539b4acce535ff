"""What the validity check says of one perturbed text."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a perturbed text is rejected; the codes stand in outcomes.jsonl and do not change."""

    SIMILARITY = "similarity"
    """What remains of the original says something else: sentence embeddings (English), characters kept (Chinese)."""
    VALENCE = "valence"
    """Good feeling became bad, bad became good, or a strong feeling went away."""
    EMOTION = "emotion"
    """Words or emoji of one emotion gave way to those of another, such as sad to furious."""
    NEGATION = "negation"
    """A negation was added or removed, and nothing else makes up for it."""
    ANTONYM = "antonym"
    """A word was exchanged for its opposite."""
    CONTRAST = "contrast"
    """Something was added that takes the emotion back, such as "but now I hate it"."""
    READABILITY = "readability"
    """Too many words cannot be read any more."""
    JUDGE = "judge"
    """The judge model does not find the gold emotion."""


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a perturbed text still expresses the emotion of the original."""

    valid: bool | None
    """None: not checked, since no check speaks the language of the text."""
    reasons: tuple[Reason, ...] = ()
    """In the order of :class:`Reason`; empty unless `valid` is False."""
