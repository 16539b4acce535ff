"""The first thing a reader sees: the verdict, what it means, and each check of the policy."""

from collections import Counter
from dataclasses import dataclass

from robust_emo.types import AuditReport, Metric, Threshold, Verdict, VerdictStatus

from . import numbers
from .advice import advice
from .crashes import Crash, crashes
from .masking import mask
from .metric_names import metric_name
from .metric_view import MetricView, metric_view

_ORDER = {
    VerdictStatus.FAIL: 0,
    VerdictStatus.INCONCLUSIVE: 1,
    VerdictStatus.NOT_MEASURED: 2,
    VerdictStatus.WAIVED: 3,
    VerdictStatus.PASS: 4,
}
_WORDS = {
    VerdictStatus.FAIL: "Fail",
    VerdictStatus.INCONCLUSIVE: "Inconclusive",
    VerdictStatus.NOT_MEASURED: "Not measured",
    VerdictStatus.WAIVED: "Waived",
    VerdictStatus.PASS: "Pass",
}
_MEANINGS = {
    "fail": (
        "At least one requirement is not met, and chance alone does not explain it. "
        "By its own policy this model should not ship as it is."
    ),
    "inconclusive": (
        "No requirement is shown to be broken, but something is undecided: the data are too few, or a part of the "
        "audit did not run. This is not a pass."
    ),
    "pass": "Every requirement of the policy is met, with the whole interval on the good side of its threshold.",
    "not-judged": "No policy was given, so nothing was required of the model. The numbers below stand on their own.",
}


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check of the policy."""

    status: str
    """fail, inconclusive, not_measured, waived or pass."""
    word: str
    check: str
    subject: str
    """``Worst-case accuracy · ensemble``."""
    sentence: str
    reason: str
    required: str
    """``at least 50.0%``."""
    decision: str
    metric: MetricView | None
    advice: str
    """What to do; empty where it is met."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """Overall verdict and its checks, failing first."""

    status: str
    """fail, inconclusive, pass or not-judged."""
    word: str
    meaning: str
    tally: str
    """``2 of 6 checks fail, 1 is inconclusive``; empty without checks."""
    incomplete: tuple[Crash, ...]
    """Sections that did not run to their end, or not on every text."""
    unmet: tuple[CheckView, ...]
    met: tuple[CheckView, ...]
    met_text: str
    """``8 requirements are met``."""


def verdict_view(report: AuditReport) -> VerdictView:
    """Judge as the exit code does: one failure fails, anything undecided, crashed or not run is inconclusive."""
    incomplete = crashes(report.sections)
    status = _overall(report.verdicts, bool(incomplete))
    ordered = sorted(report.verdicts, key=lambda verdict: _ORDER[verdict.status])
    checks = [check_view(verdict) for verdict in ordered]
    met = tuple(check for check in checks if check.status == VerdictStatus.PASS.value)
    meaning = _MEANINGS[status]
    if status == "pass" and any(verdict.threshold.decision == "point" for verdict in report.verdicts):
        meaning = "Every requirement of the policy is met; some were judged on the value alone, without its interval."
    if status == "pass" and any(verdict.status is VerdictStatus.WAIVED for verdict in report.verdicts):
        meaning = "Some requirements are not met, and somebody answers for them until a named day; all others are met."
    return VerdictView(
        status=status,
        word={"not-judged": "Not judged"}.get(status, status.capitalize()),
        meaning=meaning,
        tally=_tally(report.verdicts),
        incomplete=incomplete,
        unmet=tuple(check for check in checks if check.status != VerdictStatus.PASS.value),
        met=met,
        met_text=numbers.plural(len(met), "requirement is met", "requirements are met"),
    )


def _overall(verdicts: tuple[Verdict, ...], incomplete: bool) -> str:
    found = {verdict.status for verdict in verdicts}
    if VerdictStatus.FAIL in found:
        return "fail"
    if incomplete or found - {VerdictStatus.PASS, VerdictStatus.WAIVED}:
        return "inconclusive"
    return "pass" if found else "not-judged"


def _tally(verdicts: tuple[Verdict, ...]) -> str:
    counted = Counter(verdict.status for verdict in verdicts)
    parts = [f"{counted[status]} {_WORDS[status].lower()}" for status in _ORDER if counted[status]]
    return f"{numbers.plural(len(verdicts), 'check', 'checks')}: {', '.join(parts)}" if parts else ""


def check_view(verdict: Verdict) -> CheckView:
    """View of one check."""
    threshold, metric = verdict.threshold, verdict.metric
    name = metric_name(threshold.metric)
    change = ", change since the baseline" if threshold.max_regression is not None else ""
    about = [judged_section(verdict).removeprefix("evasion/")]
    if metric is not None and metric.label is not None:
        about.append(metric.label)
    return CheckView(
        status=verdict.status.value,
        word=_WORDS[verdict.status],
        check=verdict.check,
        subject=f"{name.title}{change} · {' · '.join(about)}",
        sentence=_sentence(verdict),
        reason=threshold.reason,
        required=_required(threshold),
        decision=_decision(threshold, metric),
        metric=None if metric is None else metric_view(metric, threshold=threshold),
        advice=advice(verdict),
    )


def _sentence(verdict: Verdict) -> str:
    """Why something was not measured may quote an exception, which may quote a text."""
    text = verdict.explanation
    return mask(text) if verdict.status is VerdictStatus.NOT_MEASURED else text


def judged_section(verdict: Verdict) -> str:
    """The section judged; a threshold on a kind is judged for each of its plug-ins, and only `check` names them."""
    where, found, _ = verdict.check.partition(f"/{verdict.threshold.metric} ")
    return where if found else verdict.threshold.section


def _decision(threshold: Threshold, metric: Metric | None) -> str:
    if threshold.decision != "confident":
        return "judged on its value alone"
    confidence = metric.confidence if metric else threshold.confidence
    return "judged on its interval" if confidence is None else f"judged on its {numbers.level(confidence)} interval"


def _required(threshold: Threshold) -> str:
    show = metric_name(threshold.metric).show
    parts = []
    if threshold.max_regression is not None:
        parts.append(f"at most {show(threshold.max_regression).replace('%', ' points')} worse than the baseline")
    elif threshold.min is not None:
        parts.append(f"at least {show(threshold.min)}")
    elif threshold.max is not None:
        parts.append(f"at most {show(threshold.max)}")
    if threshold.min_n:
        parts.append(f"on {numbers.count(threshold.min_n)} examples or more")
    return ", ".join(parts)
