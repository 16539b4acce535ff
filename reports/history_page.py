"""The page of many audits over time as one typed value; templates only lay it out."""

from collections.abc import Mapping
from dataclasses import dataclass

from robust_emo.types import AuditHistory, AuditSettings, PastMetric, PastVerdict

from . import numbers
from .history_plot import HistoryPlot, PastPoint, history_plot
from .language import later, say, say_counted
from .line_plot import Point
from .metric_names import metric_name
from .metric_view import MetricView, metric_view
from .model_name import model_name
from .profile_text import profile_name
from .visible import shortened

_CHIPS = {
    PastVerdict.PASS: "pass",
    PastVerdict.FAIL: "fail",
    PastVerdict.INCONCLUSIVE: "inconclusive",
    PastVerdict.NOT_JUDGED: "not_measured",
}
_WORDS = {
    PastVerdict.PASS: later("pass"),
    PastVerdict.FAIL: later("fail"),
    PastVerdict.INCONCLUSIVE: later("inconclusive"),
    PastVerdict.NOT_JUDGED: later("not judged"),
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One audit in the list."""

    number: str
    started: str
    model: str
    sha: str
    other_model: bool
    """Than the audit before."""
    settings: str
    verdict: str
    chip: str
    other_verdict: bool
    path: str
    gone: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class PastValue:
    """One number of one audit, in the table below its chart."""

    audit: AuditRow
    line: str
    metric: MetricView | None
    """None where the audit has no such number."""


@dataclass(frozen=True, slots=True)
class MetricHistory:
    """One number over time."""

    title: str
    meaning: str
    plot: HistoryPlot | None
    """None where no audit measured it."""
    values: tuple[PastValue, ...]


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """What a letter stands for."""

    letter: str
    data: str
    rows: str
    profile: str
    seed: str
    drawn: str
    longest: str
    """``128 tokens``."""
    labels: str
    """In the model's order, each with its rows."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Everything the page says."""

    folder: str
    title: str
    """``4 audits over time``."""
    count: str
    """``4 audits``."""
    summary: str
    audits: tuple[AuditRow, ...]
    settings: tuple[SettingsRow, ...]
    metrics: tuple[MetricHistory, ...]
    commands: tuple[tuple[str, str, str], ...]
    """Number of the older audit, of the newer one, and what tests them."""
    gone: tuple[AuditRow, ...]
    problems: tuple[str, ...]


def history_page(history: AuditHistory) -> HistoryPage:
    """Build every view."""
    letters = history.settings
    rows = tuple(_row(history, letters, place) for place in range(len(history.audits)))
    by_audit = dict(zip((audit.sha256 for audit in history.audits), rows, strict=True))
    models = len({audit.model_sha256 for audit in history.audits})
    return HistoryPage(
        folder=history.folder,
        title=say_counted(len(rows), "{n} audit over time", "{n} audits over time"),
        count=say_counted(len(rows), "{n} audit", "{n} audits"),
        summary=say_counted(
            models,
            "{n} model · {first} to {last} UTC",
            "{n} models · {first} to {last} UTC",
            first=rows[0].started,
            last=rows[-1].started,
        ),
        audits=rows,
        settings=tuple(_settings(settings, letter) for settings, letter in letters.items()),
        metrics=tuple(_metric(history, name, rows) for name in history.metrics),
        commands=tuple(
            (by_audit[pair.older.sha256].number, by_audit[pair.newer.sha256].number, pair.command)
            for pair in history.neighbours
        ),
        gone=tuple(row for row in rows if row.gone),
        problems=history.problems,
    )


def _row(history: AuditHistory, letters: Mapping[AuditSettings, str], place: int) -> AuditRow:
    audit = history.audits[place]
    before = history.audits[place - 1] if place else audit
    return AuditRow(
        number=numbers.count(place + 1),
        started=audit.started_at[:16].replace("T", " "),
        model=shortened(model_name(audit.model)),
        sha=audit.model_sha256[:12],
        other_model=audit.model_sha256 != before.model_sha256,
        settings=letters[audit.settings],
        verdict=say(_WORDS[audit.verdict]),
        chip=_CHIPS[audit.verdict],
        other_verdict=audit.verdict != before.verdict,
        path=audit.path,
        gone=audit.gone,
        fingerprint=audit.sha256[:12],
    )


def _settings(settings: AuditSettings, letter: str) -> SettingsRow:
    texts, counts = settings.texts, dict(settings.texts.label_counts)
    return SettingsRow(
        letter=letter,
        data=texts.data_sha256[:12],
        rows=numbers.count(texts.rows),
        profile=profile_name(settings.profile),
        seed=str(settings.seed),
        drawn=numbers.count(settings.attacked_examples),
        longest=say("{n} tokens", n=numbers.count(settings.max_length)),
        labels=", ".join(
            f"{shortened(label)} {numbers.count(counts.get(label, 0))}" for label in settings.texts.labels
        ),
    )


def _metric(history: AuditHistory, name: str, rows: tuple[AuditRow, ...]) -> MetricHistory:
    found = [audit.find(name) for audit in history.audits]
    lines = history.lines(name)
    points = [PastPoint(line, _point(metric)) for line, metric in zip(lines, found, strict=True)]
    known = next(metric for metric in found if metric)
    words = metric_name(known.metric.name)
    plugin = known.section.rpartition("/")[2]
    about = [plugin] if "/" in known.section else []
    about += [] if known.metric.label is None else [known.metric.label]
    return MetricHistory(
        title=" · ".join([words.title, *(shortened(each) for each in about)]),
        meaning=words.meaning,
        plot=history_plot(
            points,
            other_model=[place for place, row in enumerate(rows) if row.other_model],
            other_verdict=[place for place, row in enumerate(rows) if row.other_verdict],
            show=words.show,
        )
        if any(each.point for each in points)
        else None,
        values=tuple(
            PastValue(row, line, metric_view(metric.metric) if metric else None)
            for row, line, metric in zip(rows, lines, found, strict=True)
        ),
    )


def _point(metric: PastMetric | None) -> Point | None:
    if metric is None or metric.metric.value is None:
        return None
    return Point(metric.metric.value, metric.metric.ci_low, metric.metric.ci_high)
