"""The sections of two audits side by side, and those that cannot stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from robust_emo.section_pairs import left_out, metric_pairs, sections_of_both
from robust_emo.types import AuditReport, Metric, Section

from . import numbers
from .language import say
from .masking import mask
from .metric_names import metric_name
from .metric_view import MetricView, find, find_view, in_section, metric_view
from .section_view import section_view
from .visible import shortened, visible


@dataclass(frozen=True, slots=True)
class MetricPair:
    """One measurement of both."""

    before: MetricView
    after: MetricView
    difference: str
    """After minus before, not tested; empty where one of them was not measured."""


@dataclass(frozen=True, slots=True)
class SectionPair:
    """One section of both, run alike."""

    kind: str
    plugin: str
    title: str
    metrics: tuple[MetricPair, ...]
    by_label: tuple[MetricPair, ...]
    """Metrics of single emotions."""
    sections: tuple[Section, Section]


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A section, or a part of one, that does not stand side by side."""

    title: str
    why: str


def section_pairs(old: AuditReport, new: AuditReport) -> tuple[tuple[SectionPair, ...], tuple[Uncompared, ...]]:
    """What was measured alike in both, and what was not."""
    found = sections_of_both(old, new, names=("before", "after"))
    pairs = [_pair(both.old, both.new) for both in found if both.old and both.new and both.why_not is None]
    rest = [Uncompared(section_view(section).title, mask(why)) for section, why in left_out(found)]
    return tuple(pairs), tuple(rest)


def _pair(before: Section, after: Section) -> SectionPair:
    found = [old or new for old, new in metric_pairs(before, after)]
    pairs = [metric_pair(before.metrics, after.metrics, metric.name, metric.label) for metric in found if metric]
    pairs = [replace(p, before=in_section(p.before, before), after=in_section(p.after, after)) for p in pairs]
    return SectionPair(
        kind=before.kind,
        plugin=before.plugin,
        title=section_view(before).title,
        metrics=tuple(pair for pair in pairs if pair.before.label is None),
        by_label=tuple(pair for pair in pairs if pair.before.label is not None),
        sections=(before, after),
    )


def metric_pair(before: Sequence[Metric], after: Sequence[Metric], name: str, label: str | None = None) -> MetricPair:
    """The metric of this name and label in both."""
    found = [find(metrics, name, label) for metrics in (before, after)]
    values = [metric.value if metric else None for metric in found]
    views = [metric_view(metric) if metric else find_view((), name, label) for metric in found]
    known = [value for value in values if value is not None]
    difference = _difference(name, known[1] - known[0]) if len(known) == 2 else ""
    return MetricPair(_shown(views[0]), _shown(views[1]), difference)


def _shown(metric: MetricView) -> MetricView:
    return metric if metric.label is None else replace(metric, label=shortened(visible(metric.label)))


def _difference(name: str, gap: float) -> str:
    show = metric_name(name).show
    if show is numbers.percent:
        return say("{n} points", n=numbers.points(gap))
    shown, sign = show(abs(gap)), "+" if gap > 0 else "\u2212"
    return shown if shown == show(0.0) else f"{sign}{shown}"
