"""The sentence on one check: as the audit wrote it in English, made anew from its numbers in other languages."""

import math
from dataclasses import dataclass

from robust_emo.types import Metric, Threshold, Verdict, VerdictStatus
from robust_emo.verdict_text import UNPAIRED, checks_told, examples_told

from . import numbers
from .language import later, say, spoken
from .masking import mask
from .metric_names import metric_name

_ON_INTERVAL = {
    VerdictStatus.PASS: later("The policy asks for {required}: all of the interval meets it, so this check passes."),
    VerdictStatus.FAIL: later("The policy asks for {required}: none of the interval meets it, so this check fails."),
}
_ON_VALUE = {
    VerdictStatus.PASS: later("The policy asks for {required} and judges the value alone, so this check passes."),
    VerdictStatus.FAIL: later("The policy asks for {required} and judges the value alone, so this check fails."),
}
_PROMISE = " <= epsilon"
"""Ends the check of the promise in a privacy ledger, which no policy asks for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was found, and what follows."""

    text: str
    recorded: bool
    """Whether the audit wrote it, in English: see :mod:`~.retelling`."""


def sentence_of(verdict: Verdict) -> Sentence:
    """In the language spoken now, unless only the audit itself knows why it judged so."""
    made = None if spoken() == "en" else _made(verdict)
    if made is not None:
        return Sentence(made, recorded=False)
    text = verdict.explanation
    # Why something was not measured may quote an exception, which may quote a text.
    return Sentence(mask(text) if verdict.status is VerdictStatus.NOT_MEASURED else text, recorded=True)


def required_value(threshold: Threshold) -> str:
    """``at least 50.0%``; empty where nothing is required."""
    show = metric_name(threshold.metric).show
    if threshold.max_regression is not None:
        margin = show(threshold.max_regression)
        if margin.endswith("%"):
            return say("at most {points} points worse than the baseline", points=margin.removesuffix("%"))
        return say("at most {amount} worse than the baseline", amount=margin)
    if threshold.min is not None:
        return say("at least {bound}", bound=show(threshold.min))
    return "" if threshold.max is None else say("at most {bound}", bound=show(threshold.max))


def _made(verdict: Verdict) -> str | None:
    """Two sentences: what was found, what follows. None where the numbers do not tell all."""
    metric, threshold = verdict.metric, verdict.threshold
    if metric is None or threshold.bound is None or (verdict.waiver and verdict.status is not VerdictStatus.WAIVED):
        return None
    if metric.value is None or not math.isfinite(metric.value):
        return say("{metric} was not measured.", metric=_subject(metric))
    if verdict.check.endswith(_PROMISE):
        return _broken_promise(metric, threshold.bound)
    follows = _follows(verdict, metric)
    return None if follows is None else say("{found} {follows}", found=_found(threshold, metric), follows=follows)


def _subject(metric: Metric) -> str:
    title = metric_name(metric.name).title
    return title if metric.label is None else say("{metric} of {label}", metric=title, label=metric.label)


def _found(threshold: Threshold, metric: Metric) -> str:
    show, subject, n = metric_name(metric.name).show, _subject(metric), numbers.count(metric.n)
    value, level = show(metric.value or 0.0), numbers.level(metric.confidence)
    if threshold.decision == "point" or metric.ci_low is None:
        return say("{metric} is {value}, n = {n}.", metric=subject, value=value, n=n)
    if metric.ci_high is None:
        text = later("{metric} is at least {low}, {level} one-sided, n = {n}.")
        return say(text, metric=subject, low=show(metric.ci_low), level=level, n=n)
    text = later("{metric} is {value}, {level} interval {low} to {high}, n = {n}.")
    if metric.method == UNPAIRED:
        text = later("{metric} is {value}, {level} interval {low} to {high}, n = {n}, texts not paired.")
    low, high = show(metric.ci_low), show(metric.ci_high)
    return say(text, metric=subject, value=value, level=level, low=low, high=high, n=n)


def _follows(verdict: Verdict, metric: Metric) -> str | None:
    threshold, status = verdict.threshold, verdict.status
    required = required_value(threshold)
    if status is VerdictStatus.WAIVED:
        return _waived(verdict, required)
    if status is VerdictStatus.NOT_MEASURED:
        return _other_level(threshold)
    if metric.n < threshold.min_n:
        least = numbers.count(threshold.min_n)
        return say("The policy asks for at least {n} examples, so this check is inconclusive.", n=least)
    table = _ON_VALUE if threshold.decision == "point" else _ON_INTERVAL
    if status in table:
        return say(table[status], required=required)
    return _undecided(verdict, metric, required)


def _undecided(verdict: Verdict, metric: Metric, required: str) -> str:
    if metric.ci_low is None:
        text = later("The policy asks for {required}: there is no interval to judge, so this check is inconclusive.")
        return say(text, required=required)
    if checks := checks_told(verdict.explanation):
        text = later(
            "The policy asks for {required}: none of the interval meets it, but one in {checks} checks looks like that "
            "by chance (Holm), so this check is inconclusive."
        )
        return say(text, required=required, checks=checks)
    if needed := examples_told(verdict.explanation):
        text = later(
            "The policy asks for {required}: the interval lies on both sides, so this check is inconclusive; about "
            "{needed} examples would decide it if the value stays the same."
        )
        return say(text, required=required, needed=needed)
    text = later("The policy asks for {required}: the interval lies on both sides, so this check is inconclusive.")
    return say(text, required=required)


def _waived(verdict: Verdict, required: str) -> str | None:
    waiver = verdict.waiver
    if waiver is None:
        return None
    return say(
        "The policy asks for {required}, which is not shown to be met: waived until {expires} by {approver}, for "
        "{owner} to mend: {reason}",
        required=required,
        expires=waiver.expires,
        approver=waiver.approver,
        owner=waiver.owner,
        reason=waiver.reason,
    )


def _broken_promise(metric: Metric, promise: float) -> str:
    shown = metric.value if metric.ci_low is None else metric.ci_low
    return say(
        "The model breaks its privacy promise: an attack shows that ε is at least {shown}, and the ledger promises "
        "{promise}, so this check fails.",
        shown=numbers.general(shown or 0.0),
        promise=numbers.general(promise),
    )


def _other_level(threshold: Threshold) -> str | None:
    if threshold.confidence is None:
        return None
    text = later(
        "The policy asks for an interval at {level}, which cannot be computed from it, so this check is not measured."
    )
    return say(text, level=numbers.level(threshold.confidence))
