"""How the model does under attack: each attack, the worst case over all, by emotion and by query budget."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, Section, Status

from . import numbers
from .charts import LogAxis, Scale, Tick, step_path
from .heat import HeatCell, HeatTable, level_of
from .metric_view import MetricView, find, find_view, metric_view
from .section_view import SectionView, section_view
from .visible import shortened

ENSEMBLE = "ensemble"
FEW = 10
"""Cells that rest on fewer examples than this are greyed."""
_PLACED = frozenset(
    {
        "clean_accuracy_attacked",
        "accuracy_under_attack",
        "attack_success_rate",
        "valid_success_rate",
        "mean_queries",
        "mean_words_perturbed",
    }
)


@dataclass(frozen=True, slots=True)
class AttackView:
    """One attack."""

    section: SectionView
    """With the metrics that have no place of their own."""
    before: str
    """Share right before the attack, among the attacked examples; of all that did not error."""
    before_at: str | None
    under_attack: MetricView
    success: MetricView
    valid_success: MetricView | None
    mean_queries: MetricView
    mean_words: MetricView
    tally: str
    """``120 succeeded, 36 failed, 42 skipped (wrong before), 2 errored``."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Accuracy left, by the queries an attacker may spend on each text."""

    name: str
    number: int
    """From 0; picks colour and dash."""
    path: str
    table: tuple[str, ...]
    """Accuracy at each of the chart's budgets."""


@dataclass(frozen=True, slots=True)
class BudgetChart:
    """One curve per attack over a logarithmic axis."""

    ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]
    budgets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RobustnessView:
    """Everything about evasion."""

    ensemble: SectionView | None
    attacks: tuple[AttackView, ...]
    by_emotion: HeatTable | None
    budget_chart: BudgetChart | None
    few: int = FEW


def robustness_view(
    sections: Sequence[Section], outcomes: Sequence[AttackOutcome], labels: tuple[str, ...]
) -> RobustnessView | None:
    """View of the evasion sections; None when the audit has none."""
    if not sections:
        return None
    by_attack: dict[str, list[AttackOutcome]] = {section.plugin: [] for section in sections if not section.error}
    for outcome in outcomes:
        if outcome.plugin in by_attack:  # what a crashed section left behind is not a measurement
            by_attack[outcome.plugin].append(outcome)
    measured = {name: found for name, found in by_attack.items() if found}
    return RobustnessView(
        ensemble=next((section_view(section) for section in sections if section.plugin == ENSEMBLE), None),
        attacks=tuple(_attack_view(section) for section in sections if section.plugin != ENSEMBLE),
        by_emotion=_by_emotion(measured, labels) if measured else None,
        budget_chart=_budget_chart(measured) if measured else None,
    )


def _attack_view(section: Section) -> AttackView:
    counts = {status: section.counts.get(status.value, 0) for status in Status}
    right = counts[Status.SUCCEEDED] + counts[Status.FAILED]
    judged = right + counts[Status.SKIPPED]
    valid = find(section.metrics, "valid_success_rate")
    before = find(section.metrics, "clean_accuracy_attacked")
    share = before.value if before else right / judged if judged else None
    others = tuple(metric_view(metric) for metric in section.metrics if metric.name not in _PLACED)
    return AttackView(
        section=section_view(section, metrics=others),
        before=numbers.NOT_MEASURED if share is None else numbers.percent(share),
        before_at=None if share is None else numbers.coordinate(Scale().at(share)),
        under_attack=find_view(section.metrics, "accuracy_under_attack"),
        success=find_view(section.metrics, "attack_success_rate"),
        valid_success=metric_view(valid) if valid else None,
        mean_queries=find_view(section.metrics, "mean_queries"),
        mean_words=find_view(section.metrics, "mean_words_perturbed"),
        tally=_tally(counts),
    )


def _tally(counts: Mapping[Status, int]) -> str:
    if not any(counts.values()):
        return ""
    skipped = f"{numbers.count(counts[Status.SKIPPED])} skipped (wrong before)"
    errored = f"{numbers.count(counts[Status.ERRORED])} errored"
    succeeded, failed = counts[Status.SUCCEEDED], counts[Status.FAILED]
    return f"{numbers.count(succeeded)} succeeded, {numbers.count(failed)} failed, {skipped}, {errored}"


def _by_emotion(measured: Mapping[str, Sequence[AttackOutcome]], labels: tuple[str, ...]) -> HeatTable:
    """Success rate of each attack by gold emotion; a text with several emotions counts for each."""
    seen = {label for outcomes in measured.values() for outcome in outcomes for label in outcome.label}
    ordered = tuple(label for label in labels if label in seen) + tuple(sorted(seen - set(labels)))
    rows = []
    for name, outcomes in measured.items():
        counted: dict[str, Counter[Status]] = defaultdict(Counter)
        for outcome in outcomes:
            for label in outcome.label:
                counted[label][outcome.status] += 1
        rows.append((shortened(name), tuple(_success_cell(counted[label]) for label in ordered)))
    return HeatTable(tuple(map(shortened, ordered)), tuple(rows))


def _success_cell(counted: Counter[Status]) -> HeatCell:
    attempted = counted[Status.SUCCEEDED] + counted[Status.FAILED]
    if not attempted:
        return HeatCell("–", "n = 0", 0, faint=True)
    share = counted[Status.SUCCEEDED] / attempted
    few = attempted < FEW
    return HeatCell(
        numbers.percent(share, 0), f"n = {numbers.count(attempted)}", 0 if few else level_of(share), faint=few
    )


def _budget_chart(measured: Mapping[str, Sequence[AttackOutcome]]) -> BudgetChart | None:
    spent = [outcome.num_queries or 0 for outcome in _successes(measured.values())]
    most = max((outcome.num_queries or 0 for outcomes in measured.values() for outcome in outcomes), default=0)
    if not spent:
        return None
    axis = LogAxis(max(10.0, most * 1.1))
    budgets = axis.values()
    curves = tuple(_curve(number, name, measured[name], axis, budgets) for number, name in enumerate(measured))
    return BudgetChart(axis.ticks(), curves, tuple(numbers.count(budget) for budget in budgets))


def _curve(number: int, name: str, outcomes: Sequence[AttackOutcome], axis: LogAxis, budgets: Sequence[int]) -> Curve:
    """Share still right when every success that took more queries is undone; errored examples are left out."""
    judged = [outcome for outcome in outcomes if outcome.status is not Status.ERRORED]
    right = sum(outcome.status is not Status.SKIPPED for outcome in judged)
    fallen = Counter(outcome.num_queries or 0 for outcome in _successes([judged]))

    def left(queries: float) -> float:
        return (right - sum(times for at, times in fallen.items() if at <= queries)) / max(1, len(judged))

    steps = [(queries, left(queries)) for queries in sorted(fallen)]
    shown = tuple(numbers.percent(left(budget)) for budget in (*budgets, float("inf")))
    return Curve(name, number, step_path(axis, left(0), steps), shown)


def _successes(groups: Iterable[Sequence[AttackOutcome]]) -> list[AttackOutcome]:
    return [outcome for outcomes in groups for outcome in outcomes if outcome.status is Status.SUCCEEDED]
