"""Certificates: how much of the accuracy no attack can take, by the number of words it may change."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import BudgetCurve, CurvePoint, Metric, Section

from . import numbers
from .budget_chart import BudgetCell, BudgetChart, BudgetLine
from .charts import broken_line, ticks
from .language import say
from .metric_view import find
from .section_view import SectionView, section_view

CERTIFICATE = "certificate"
_ACCURACY, _BALANCED = "certified_words", "certified_words_balanced"


@dataclass(frozen=True, slots=True)
class CertificateView:
    """One section of certificates."""

    section: SectionView
    chart: BudgetChart | None
    """Four lines over the radius, two of them of a predictor that always says the same; null without curves."""


def certificate_view(section: Section) -> CertificateView:
    """View of a section of kind `certificate`."""
    return CertificateView(section_view(section), None if section.error else _chart(section))


def _chart(section: Section) -> BudgetChart | None:
    curves = {curve.unit: curve for curve in section.curves}
    accuracy, balanced = curves.get(_ACCURACY), curves.get(_BALANCED)
    if accuracy is None or balanced is None:
        return None
    lines = (
        _line(say("certified accuracy"), "c0 d0", accuracy),
        _flat(say("always the most frequent emotion"), "c0 d2", find(section.metrics, "constant_accuracy"), accuracy),
        _line(say("balanced certified accuracy"), "c1 d0", balanced),
        _flat(say("the same, balanced"), "c1 d2", find(section.metrics, "constant_balanced_accuracy"), balanced),
    )
    texts = [numbers.whole(point.budget) for point in accuracy.points if point.budget is not None]
    return BudgetChart(ticks(texts), tuple(line for line in lines if line), 0)


def _line(name: str, style: str, curve: BudgetCurve) -> BudgetLine:
    return _drawn(name, style, curve.points, curve.n)


def _flat(name: str, style: str, metric: Metric | None, curve: BudgetCurve) -> BudgetLine | None:
    if metric is None or metric.value is None:
        return None
    points = [CurvePoint(point.budget, metric.value, metric.ci_low, metric.ci_high) for point in curve.points]
    return _drawn(name, style, points, curve.n)


def _drawn(name: str, style: str, points: Sequence[CurvePoint], n: int) -> BudgetLine:
    drawn = broken_line([point.accuracy for point in points])
    return BudgetLine(name, style, drawn, tuple(map(_cell, points)), numbers.count(n))


def _cell(point: CurvePoint) -> BudgetCell:
    if point.accuracy is None:
        return BudgetCell(None, "")
    ends = None if point.ci_low is None or point.ci_high is None else (point.ci_low, point.ci_high)
    return BudgetCell(numbers.percent(point.accuracy), numbers.percent_range(*ends) if ends else "")
