"""What the model answered on one audited text as it was written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of answers.jsonl; the text itself is not in it."""

    example_id: str
    label: tuple[str, ...]
    """Gold labels."""
    predicted: tuple[str, ...]
    text_sha256: str
    """Beginning of the fingerprint of the text, by which two audits know that they mean the same one."""
