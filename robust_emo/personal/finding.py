"""What was found of a person in a text: where it stands, of which kind it is, and how sure that is."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """Kinds of personal data."""

    NAME = "name"
    """Names of persons, public and invented ones too: nobody can tell them apart by their form."""
    EMAIL = "email"
    HANDLE = "handle"
    """``@name``, ``u/name``."""
    LINK = "link"
    """Any link: it leads back to a post, a page or a person, and may hold a password."""
    ACCOUNT = "account"
    """A number or name of a service behind its cue word: WeChat, QQ, Instagram, ..."""
    ID = "id"
    """Numbers that a state gives: Chinese resident id, US social security number, passport, ..."""
    CARD = "card"
    """Numbers of payment cards."""
    IBAN = "iban"
    IP = "ip"
    PHONE = "phone"


class Certainty(IntEnum):
    """How sure it is that something found is of its kind."""

    POSSIBLE = 1
    """The form fits, and so does that of other things; only hidden where texts are shown."""
    LIKELY = 2
    """The form and what stands around it leave little else."""
    CERTAIN = 3
    """A check digit agrees, or the form is used for nothing else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch ``text == original[start:end]``; its representation does not show it."""

    kind: Kind
    start: int
    """Code points from the beginning of the text."""
    end: int
    text: str = field(repr=False)
    certainty: Certainty = Certainty.LIKELY
    key: str = field(default="", repr=False)
    """What two spellings of one value share: no case, no separators, no invisible characters."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one recogniser saw in the folded text, by offsets of that."""

    kind: Kind
    start: int
    end: int
    certainty: Certainty = Certainty.LIKELY
