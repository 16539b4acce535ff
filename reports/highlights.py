"""What a reader with ten seconds wants to know of the attacks, in Markdown: what is weakest, and what warns of it."""

from collections.abc import Iterator, Sequence

from robust_emo.types import AttackOutcome, AuditReport, Metric

from . import numbers
from .language import say
from .markdown_text import escaped
from .metric_view import metric_view
from .robustness_view import robustness_view
from .weakest_view import Share, WeakestView


def highlights(report: AuditReport, outcomes: Sequence[AttackOutcome]) -> Iterator[str]:
    """One line each: the lowest F1, and the emotion and the attack that lead the robustness part of the page.

    Args:
        report: the audit.
        outcomes: of all its attacks.
    """
    yield from _lowest_f1(report)
    robustness = robustness_view(report, outcomes)
    if robustness is None:
        return
    if robustness.weakest is None:
        yield say("Weakest emotion: {missing}, because no outcomes came with this audit", missing=_missing())
    else:
        yield from _weakest(robustness.weakest)


def _lowest_f1(report: AuditReport) -> Iterator[str]:
    """Not called weakest: attacks tell that, and may tell another."""
    rated = [
        (metric.value, metric)
        for section in report.sections
        if section.kind == "clean" and section.error is None
        for metric in section.metrics
        if metric.name == "f1" and metric.label is not None and metric.value is not None
    ]
    if rated:
        _, worst = min(rated, key=lambda pair: pair[0])
        yield say(
            "Lowest F1 on texts as written: **{emotion}** {measured}",
            emotion=escaped(worst.label or ""),
            measured=_said(worst),
        )


def _weakest(weakest: WeakestView) -> Iterator[str]:
    emotion, attack = weakest.emotion, weakest.attack
    if emotion is None:
        yield say(
            "Weakest emotion: {missing}: no emotion has {few} attacked texts that the model reads right",
            missing=_missing(),
            few=weakest.few,
        )
        return
    if attack is None:
        yield _none_broke(weakest)
        return
    found = {"emotion": _names(emotion, weakest.as_weak), "broken": emotion.broken, "n": emotion.n}
    if weakest.alone:
        yield say(
            "Weakest emotion: cannot be told, only {emotion} has {few} attacked texts or more that the model reads "
            "right; attacks that changed at most three words turned {broken} of its {n} texts wrong ({share})",
            few=weakest.few,
            share=emotion.percent,
            **found,
        )
    else:
        yield say(
            "Weakest emotion: {emotion} (attacks that changed at most three words turned {broken} of its {n} texts "
            "wrong that the model reads right, {share})",
            share=emotion.percent,
            **found,
        )
    said = say(
        "Strongest attack on it: {attack} (turned {broken} of them wrong, {share})",
        attack=_names(attack, weakest.as_strong),
        broken=attack.broken,
        share=attack.percent,
    )
    left = say("each attack met only what the ones before it had left") if weakest.on_leftovers else ""
    yield say("{said}; {more}", said=said, more=left) if left else said


def _none_broke(weakest: WeakestView) -> str:
    if not weakest.smaller:
        return say("Weakest emotion: none, no attack turned a text wrong by changing at most three words")
    return say(
        "Weakest emotion: none of those with {few} attacked texts or more that the model reads right; of emotions with "
        "fewer texts, attacks that changed at most three words turned {n} wrong",
        few=weakest.few,
        n=weakest.smaller,
    )


def _names(share: Share, others: str) -> str:
    """``**joy**``, and with as many ``**joy**, as much as **anger, fear**``."""
    name = f"**{escaped(share.name)}**"
    if not others:
        return name
    return say("{name}, as much as **{others}**", name=name, others=escaped(others))


def _missing() -> str:
    return say(numbers.NOT_MEASURED)


def _said(metric: Metric) -> str:
    view = metric_view(metric)
    title = escaped(view.title)
    return say("({title}: {value}, {interval}, n={n})", title=title, value=view.value, interval=view.interval, n=view.n)
