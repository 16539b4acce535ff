"""An earlier audit that a new one must not fall behind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from robust_emo.answer_comparison import answers_beside, compare_answers
from robust_emo.audit_file import read_audit
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
    file, answers = outcomes_file(path), answers_beside(path, report)
    outcomes = tuple(read_outcomes(file)) if report.attacked else ()
    _check_outcomes(report, outcomes, file)
    return BaselineAudit(report, outcomes, answers)


def _check_outcomes(report: AuditReport, outcomes: Sequence[AttackOutcome], file: Path) -> None:
    """Likewise the outcomes of each attack, counted."""
    found = Counter((outcome.plugin, outcome.status.value) for outcome in outcomes)
    for section in report.sections:
        if section.kind != "evasion" or section.plugin == "ensemble" or section.error is not None:
            continue
        for status, told in section.counts.items():
            if found[section.plugin, status] != told:
                raise InputError(
                    f"{file} is not of this audit: it has {found[section.plugin, status]} {status} texts of "
                    f"{section.plugin}, the audit says {told}"
                )
