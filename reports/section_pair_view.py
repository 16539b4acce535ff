"""The sections of two audits side by side, and those that cannot stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AuditReport, Metric, Section

from . import numbers
from .masking import mask
from .metric_names import metric_name
from .metric_view import MetricView, find, find_view, metric_view
from .section_view import section_view
from .waterfall_view import is_step


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
    """A section that does not stand side by side."""

    title: str
    why: str


def section_pairs(old: AuditReport, new: AuditReport) -> tuple[tuple[SectionPair, ...], tuple[Uncompared, ...]]:
    """What was measured alike in both, and what was not."""
    sides = [{(section.kind, section.plugin): section for section in report.sections} for report in (old, new)]
    other_data = old.run.data.sha256 != new.run.data.sha256
    pairs, rest = [], []
    for key in dict.fromkeys((*sides[0], *sides[1])):
        before, after = sides[0].get(key), sides[1].get(key)
        why = _why_not(before, after, other_data=other_data)
        if why is None and before and after:
            pairs.append(_pair(before, after))
        elif shown := before or after:
            rest.append(Uncompared(section_view(shown).title, why or ""))
    return tuple(pairs), tuple(rest)


def _why_not(before: Section | None, after: Section | None, *, other_data: bool) -> str | None:
    if before is None or after is None:
        return f"only in the audit {'after' if before is None else 'before'}"
    for section, name in ((before, "before"), (after, "after")):
        if section.error is not None:
            return f"stopped with an error in the audit {name}: {mask(section.error)}"
    if other_data:
        return "the audits are of other data"
    if (before.version, before.args) != (after.version, after.args):
        return "run in another version or with other arguments"
    if is_step(before) or is_step(after):
        return "ran only on what earlier attacks had left, which are not the same texts"
    return None


def _pair(before: Section, after: Section) -> SectionPair:
    keys = dict.fromkeys((metric.name, metric.label) for metric in (*before.metrics, *after.metrics))
    pairs = [metric_pair(before.metrics, after.metrics, name, label) for name, label in keys]
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
    return MetricPair(views[0], views[1], _difference(name, known[1] - known[0]) if len(known) == 2 else "")


def _difference(name: str, gap: float) -> str:
    show = metric_name(name).show
    if show is numbers.percent:
        return f"{numbers.points(gap)} points"
    shown, sign = show(abs(gap)), "+" if gap > 0 else "\u2212"
    return shown if shown == show(0.0) else f"{sign}{shown}"
