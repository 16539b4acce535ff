"""How much personal data stands in texts. Counts alone: nothing of a text is here."""

from dataclasses import dataclass
from typing import Literal

from robust_emo.types._json import JSON_FORM

TextsOf = Literal["training", "audited"]


@dataclass(frozen=True, slots=True)
class PersonalKind:
    """Findings of one kind."""

    __pydantic_config__ = JSON_FORM

    kind: str
    """`name`, `email`, `handle`, `link`, `account`, `id`, `card`, `iban`, `ip` or `phone`."""
    texts: int
    """With at least one of them."""
    findings: int


@dataclass(frozen=True, slots=True)
class PersonalCount:
    """What was found in all texts of one set, none left out."""

    __pydantic_config__ = JSON_FORM

    of: TextsOf
    texts: int
    """That were looked at."""
    touched: int
    """With at least one finding."""
    kinds: tuple[PersonalKind, ...]
    """Those that occur."""
