"""A standard ensemble: what each attack, run on what the ones before had left, took away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, Section, Status

from .attack_summaries import attack_summary
from .attack_view import status_counts, tally
from .invalid_reasons import reasons_text
from .language import say_counted
from .metric_view import MetricView, find, find_view, in_section, metric_view
from .section_view import SectionView, section_view

_PLACED = frozenset(
    {
        "accuracy_left",
        "accuracy_left_3_words",
        "survivor_success_rate",
        "valid_success_rate",
        "invalid_share",
        "mean_queries",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """Accuracy left after one attack, and where it stood before."""

    left: MetricView
    before_at: str | None
    """Percent of the width; null where nothing before was measured."""


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One attack of the ensemble."""

    section: SectionView
    """With the metrics that have no place of their own."""
    summary: str
    """What the attack does; empty for one that is not ours."""
    few_words: Step
    any_words: Step
    success: MetricView
    """Among the texts it ran on."""
    valid_success: MetricView
    mean_queries: MetricView
    ran_on: str
    """``Attacked 17 texts: 5 succeeded, …``: those right before that were left."""
    why_invalid: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The attacks in the order in which they ran."""

    before: MetricView
    """Accuracy on the attacked texts before any attack."""
    rows: tuple[WaterfallRow, ...]


def is_step(section: Section) -> bool:
    """Whether the section is of an attack that ran on survivors."""
    return section.error is None and find(section.metrics, "accuracy_left") is not None


def waterfall(
    sections: Sequence[Section], ensemble: Section | None, outcomes: Mapping[str, Sequence[AttackOutcome]]
) -> Waterfall | None:
    """View of the sections for which :func:`is_step` holds; None when there are none.

    Args:
        ensemble: the section of the worst case, which knows the accuracy before all attacks.
        outcomes: by attack.
    """
    steps = [section for section in sections if is_step(section)]
    if not steps:
        return None
    before = find_view(ensemble.metrics if ensemble and not ensemble.error else (), "clean_accuracy_attacked")
    rows: list[WaterfallRow] = []
    few_words, any_words = _at(before), _at(before)
    for section in steps:
        row = _row(section, outcomes.get(section.plugin, ()), few_words, any_words)
        rows.append(row)
        few_words, any_words = _at(row.few_words.left) or few_words, _at(row.any_words.left) or any_words
    return Waterfall(before, tuple(rows))


def _row(
    section: Section, outcomes: Sequence[AttackOutcome], few_words: str | None, any_words: str | None
) -> WaterfallRow:
    counts = status_counts(section)
    attempted = counts[Status.SUCCEEDED] + counts[Status.FAILED]
    others = tuple(in_section(metric_view(metric), section) for metric in section.metrics if metric.name not in _PLACED)
    return WaterfallRow(
        section=section_view(section, metrics=others),
        summary=attack_summary(section.plugin),
        few_words=Step(find_view(section.metrics, "accuracy_left_3_words"), few_words),
        any_words=Step(find_view(section.metrics, "accuracy_left"), any_words),
        success=find_view(section.metrics, "survivor_success_rate"),
        valid_success=find_view(section.metrics, "valid_success_rate"),
        mean_queries=find_view(section.metrics, "mean_queries"),
        ran_on=_ran_on(attempted, tally(counts)),
        why_invalid=reasons_text(outcomes),
    )


def _ran_on(attempted: int, counted: str) -> str:
    if not counted:
        return say_counted(attempted, "Attacked {n} text", "Attacked {n} texts")
    return say_counted(attempted, "Attacked {n} text: {counted}", "Attacked {n} texts: {counted}", counted=counted)


def _at(metric: MetricView) -> str | None:
    return metric.whisker.dot if metric.whisker else None
