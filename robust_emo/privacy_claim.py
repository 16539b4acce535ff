"""A model that gives away more than its ledger promises fails, whatever the policy: its training has a bug."""

from collections.abc import Sequence

from robust_emo.types import Metric, Section, Threshold, Verdict, VerdictStatus

BROKEN_PROMISE = "privacy_promise_broken"
"""The flag that a section raises."""

_BOUND, _PROMISE = "epsilon_lower_bound", "epsilon"


def broken_promises(sections: Sequence[Section]) -> tuple[Verdict, ...]:
    """A failed check for each section that shows more than was promised; nothing else, since no audit proves a promise.

    A policy cannot ask for this: it would need a passing check, too.
    """
    return tuple(
        _broken(section, flag.detail)
        for section in sections
        for flag in section.flags
        if flag.name == BROKEN_PROMISE and flag.raised
    )


def _broken(section: Section, detail: str) -> Verdict:
    bound, promise = (_metric(section, name) for name in (_BOUND, _PROMISE))
    most = promise.value if promise else None
    return Verdict(
        check=f"{section.kind}/{section.plugin}/{_BOUND} <= {_PROMISE}",
        status=VerdictStatus.FAIL,
        threshold=Threshold(
            metric=_BOUND,
            section=f"{section.kind}/{section.plugin}",
            max=most,
            reason="More leaks than the ledger promises: the training or its accounting is broken.",
        ),
        metric=bound,
        explanation=f"The model breaks its privacy promise: {detail}, so this check fails.",
    )


def _metric(section: Section, name: str) -> Metric | None:
    return next((metric for metric in section.metrics if metric.name == name), None)
