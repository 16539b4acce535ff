"""An earlier audit that a new one must not fall behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from robust_emo.audit_file import read_audit
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.gate.regression import Baseline
from robust_emo.model_comparison import compare_outcomes, outcomes_file
from robust_emo.types import AttackOutcome, AuditReport


@dataclass(frozen=True, slots=True)
class BaselineAudit:
    """As it was written."""

    report: AuditReport
    outcomes: tuple[AttackOutcome, ...]
    """Of all attacked texts; empty where nothing was attacked."""

    def beside(self, report: AuditReport, outcomes: Iterable[AttackOutcome]) -> Baseline:
        """What the gate asks of it about a newer audit."""
        both_attacked = self.report.attacked and report.attacked
        compared = compare_outcomes(self.report, self.outcomes, report, outcomes) if both_attacked else ()
        return Baseline.of(self.report, report, compared)


def read_finished(path: str | Path) -> BaselineAudit:
    """An audit with its outcomes, which lie beside it.

    Args:
        path: of the audit.json, or of the directory that holds it.

    Raises:
        InputError: a file cannot be read, or is none of an audit.
    """
    report = read_audit(path)
    return BaselineAudit(report, tuple(read_outcomes(outcomes_file(path))) if report.attacked else ())
