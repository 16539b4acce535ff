"""What a reviewer decided on an audit."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM

SIGN_OFF_VERSION = "1.0"


class Decision(StrEnum):
    """Whether the model may be used."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve with conditions"
    """The comment names them."""
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class SignOff:
    """The file that report.html exports. It names its audit by fingerprint, and proves nothing of who wrote it."""

    __pydantic_config__ = JSON_FORM

    sign_off_version: str
    audit_sha256: str
    """Of the bytes of audit.json."""
    model_sha256: str
    """As in audit.json."""
    verdict: str
    """Overall verdict of the audit: `pass`, `fail`, `inconclusive` or `not-judged`."""
    name: str
    role: str
    date: str
    """ISO 8601, such as 2026-12-31."""
    decision: Decision
    comment: str
    """Conditions and reasons; may be empty unless there are conditions."""
