"""Tables of checks and attacks in Markdown."""

from collections.abc import Iterator, Sequence

from robust_emo.types import AuditReport, Section

from . import numbers
from .markdown_text import escaped, table
from .metric_view import MetricView, find_view
from .robustness_view import ENSEMBLE, HEADLINE, reduces
from .verdict_view import CheckView
from .waterfall_view import is_step

_ANY_WORDS = "worst_case_accuracy"


def check_table(checks: Sequence[CheckView]) -> list[str]:
    """One line per check, in the order given."""
    head = ("Result", "Check", "Required", "Measured", "Interval", "n")
    return table(head, (_check_row(check) for check in checks))


def attack_table(report: AuditReport) -> list[str]:
    """One line per attack that makes the model wrong, and two for all together; no lines where nothing was attacked."""
    sections = [s for s in report.sections if s.kind == "evasion" and not reduces(s)]
    rows = (row for section in sections for row in _attack_rows(section))
    return table(("Attack", "Measure", "Value", "Interval", "n"), rows)


def measured(view: MetricView) -> tuple[str, str, str]:
    """Value, interval with its level and how it was made, and n as cells."""
    note = f" ({escaped(view.interval_note.replace(' interval', '', 1))})" if view.interval_note else ""
    return view.value, f"{view.interval}{note}" if view.measured else "", view.n


def _check_row(check: CheckView) -> tuple[str, ...]:
    word = check.word if check.status == "pass" else f"**{check.word}**"
    numbers_of = measured(check.metric) if check.metric else (numbers.NOT_MEASURED, "", "")
    return (word, escaped(check.subject), escaped(check.required), *numbers_of)


def _attack_rows(section: Section) -> Iterator[tuple[str, ...]]:
    if section.error is not None:
        yield escaped(section.plugin), "", numbers.NOT_MEASURED, "", ""
        return
    together = section.plugin == ENSEMBLE
    found = (HEADLINE, _ANY_WORDS) if together else ("accuracy_left" if is_step(section) else "accuracy_under_attack",)
    for view in (find_view(section.metrics, name) for name in found):
        yield "all together" if together else escaped(section.plugin), escaped(view.title), *measured(view)
