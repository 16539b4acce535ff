"""An earlier audit that a new one must not fall behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from robust_emo.answer_comparison import compare_answers
from robust_emo.audit_file import read_audit
from robust_emo.audits.answers import FILENAME as ANSWERS
from robust_emo.audits.answers import read_answers
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.errors import InputError
from robust_emo.gate.regression import Baseline
from robust_emo.model_comparison import compare_outcomes, outcomes_file
from robust_emo.types import Answer, AttackOutcome, AuditReport


@dataclass(frozen=True, slots=True)
class BaselineAudit:
    """As it was written."""

    report: AuditReport
    outcomes: tuple[AttackOutcome, ...]
    """Of all attacked texts; empty where nothing was attacked."""
    answers: tuple[Answer, ...] = ()
    """On all audited texts; empty where clean performance was not measured."""

    def beside(
        self, report: AuditReport, outcomes: Iterable[AttackOutcome], answers: Sequence[Answer] = ()
    ) -> Baseline:
        """What the gate asks of it about a newer audit.

        Raises:
            InputError: it is that audit itself, which never falls behind.
        """
        if (self.report.run.cost.started_at, self.report.sections) == (report.run.cost.started_at, report.sections):
            raise InputError("the baseline is the audit itself; name an earlier one with --baseline")
        both_attacked = self.report.attacked and report.attacked
        attacked = compare_outcomes(self.report, self.outcomes, report, outcomes) if both_attacked else ()
        as_written = compare_answers(self.answers, answers, report.run.labels) if self.answers and answers else ()
        return Baseline.of(self.report, report, (*attacked, *as_written))


def read_finished(path: str | Path) -> BaselineAudit:
    """An audit with its outcomes and answers, which lie beside it.

    Args:
        path: of the audit.json, or of the directory that holds it.

    Raises:
        InputError: a file cannot be read, or is none of an audit.
    """
    report = read_audit(path)
    file = outcomes_file(path)
    answers = read_answers(file.with_name(ANSWERS))
    if answers and len(answers) != report.run.examples:
        raise InputError(
            f"{file.with_name(ANSWERS)} holds {len(answers)} answers and the audit has {report.run.examples} texts; "
            "expected the file of the same audit"
        )
    return BaselineAudit(report, tuple(read_outcomes(file)) if report.attacked else (), answers)
