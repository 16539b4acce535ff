"""An earlier audit that a new one must not fall behind."""

from collections import Counter
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

_ROUNDING = 1e-9


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
    _check_answers(report, answers, file.with_name(ANSWERS))
    outcomes = tuple(read_outcomes(file)) if report.attacked else ()
    _check_outcomes(report, outcomes, file)
    return BaselineAudit(report, outcomes, answers)


def _check_answers(report: AuditReport, answers: Sequence[Answer], file: Path) -> None:
    """The numbers of the audit must be those of its answers: otherwise one of the two files was changed."""
    if not answers:
        return
    if len(answers) != report.run.examples:
        raise InputError(
            f"{file} holds {len(answers)} answers and the audit has {report.run.examples} texts; "
            "expected the file of the same audit"
        )
    right = sum(set(answer.predicted) == set(answer.label) for answer in answers) / len(answers)
    for section in report.sections:
        for metric in section.metrics:
            told = metric.value if (section.kind, metric.name, metric.label) == ("clean", "accuracy", None) else None
            if told is not None and abs(told - right) > _ROUNDING:
                raise InputError(f"{file} is not of this audit: its accuracy is {right:.4f}, the audit says {told:.4f}")


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
