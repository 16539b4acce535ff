"""The first sentence about explanations: may they be believed?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import ExplanationFindings, Metric, SanityPoint, Section, Trust

from . import numbers
from .language import later, say, say_counted
from .metric_view import MetricView, find, find_view

SANITY_LIMIT = 0.5
"""Attributions that are more like those of a model that knows nothing do not tell what this one has learnt."""


@dataclass(frozen=True, slots=True)
class TrustView:
    """The answer in one word, in sentences and in figures."""

    answer: str
    tone: str
    """``pass``, ``fail`` or ``inconclusive``."""
    sentence: str
    sanity: str
    shares: tuple[MetricView, ...]
    """Trusted, with caution, unreliable, better than chance: those that were measured."""


def trust_view(section: Section, findings: ExplanationFindings) -> TrustView:
    """Judge by the whole of each interval, as everywhere."""
    trusted, unreliable = (find(section.metrics, name) for name in ("trusted", "unreliable"))
    learnt = _depends_on_learning(section.metrics, findings.sanity)
    answer, tone = later("Some of them: look at the mark of each"), "inconclusive"
    if learnt is False:
        answer, tone = later("No: they hardly depend on what the model has learnt"), "fail"
    elif _above_half(unreliable):
        answer, tone = later("Most of them not"), "fail"
    elif _above_half(trusted) and learnt:
        answer, tone = later("Most of them"), "pass"
    elif trusted is None or trusted.value is None:
        answer = later("Not measured over all texts: look at the mark of each")
    shares = (find_view(section.metrics, name) for name in ("trusted", "caution", "unreliable", "beats_random"))
    return TrustView(
        answer=say(answer),
        tone=tone,
        sentence=_counted(section.metrics) or _shown(findings),
        sanity=say(_SANITY[learnt]),
        shares=tuple(share for share in shares if share.measured),
    )


_SANITY = {
    True: later(
        "The sanity check is passed: with random weights in the model's place the attributions become other ones."
    ),
    False: later(
        "The sanity check has failed: the attributions look much the same with random weights in the model's place, "
        "so they show the text more than the model."
    ),
    None: later(
        "The sanity check is undecided: whether the attributions depend on what the model has learnt is not known."
    ),
}


def _depends_on_learning(metrics: Sequence[Metric], points: Sequence[SanityPoint]) -> bool | None:
    metric = find(metrics, "randomisation_correlation")
    last = max(points, key=lambda point: point.share, default=None)
    ends = (metric.ci_low, metric.ci_high) if metric and metric.value is not None else (None, None)
    if ends == (None, None) and last is not None:
        ends = (last.ci_low, last.ci_high)
    low, high = ends
    if high is not None and high < SANITY_LIMIT:
        return True
    return False if low is not None and low >= SANITY_LIMIT else None


def _above_half(metric: Metric | None) -> bool:
    return metric is not None and metric.ci_low is not None and metric.ci_low > 0.5


def _counted(metrics: Sequence[Metric]) -> str:
    found = [find(metrics, name) for name in ("trusted", "caution", "unreliable")]
    counts = []
    for metric in found:
        if metric is None or metric.value is None:
            return ""
        counts.append(numbers.count(round(metric.value * metric.n)))
    return say_counted(
        max(metric.n for metric in found if metric),
        "Of the heat maps of {n} text, {trusted} may be believed, {caution} only with caution, {unreliable} not.",
        "Of the heat maps of {n} texts, {trusted} may be believed, {caution} only with caution, {unreliable} not.",
        trusted=counts[0],
        caution=counts[1],
        unreliable=counts[2],
    )


def _shown(findings: ExplanationFindings) -> str:
    if not findings.shown:
        return say("No heat map was made.")
    counts = Counter(explanation.trust for explanation in findings.shown)
    return say_counted(
        len(findings.shown),
        "Of the {n} heat map below, which are no random choice, {trusted} may be believed, {caution} only with "
        "caution, {unreliable} not.",
        "Of the {n} heat maps below, which are no random choice, {trusted} may be believed, {caution} only with "
        "caution, {unreliable} not.",
        trusted=numbers.count(counts[Trust.TRUSTED]),
        caution=numbers.count(counts[Trust.CAUTION]),
        unreliable=numbers.count(counts[Trust.UNRELIABLE]),
    )
