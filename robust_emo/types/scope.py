"""What an audited model is for, as whoever audits it states it."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM


class Modality(StrEnum):
    """What the system around the model infers emotions from; robust-emo audits its text alone."""

    TEXT = "text"
    """Written text and nothing else."""
    SPEECH = "speech"
    """Speech turned into text, and nothing of how it was spoken."""
    MULTIMODAL = "multimodal"
    """Text beside voice, face or other signals of a person."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Null is "not stated": nothing of it is guessed from the model or its data."""

    __pydantic_config__ = JSON_FORM

    intended_use: str | None = None
    """What for, by whom and on whose texts."""
    modality: Modality | None = None
    jurisdiction: str | None = None
    """Where it is used or sold, such as EU."""
