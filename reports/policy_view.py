"""The policy as it was judged: every requirement, met or not, and who answers for what was let through."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, Verdict, VerdictStatus, Waiver

from .check_sentence import sentence_of
from .language import later, say
from .metric_names import metric_name
from .verdict_view import CheckView, check_view


@dataclass(frozen=True, slots=True)
class WaiverView:
    """One waiver that spoke of a check of this audit."""

    check: str
    used: bool
    state: str
    """What became of it."""
    sentence: str
    recorded: bool
    """Whether the audit itself wrote the sentence, in English: see :mod:`~.retelling`."""
    reason: str
    owner: str
    approver: str
    expires: str
    floor: str
    model_sha: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """Requirements in the order of the policy."""

    name: str | None
    """Null: nothing was judged."""
    sha256: str | None
    checks: tuple[CheckView, ...]
    waivers: tuple[WaiverView, ...]


def policy_view(report: AuditReport) -> PolicyView:
    """View of all verdicts."""
    return PolicyView(
        name=report.run.policy,
        sha256=report.run.policy_sha256,
        checks=tuple(map(check_view, report.verdicts)),
        waivers=tuple(_waiver(verdict, verdict.waiver) for verdict in report.verdicts if verdict.waiver),
    )


def _waiver(verdict: Verdict, waiver: Waiver) -> WaiverView:
    states = {VerdictStatus.WAIVED: later("used"), VerdictStatus.NOT_MEASURED: later("names no single check")}
    sentence = sentence_of(verdict)
    return WaiverView(
        check=waiver.check,
        used=verdict.status is VerdictStatus.WAIVED,
        state=say(states.get(verdict.status, later("does not hold"))),
        sentence=sentence.text,
        recorded=sentence.recorded,
        reason=waiver.reason,
        owner=waiver.owner,
        approver=waiver.approver,
        expires=waiver.expires,
        floor=metric_name(verdict.threshold.metric).show(waiver.floor),
        model_sha=waiver.model_sha,
    )
