"""What a reviewer signs: this audit, by its fingerprint."""

import hashlib
from dataclasses import dataclass

from robust_emo.types import SIGN_OFF_VERSION, AuditReport, Decision

from .json import dump_report
from .language import later, say

_DECISIONS = {
    Decision.APPROVE: later("Approve"),
    Decision.APPROVE_WITH_CONDITIONS: later("Approve with conditions, which the comment names"),
    Decision.REJECT: later("Reject"),
}


@dataclass(frozen=True, slots=True)
class SignOffView:
    """The fields that no reviewer fills in, and the decisions to choose from."""

    version: str
    audit_sha256: str
    """Of the bytes that reporter `json` writes for this audit."""
    model_sha256: str
    verdict: str
    """pass, fail, inconclusive or not-judged."""
    decisions: tuple[tuple[str, str], ...]
    """Value in the exported file, and words."""


def sign_off_view(report: AuditReport, verdict: str) -> SignOffView:
    """View of an audit that waits for its reviewer.

    Args:
        report: all of it.
        verdict: overall.
    """
    return SignOffView(
        version=SIGN_OFF_VERSION,
        audit_sha256=hashlib.sha256(dump_report(report)).hexdigest(),
        model_sha256=report.run.model_sha256,
        verdict=verdict,
        decisions=tuple((decision.value, say(words)) for decision, words in _DECISIONS.items()),
    )
