"""Accuracy left against what an attacker may spend, one line per attack, from the curves of the audit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import BudgetCurve, CurvePoint, Metric, Section

from . import numbers
from .charts import BrokenLine, Tick, broken_line, ticks
from .language import say
from .metric_view import find

MOST_LINES = 12
"""Lines that colour and dash can tell apart; the table has every attack."""
WORST_CASE = "worst"
"""Style of the worst case."""
_WHOLE = ("accuracy_under_attack", "worst_case_accuracy")
_BUDGETS: dict[str, Callable[[float], str]] = {
    "words": numbers.whole,
    "word_share": lambda share: numbers.percent(share, 0),
    "queries": numbers.whole,
}


@dataclass(frozen=True, slots=True)
class BudgetCell:
    """Accuracy at one budget, in words."""

    value: str | None
    """Null where it was not measured."""
    interval: str
    upper_bound: bool = False
    """No more than `value`; it may be less."""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One attack."""

    name: str
    style: str
    """Classes for colour and dash; empty for lines that are not drawn."""
    drawn: BrokenLine
    cells: tuple[BudgetCell, ...]
    n: str


@dataclass(frozen=True, slots=True)
class BudgetChart:
    """Lines over evenly spaced budgets, from nothing to all that the attacks had."""

    ticks: tuple[Tick, ...]
    lines: tuple[BudgetLine, ...]
    undrawn: int
    """Lines that stand in the table alone."""

    @property
    def stops(self) -> bool:
        """Whether some drawn line has a gap before its end."""
        return any(cell.value is None for line in self.lines if line.style for cell in line.cells)

    @property
    def bounded(self) -> bool:
        """Whether some number is only an upper bound."""
        return any(cell.upper_bound for line in self.lines for cell in line.cells)


def line_styles(sections: Sequence[Section], ensemble: str) -> Mapping[str, str]:
    """Colour and dash of each section, the same in all charts; the strongest attacks where there are too many.

    Args:
        sections: those with curves.
        ensemble: name of the section of the worst case, which has a style of its own.
    """
    attacks = [section for section in sections if section.plugin != ensemble]
    strongest = sorted(attacks, key=lambda section: _value(_whole(section), default=2.0))[:MOST_LINES]
    chosen = [section.plugin for section in attacks if section in strongest]
    return {name: f"c{number % 6} d{number % 4}" for number, name in enumerate(chosen)} | {ensemble: WORST_CASE}


def budget_chart(sections: Sequence[Section], unit: str, styles: Mapping[str, str]) -> BudgetChart | None:
    """The chart of one unit (`words`, `word_share` or `queries`); None where nothing was measured."""
    named = [(section, styles.get(section.plugin, "")) for section in sections]
    return _chart(
        [
            (say("all attacks together") if style == WORST_CASE else section.plugin, style, section)
            for section, style in named
        ],
        unit,
    )


def before_and_after(old: Section, new: Section, unit: str) -> BudgetChart | None:
    """One attack, or the worst case, in two audits; None where neither measured anything."""
    return _chart([(say("before"), "c5 d1", old), (say("after"), "c0 d0", new)], unit)


def _chart(sections: Sequence[tuple[str, str, Section]], unit: str) -> BudgetChart | None:
    """Chart of sections with the name and the style of their lines."""
    curves = [(*line, curve) for line in sections for curve in line[2].curves if curve.unit == unit]
    points = [point for *_, curve in curves for point in curve.points if point.accuracy is not None]
    budgets = sorted({point.budget for point in points if point.budget is not None})
    if not budgets:
        return None
    show = _BUDGETS[unit]
    lines = tuple(_line(name, style, section, curve, budgets) for name, style, section, curve in curves)
    texts = [show(0), *(show(budget) for budget in budgets), say("all")]
    return BudgetChart(ticks(texts), lines, sum(not line.style for line in lines))


def _line(name: str, style: str, section: Section, curve: BudgetCurve, budgets: Sequence[float]) -> BudgetLine:
    at = {point.budget: point for point in curve.points}
    spots = [
        find(section.metrics, "clean_accuracy_attacked"),
        *(at.get(budget) for budget in budgets),
        at.get(None) or _whole(section),
    ]
    shares = [spot.accuracy if isinstance(spot, CurvePoint) else spot.value if spot else None for spot in spots]
    return BudgetLine(
        name=name,
        style=style,
        drawn=broken_line(shares),
        cells=tuple(_cell(share, spot) for share, spot in zip(shares, spots, strict=True)),
        n=numbers.count(curve.n),
    )


def _cell(share: float | None, spot: CurvePoint | Metric | None) -> BudgetCell:
    if share is None or spot is None:
        return BudgetCell(None, "")
    ends = "" if spot.ci_low is None or spot.ci_high is None else numbers.percent_range(spot.ci_low, spot.ci_high)
    return BudgetCell(numbers.percent(share), ends, isinstance(spot, CurvePoint) and spot.upper_bound)


def _whole(section: Section) -> Metric | None:
    """Accuracy under all that the attack had."""
    return next((metric for metric in section.metrics if metric.name in _WHOLE), None)


def _value(metric: Metric | None, default: float) -> float:
    return default if metric is None or metric.value is None else metric.value
