"""Two audits example by example: is the one model more robust than the other, or can that not be told?

Every example is its own control (McNemar 1947), which needs far fewer examples than comparing two intervals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from robust_emo.answer_comparison import answers_beside, compare_answers
from robust_emo.audit_file import read_audit
from robust_emo.audits.attack_section import few_words
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.audits.worst_case import ENSEMBLE, worst_case_arguments, worst_outcome
from robust_emo.comparison_notes import comparison_notes
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.errors import InputError
from robust_emo.paired_family import paired_family
from robust_emo.section_pairs import sections_of_both
from robust_emo.statistics.paired import compare_paired
from robust_emo.types import (
    Answer,
    AttackOutcome,
    AuditComparison,
    AuditReport,
    ComparedText,
    ModelComparison,
    NotTested,
    Status,
)

Rows = dict[tuple[str, str], list[AttackOutcome]]
"""By example (id and text) the outcomes of the attacks that ran on it."""


Right = Callable[[Sequence[AttackOutcome]], bool | None]
"""Whether an example counts as right, from its outcomes; None where that is unknown."""


def compare_audits(old: str | Path, new: str | Path) -> AuditComparison:
    """Compare two finished audits, each a directory or the audit.json in one, with outcomes.jsonl beside it.

    Where neither attacked, their sections stand side by side. All texts as written are tested where both kept answers.
    Attacks are compared where both audits ran them on every example with the same arguments; the worst case where both
    ran the same attacks; clean accuracy unless the goals mean different things by a right answer.

    Raises:
        InputError: a file cannot be read, or the audits have no example or nothing to compare in common.
    """
    reports = (read_audit(old), read_audit(new))
    if not any(report.attacked for report in reports):
        return _without_attacks(reports, (old, new))
    rows = [_rows(read_outcomes(outcomes_file(path)), report) for path, report in zip((old, new), reports, strict=True)]
    common = [key for key in rows[0] if key in rows[1]]
    if not common:
        for path, report in zip((old, new), reports, strict=True):
            if not report.attacked:
                raise InputError(f"{path} attacked nothing and the other audit did: run both with the same sections")
        raise InputError(f"{old} and {new} attacked no text in common: audit both with the same data and seed")
    measures = _measures(*reports)
    if not measures:
        goals = " and ".join(str(_goal(report)) for report in reports)
        raise InputError(f"{old} and {new} have nothing to compare: their goals, {goals}, call other answers right")
    texts = tuple(_text(rows[0][key], rows[1][key], measures) for key in common)
    written, why_not = _written(reports, (old, new))
    return AuditComparison(
        *reports,
        measures=_tested(measures, texts, (str(old), str(new))),
        texts=texts,
        notes=comparison_notes(*reports),
        written=written,
        not_written=why_not,
    )


def compare_outcomes(
    old: AuditReport, old_outcomes: Iterable[AttackOutcome], new: AuditReport, new_outcomes: Iterable[AttackOutcome]
) -> tuple[ModelComparison, ...]:
    """What two audits say of the texts that both attacked, as :func:`compare_audits`; empty where there is nothing."""
    rows = (_rows(old_outcomes, old), _rows(new_outcomes, new))
    measures = _measures(old, new)
    texts = tuple(_text(rows[0][key], rows[1][key], measures) for key in rows[0] if key in rows[1])
    return _tested(measures, texts, ("baseline", "this audit")) if texts and measures else ()


def _without_attacks(reports: tuple[AuditReport, AuditReport], paths: tuple[str | Path, str | Path]) -> AuditComparison:
    written, why_not = _written(reports, paths)
    pairs = sections_of_both(*reports)
    if not written and not any(pair.why_not is None for pair in pairs):
        reasons = sorted({pair.why_not for pair in pairs if pair.why_not})
        raise InputError(
            f"{paths[0]} and {paths[1]} have no section to compare: {'; '.join(reasons) or 'there is none'}"
        )
    return AuditComparison(
        *reports,
        measures=(),
        texts=(),
        notes=comparison_notes(*reports),
        written=written,
        not_written=why_not,
    )


def _written(
    reports: tuple[AuditReport, AuditReport], paths: tuple[str | Path, str | Path]
) -> tuple[tuple[ModelComparison, ...], NotTested | None]:
    """Texts as written, by the answers that both audits kept; or why they are not tested."""
    old, new = (report.run for report in reports)
    if old.task != new.task:
        return (), NotTested.OTHER_TASK
    if set(old.labels) != set(new.labels):
        return (), NotTested.OTHER_LABELS
    before, after = (answers_beside(path, report) for path, report in zip(paths, reports, strict=True))
    if not before or not after:
        return (), _without_answers(before, after)
    found = compare_answers(before, after, new.labels, names=(str(paths[0]), str(paths[1])))
    return (found, None) if any(each.result.n for each in found) else ((), NotTested.NO_COMMON_TEXT)


def _without_answers(old: Sequence[Answer], new: Sequence[Answer]) -> NotTested:
    if not old and not new:
        return NotTested.NO_ANSWERS
    return NotTested.NO_ANSWERS_NEW if old else NotTested.NO_ANSWERS_OLD


def _text(old: Sequence[AttackOutcome], new: Sequence[AttackOutcome], measures: Mapping[str, Right]) -> ComparedText:
    return ComparedText(
        example_id=old[0].example_id,
        original=old[0].original,
        label=old[0].label,
        old={outcome.plugin: outcome for outcome in old},
        new={outcome.plugin: outcome for outcome in new},
        old_worst=worst_outcome(old),
        new_worst=worst_outcome(new),
        right={measure: (right(old), right(new)) for measure, right in measures.items()},
    )


def _tested(
    measures: Iterable[str], texts: Sequence[ComparedText], names: tuple[str, str]
) -> tuple[ModelComparison, ...]:
    found = {}
    for measure in measures:
        sides = zip(*(text.right[measure] for text in texts), strict=True)
        found[measure] = compare_paired(*sides, names=names)
    return paired_family(found)


def _measures(old: AuditReport, new: AuditReport) -> dict[str, Right]:
    goals = [_goal(report) for report in (old, new)]
    # Right as written is to be on the right side of a threshold where the goal is to cross it.
    alike = goals[0] == goals[1] or "crossed" not in (goals[0].kind, goals[1].kind)
    measures: dict[str, Right] = {"clean_accuracy_attacked": _clean} if alike else {}
    if worst_case_arguments(old) == worst_case_arguments(new):
        measures |= {"worst_case_accuracy_3_words": _held_3_words, "worst_case_accuracy": _held}
    if worst_case_arguments(old).get("ensemble") is None and worst_case_arguments(new).get("ensemble") is None:
        arguments = [_arguments(report) for report in (old, new)]
        for name in arguments[0]:
            if arguments[0][name] == arguments[1].get(name):
                measures[f"accuracy_under_attack: {name}"] = _under(name)
    return measures


def _goal(report: AuditReport) -> GoalChoice:
    """Every attack of an audit has the same."""
    arguments = worst_case_arguments(report).get("arguments", {})
    each = arguments.values() if isinstance(arguments, Mapping) else ()  # a file may hold anything
    written = next((found["goal"] for found in each if isinstance(found, Mapping) and "goal" in found), None)
    return UNTARGETED if written is None else GoalChoice.parse(str(written))


def _arguments(report: AuditReport) -> dict[str, object]:
    """Version and arguments of the attacks whose section holds an accuracy under attack."""
    return {
        section.plugin: (section.version, section.args)
        for section in report.sections
        if section.plugin != ENSEMBLE and any(metric.name == "accuracy_under_attack" for metric in section.metrics)
    }


def _clean(row: Sequence[AttackOutcome]) -> bool | None:
    known = [outcome for outcome in row if outcome.predicted is not None]
    return known[0].status is not Status.SKIPPED if known else None


def _held(row: Sequence[AttackOutcome]) -> bool | None:
    status = worst_outcome(row).status
    return None if status is Status.ERRORED else status is Status.FAILED


def _held_3_words(row: Sequence[AttackOutcome]) -> bool | None:
    worst = worst_outcome(row)
    return True if worst.status is Status.SUCCEEDED and not few_words(worst) else _held(row)


def _under(attack: str) -> Right:
    def right(row: Sequence[AttackOutcome]) -> bool | None:
        own = [outcome for outcome in row if outcome.plugin == attack]
        return _held(own) if own else None

    return right


def outcomes_file(path: str | Path) -> Path:
    """What came of each attacked text, beside an audit.json or in its directory."""
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    return folder / "outcomes.jsonl"


def _rows(outcomes: Iterable[AttackOutcome], report: AuditReport) -> Rows:
    """Outcomes of the attacks that make the worst case: no reductions, none that crashed."""
    attacks, goal = worst_case_arguments(report).get("attacks", ()), _goal(report)
    attacks = attacks if isinstance(attacks, list | tuple) else ()
    rows: Rows = {}
    for outcome in outcomes:
        if outcome.plugin not in attacks or not goal.concerns(outcome.label, report.run.labels):
            continue
        rows.setdefault((outcome.example_id, outcome.original), []).append(outcome)
    return rows
