"""The table of how good heat maps are: each number beside what a ranking without reason gets."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import Metric

from .language import say
from .metric_view import MetricView, find, metric_view

_BESIDE = {
    "comprehensiveness": "random_comprehensiveness",
    "masked_comprehensiveness": "random_masked_comprehensiveness",
    "sufficiency": "random_sufficiency",
    "masked_sufficiency": "random_masked_sufficiency",
    "normalised_comprehensiveness": "random_normalised_comprehensiveness",
    "normalised_sufficiency": "random_normalised_sufficiency",
    "leave_one_out_overlap": "random_leave_one_out_overlap",
    "infidelity": "random_infidelity",
    "stability_overlap": "random_stability_overlap",
    "negation_attributed": "negation_attributed_by_chance",
}
_CORRELATIONS = ("leave_one_out_correlation", "rank_stability", "randomisation_correlation")
"""Of ranks: with a random ranking they are 0 on average, whatever the other one is."""


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One number over the explained texts."""

    metric: MetricView
    random: str
    """What a random ranking gets; empty where that is not defined."""
    random_note: str
    """Its interval; ``on average`` where it is known and not measured."""


def quality_rows(metrics: Sequence[Metric]) -> tuple[QualityRow, ...]:
    """In the order of the audit; what random rankings get stands beside what it belongs to."""
    names = {metric.name for metric in metrics}
    beside = {random for own, random in _BESIDE.items() if own in names}
    return tuple(_row(metric, metrics) for metric in metrics if metric.name not in beside)


def _row(metric: Metric, metrics: Sequence[Metric]) -> QualityRow:
    own = metric_view(metric)
    if metric.name in _CORRELATIONS:
        return QualityRow(own, "0", say("on average"))
    random = find(metrics, _BESIDE.get(metric.name, ""))
    if random is None:
        return QualityRow(own, "", "")
    view = metric_view(random)
    return QualityRow(own, view.value, view.interval if view.measured else "")
