"""The first thing a reader sees: the verdict, what it means, and each check of the policy."""

from collections import Counter
from dataclasses import dataclass

from robust_emo.overall_verdict import overall_verdict
from robust_emo.types import AuditReport, Metric, Threshold, Verdict, VerdictStatus
from robust_emo.verdict_text import CHANGE

from . import numbers
from .advice import advice
from .check_sentence import required_value, sentence_of
from .crashes import Crash, crashes
from .language import later, say, say_counted
from .metric_names import metric_name
from .metric_view import MetricView, metric_view
from .retelling import retold_reason
from .visible import shortened

_ORDER = {
    VerdictStatus.FAIL: 0,
    VerdictStatus.INCONCLUSIVE: 1,
    VerdictStatus.NOT_MEASURED: 2,
    VerdictStatus.WAIVED: 3,
    VerdictStatus.PASS: 4,
}
_WORDS = {
    VerdictStatus.FAIL: later("Fail"),
    VerdictStatus.INCONCLUSIVE: later("Inconclusive"),
    VerdictStatus.NOT_MEASURED: later("Not measured"),
    VerdictStatus.WAIVED: later("Waived"),
    VerdictStatus.PASS: later("Pass"),
}
_COUNTED = {
    VerdictStatus.FAIL: later("{n} fail"),
    VerdictStatus.INCONCLUSIVE: later("{n} inconclusive"),
    VerdictStatus.NOT_MEASURED: later("{n} not measured"),
    VerdictStatus.WAIVED: later("{n} waived"),
    VerdictStatus.PASS: later("{n} pass"),
}
_OVERALL = {
    "fail": later("Fail"),
    "inconclusive": later("Inconclusive"),
    "pass": later("Pass"),
    "not-judged": later("Not judged"),
}
_MEANINGS = {
    "fail": later(
        "At least one requirement is not met, and chance alone does not explain it. "
        "By the policy {policy} this model should not ship as it is."
    ),
    "inconclusive": later(
        "No requirement is shown to be broken, but something is undecided: the data are too few, or a part of the "
        "audit did not run. This is not a pass."
    ),
    "pass": later("Every requirement of the policy is met, with the whole interval on the good side of its threshold."),
    "not-judged": later(
        "No policy was given, so nothing was required of the model. The numbers below stand on their own."
    ),
}
_FAILS_UNNAMED = later(
    "At least one requirement is not met, and chance alone does not explain it. "
    "By the policy of this audit this model should not ship as it is."
)
"""Where the name of the policy is not known."""


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
    recorded: bool
    """Whether the audit itself wrote the sentence, in English: see :mod:`~.retelling`."""
    reason: str
    required: str
    """``at least 50.0%``."""
    decision: str
    metric: MetricView | None
    """With the interval that was judged, where one was."""
    interval_note: str
    """``95% interval, clopper-pearson``, or that it was not judged."""
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
    status = overall_verdict(report.verdicts, report.sections).value
    ordered = sorted(report.verdicts, key=lambda verdict: _ORDER[verdict.status])
    checks = [check_view(verdict) for verdict in ordered]
    met = tuple(check for check in checks if check.status == VerdictStatus.PASS.value)
    return VerdictView(
        status=status,
        word=say(_OVERALL[status]),
        meaning=_meaning(status, report),
        tally=_tally(report.verdicts),
        incomplete=incomplete,
        unmet=tuple(check for check in checks if check.status != VerdictStatus.PASS.value),
        met=met,
        met_text=say_counted(len(met), "{n} requirement is met", "{n} requirements are met"),
    )


def _meaning(status: str, report: AuditReport) -> str:
    verdicts = report.verdicts
    if status == "pass" and any(verdict.status is VerdictStatus.WAIVED for verdict in verdicts):
        return say(
            "Some requirements are not met, and somebody answers for them until a named day; all others are met."
        )
    if status == "pass" and any(verdict.threshold.decision == "point" for verdict in verdicts):
        return say("Every requirement of the policy is met; some were judged on the value alone, without its interval.")
    policy = report.run.policy
    if status == "fail" and policy is None:
        return say(_FAILS_UNNAMED)
    return say(_MEANINGS[status], policy=shortened(policy or ""))


def _tally(verdicts: tuple[Verdict, ...]) -> str:
    counted = Counter(verdict.status for verdict in verdicts)
    parts = say(", ").join(say(_COUNTED[status], n=counted[status]) for status in _ORDER if counted[status])
    return say_counted(len(verdicts), "{n} check: {parts}", "{n} checks: {parts}", parts=parts) if parts else ""


def check_view(verdict: Verdict) -> CheckView:
    """View of one check."""
    threshold, metric = verdict.threshold, verdict.metric
    changed = threshold.max_regression is not None
    name = metric_name(f"{threshold.metric}{CHANGE}" if changed else threshold.metric)
    sentence = sentence_of(verdict)
    about = [judged_section(verdict).removeprefix("evasion/")]
    if metric is not None and metric.label is not None:
        about.append(metric.label)
    view = None if metric is None else metric_view(metric, threshold=threshold)
    return CheckView(
        status=verdict.status.value,
        word=say(_WORDS[verdict.status]),
        check=verdict.check,
        subject=f"{name.title} · {' · '.join(about)}",
        sentence=sentence.text,
        recorded=sentence.recorded,
        reason=retold_reason(threshold.reason),
        required=_required(threshold),
        decision=_decision(verdict),
        metric=view,
        interval_note=_interval_note(verdict, view),
        advice=advice(verdict),
    )


def judged_section(verdict: Verdict) -> str:
    """The section judged; a threshold on a kind is judged for each of its plug-ins, and only `check` names them."""
    where, found, _ = verdict.check.partition(f"/{verdict.threshold.metric} ")
    return where if found else verdict.threshold.section


def _judged_interval(verdict: Verdict) -> Metric | None:
    """The metric whose interval decided; None where its value did, or nothing could."""
    threshold, metric = verdict.threshold, verdict.metric
    if threshold.decision != "confident" or verdict.status is VerdictStatus.NOT_MEASURED:
        return None
    return metric if metric is not None and metric.value is not None and metric.n >= threshold.min_n else None


def _decision(verdict: Verdict) -> str:
    threshold, judged = verdict.threshold, _judged_interval(verdict)
    if threshold.decision != "confident":
        return say("judged on its value alone")
    if judged is not None:
        return say("judged on its {level} interval", level=numbers.level(judged.confidence))
    if threshold.confidence is None:
        return say("to be judged on its interval")
    return say("to be judged on its {level} interval", level=numbers.level(threshold.confidence))


def _interval_note(verdict: Verdict, view: MetricView | None) -> str:
    if view is None or not view.interval_note or _judged_interval(verdict) is not None:
        return view.interval_note if view else ""
    return say("{interval}; not what was judged", interval=view.interval_note)


def _required(threshold: Threshold) -> str:
    value, least = required_value(threshold), numbers.count(threshold.min_n)
    if not threshold.min_n:
        return value
    if not value:
        return say("on {n} examples or more", n=least)
    return say("{required}, on {n} examples or more", required=value, n=least)
