"""The smallest edit that changes an answer."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The smallest edit that was found to change the emotion and to leave a sentence that people would write."""

    __pydantic_config__ = JSON_FORM

    example_id: str
    original: str
    changed: str
    """Personal data masked in both."""
    predicted: tuple[str, ...]
    predicted_after: tuple[str, ...]
    plugin: str
    """The attack that found it."""
    words_changed: int
