"""How the model does under attack: the worst case first, then attack by attack, by emotion and by budget."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, AuditReport, RunInfo, Section, Status

from . import numbers
from .attack_view import AttackView, attack_view
from .budget_chart import BudgetChart, budget_chart, line_styles
from .comparison_view import ComparisonView, comparison_view
from .emotion_heat import FEW, emotion_heat
from .flags_view import FlagView, flag_view
from .heat import HeatTable
from .metric_view import MetricView, find, find_view, in_section, metric_view
from .section_view import SectionView, section_view
from .visible import shortened
from .waterfall_view import Waterfall, is_step, waterfall
from .weakest_view import WeakestView, weakest_view

ENSEMBLE = "ensemble"
HEADLINE = "worst_case_accuracy_3_words"
_BESIDE = ("worst_case_accuracy", "valid_worst_case_accuracy", "clean_accuracy_attacked")
_REDUCTION = "reducible_rate"


@dataclass(frozen=True, slots=True)
class WorstCaseView:
    """All attacks together."""

    section: SectionView
    """With the metrics that have no place of their own."""
    standard: str | None
    """Name of the standard ensemble; null where attacks were named."""
    headline: MetricView
    beside: tuple[MetricView, ...]
    comparisons: tuple[ComparisonView, ...]


@dataclass(frozen=True, slots=True)
class RobustnessView:
    """Everything about evasion."""

    attacked: str
    """Texts that were attacked; fewer than were drawn where the audit stopped early."""
    failed: tuple[SectionView, ...]
    worst_case: WorstCaseView | None
    attacks: tuple[AttackView, ...]
    """Those that ran on every text."""
    waterfall: Waterfall | None
    """Those that ran on what the ones before had left."""
    reductions: tuple[SectionView, ...]
    """Attacks that take the text away and want the prediction to stay."""
    weakest: WeakestView | None
    """Null where no outcomes came with the audit."""
    by_emotion: HeatTable | None
    word_charts: tuple[BudgetChart, ...]
    """Words, then share of the words."""
    query_chart: BudgetChart | None
    flags: tuple[FlagView, ...]
    checked: bool
    """Whether anybody looked if changed texts keep their emotion."""
    succeeded: bool = True
    """Whether any attack turned a text wrong."""
    few: int = FEW

    @property
    def bounded(self) -> bool:
        """Whether accuracy at some number of words is only an upper bound."""
        return any(chart.bounded for chart in self.word_charts)

    @property
    def raised(self) -> tuple[FlagView, ...]:
        """Flags to warn of."""
        return tuple(flag for flag in self.flags if flag.raised)


def robustness_view(report: AuditReport, outcomes: Sequence[AttackOutcome]) -> RobustnessView | None:
    """View of the evasion sections; None when the audit has none.

    The page, audit.md and the model card all read it, so that they name the same emotion and the same attack.

    Args:
        report: the audit.
        outcomes: of all its attacks.
    """
    evasion = [section for section in report.sections if section.kind == "evasion"]
    return _view(evasion, of_changes(outcomes, evasion), report.run) if evasion else None


def _view(sections: Sequence[Section], outcomes: Sequence[AttackOutcome], run: RunInfo) -> RobustnessView:
    ran = [section for section in sections if not section.error]
    ensemble = next((section for section in ran if section.plugin == ENSEMBLE), None)
    changing = [section for section in ran if section is not ensemble and not reduces(section)]
    whole = [section for section in changing if not is_step(section)]
    by_attack: dict[str, list[AttackOutcome]] = {section.plugin: [] for section in changing}
    for outcome in outcomes:
        if outcome.plugin in by_attack:  # what a crashed section left behind is not a measurement
            by_attack[outcome.plugin].append(outcome)
    curved = [section for section in ran if section.curves]
    styles = line_styles(curved, ENSEMBLE)
    words, shares, queries = (budget_chart(curved, unit, styles) for unit in ("words", "word_share", "queries"))
    flags = ensemble.flags if ensemble else ()
    attacked = sum(ensemble.counts.values()) if ensemble else 0
    return RobustnessView(
        attacked=numbers.count(attacked or run.attacked_examples),
        failed=tuple(section_view(section) for section in sections if section.error),
        worst_case=_worst_case(ensemble) if ensemble else None,
        attacks=tuple(attack_view(section, by_attack[section.plugin]) for section in whole),
        waterfall=waterfall(changing, ensemble, by_attack),
        reductions=tuple(section_view(section) for section in ran if reduces(section)),
        weakest=weakest_view(by_attack, apart=[section.plugin for section in whole]),
        by_emotion=emotion_heat(by_attack, run.labels, apart=[section.plugin for section in whole]),
        word_charts=tuple(chart for chart in (words, shares) if chart),
        query_chart=queries,
        flags=tuple(map(flag_view, flags)),
        succeeded=any(section.counts.get(Status.SUCCEEDED.value) for section in changing)
        or not any(section.counts for section in changing),
        checked=any(found.value is not None for s in ran if (found := find(s.metrics, "valid_success_rate"))),
    )


def reduces(section: Section) -> bool:
    """Whether the attack wants the same prediction from next to nothing."""
    return find(section.metrics, _REDUCTION) is not None


def of_changes(outcomes: Sequence[AttackOutcome], sections: Sequence[Section]) -> list[AttackOutcome]:
    """Outcomes without those of attacks that take the text away: these make no model wrong."""
    reducing = {section.plugin for section in sections if reduces(section)}
    return [outcome for outcome in outcomes if outcome.plugin not in reducing]


def _worst_case(section: Section) -> WorstCaseView:
    placed = (HEADLINE, *_BESIDE)
    others = tuple(in_section(metric_view(metric), section) for metric in section.metrics if metric.name not in placed)
    standard = section.args.get("ensemble")
    return WorstCaseView(
        section=section_view(section, metrics=others),
        standard=None if standard is None else shortened(str(standard)),
        headline=find_view(section.metrics, HEADLINE),
        beside=tuple(find_view(section.metrics, name) for name in _BESIDE),
        comparisons=tuple(map(comparison_view, section.comparisons)),
    )
