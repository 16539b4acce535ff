"""What a history keeps of one audit."""

import hashlib
import json
from datetime import UTC, datetime

from robust_emo.errors import ExitCode, InputError
from robust_emo.gate import exit_code
from robust_emo.personal.hidden_names import is_hidden
from robust_emo.types import AuditReport, AuditSettings, PastAudit, PastMetric, PastVerdict, Section
from robust_emo.verdict_text import section_name

_VERDICTS = {ExitCode.PASS: PastVerdict.PASS, ExitCode.GATE_FAILED: PastVerdict.FAIL}


def past_audit(report: AuditReport, *, sha256: str, path: str) -> PastAudit:
    """Everything of the audit but its texts; groups whose names are hidden are left out, since no two audits number
    them alike.

    Args:
        report: the audit.
        sha256: of its file.
        path: of that file, from the folder that is searched.

    Raises:
        InputError: the audit does not say when it started.
    """  # fmt: skip
    run = report.run
    return PastAudit(
        sha256=sha256,
        path=path,
        started_at=started_at(report),
        model=run.model,
        model_sha256=run.model_sha256,
        robust_emo=run.robust_emo,
        settings=AuditSettings.of(run),
        verdict=verdict_of(report),
        metrics=metrics_of(report),
    )


def started_at(report: AuditReport) -> str:
    """UTC, ISO 8601, to the second.

    Raises:
        InputError: what the audit says is no time.
    """
    return utc(report.run.cost.started_at)


def utc(text: str) -> str:
    """A time of an audit in the form of :func:`started_at`.

    Raises:
        InputError: it is no time.
    """
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError(f"the audit says that it started at {text!r:.80}; expected a time in ISO 8601") from None
    return at.isoformat(timespec="seconds")


def verdict_of(report: AuditReport) -> PastVerdict:
    """As the exit code, but for audits that nothing was required of."""
    code = exit_code(report.verdicts, report.sections)
    if code is ExitCode.PASS and not report.verdicts:
        return PastVerdict.NOT_JUDGED
    return _VERDICTS.get(code, PastVerdict.INCONCLUSIVE)


def metrics_of(report: AuditReport) -> tuple[PastMetric, ...]:
    """All numbers, but for those of groups whose names are hidden."""
    return tuple(metric for section in report.sections for metric in _metrics(section))


def _metrics(section: Section) -> list[PastMetric]:
    run_as = json.dumps([section.version, section.args], sort_keys=True, default=str)
    protocol = hashlib.sha256(run_as.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    shown = [metric for metric in section.metrics if not is_hidden(metric.label)]
    return [PastMetric(section_name(section), protocol, metric) for metric in shown]
