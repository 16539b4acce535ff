"""Two audits of the same texts as they were written, text by text."""

from collections.abc import Sequence
from pathlib import Path

from robust_emo.audits.answers import FILENAME, read_answers
from robust_emo.errors import InputError
from robust_emo.paired_family import paired_family
from robust_emo.statistics.paired import PairedComparison, compare_paired
from robust_emo.types import Answer, AuditReport, ModelComparison

_ROUNDING = 1e-9


def answers_beside(path: str | Path, report: AuditReport) -> tuple[Answer, ...]:
    """What the model answered on each audited text; empty where the audit kept no answers.

    Args:
        path: of the audit.json, or of the directory that holds it.
        report: read from it.

    Raises:
        InputError: the file cannot be read, or is not of this audit.
    """
    file = (Path(path) if Path(path).is_dir() else Path(path).parent) / FILENAME
    answers = read_answers(file)
    _check(report, answers, file)
    return answers


def _check(report: AuditReport, answers: Sequence[Answer], file: Path) -> None:
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


def compare_answers(
    old: Sequence[Answer],
    new: Sequence[Answer],
    labels: Sequence[str],
    *,
    names: tuple[str, str] = ("baseline", "this audit"),
) -> tuple[ModelComparison, ...]:
    """Accuracy, and recall of each emotion as `recall: LABEL`, on the texts that both answered and label alike.

    p-values are corrected (Holm 1979) over those of these measures that have a text; the others were not measured.

    Args:
        old: of the earlier audit.
        new: of this one.
        labels: of the model.
        names: how the two are called.
    """
    known = {answer.example_id: answer for answer in new}
    pairs = [
        (before, after)
        for before in old
        if (after := known.get(before.example_id)) is not None
        and before.label == after.label
        and before.text_sha256 == after.text_sha256
    ]
    right = {"accuracy": [(set(b.predicted) == set(b.label), set(a.predicted) == set(a.label)) for b, a in pairs]}
    for label in labels:
        right[f"recall: {label}"] = [(label in b.predicted, label in a.predicted) for b, a in pairs if label in b.label]
    return paired_family({measure: _paired(both, names) for measure, both in right.items()})


def _paired(right: Sequence[tuple[bool, bool]], names: tuple[str, str]) -> PairedComparison:
    return compare_paired([old for old, _ in right], [new for _, new in right], names=names)
