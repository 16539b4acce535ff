"""The two findings that a reader with ten seconds wants: the weakest emotion and the strongest attack."""

from robust_emo.types import AuditReport, Metric, Section, Status

from . import numbers
from .language import say
from .markdown_text import escaped
from .metric_view import find, metric_view
from .robustness_view import ENSEMBLE, reduces
from .waterfall_view import is_step


def weakest_emotion(report: AuditReport) -> str:
    """The emotion with the lowest F1 on texts as written, as Markdown; empty where none was measured."""
    rated = [
        (metric.value, metric)
        for section in report.sections
        if section.kind == "clean" and section.error is None
        for metric in section.metrics
        if metric.name == "f1" and metric.label is not None and metric.value is not None
    ]
    if not rated:
        return ""
    _, worst = min(rated, key=lambda pair: pair[0])
    return say("Weakest emotion: **{emotion}** {measured}", emotion=escaped(worst.label or ""), measured=_said(worst))


def strongest_attack(report: AuditReport) -> str:
    """The attack that leaves least, as Markdown; empty where nothing was attacked or no number tells.

    Attacks that ran on what others had left cannot be compared by rates: of them, the one that broke most texts.
    """
    ran = [s for s in report.sections if s.kind == "evasion" and s.error is None]
    attacks = [section for section in ran if section.plugin != ENSEMBLE and not reduces(section)]
    rated = [
        (metric.value, section, metric)
        for section in attacks
        if (metric := find(section.metrics, "accuracy_under_attack")) and metric.value is not None
    ]
    if rated:
        _, section, metric = min(rated, key=lambda found: found[0])
        return say("Strongest attack: **{attack}** {measured}", attack=escaped(section.plugin), measured=_said(metric))
    steps = [section for section in attacks if is_step(section) and _broken(section)]
    if not steps:
        return ""
    most = max(steps, key=_broken)
    return say(
        "Strongest attack: **{attack}**, broke {broken} of the {met} texts that it met; "
        "each attack met what those before had left",
        attack=escaped(most.plugin),
        broken=numbers.count(_broken(most)),
        met=numbers.count(sum(most.counts.values()) - most.counts.get(Status.SKIPPED.value, 0)),
    )


def _broken(section: Section) -> int:
    return section.counts.get(Status.SUCCEEDED.value, 0)


def _said(metric: Metric) -> str:
    view = metric_view(metric)
    title = escaped(view.title)
    return say("({title}: {value}, {interval}, n={n})", title=title, value=view.value, interval=view.interval, n=view.n)
