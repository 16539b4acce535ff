"""Checks that a model may miss for a time, because somebody answers for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from robust_emo.types import Metric, Threshold, Verdict, VerdictStatus, Waiver
from robust_emo.verdict_text import bound_text

_OPEN = (VerdictStatus.FAIL, VerdictStatus.INCONCLUSIVE)
"""What can be waived. What was not measured cannot: nobody knows whether it is worse than the floor."""

_LONGEST = timedelta(days=366)


def waived(
    verdicts: Sequence[Verdict],
    waivers: Sequence[Waiver],
    *,
    model_sha256: str | None = None,
    today: date | None = None,
) -> tuple[Verdict, ...]:
    """The same, failed and undecided checks waived where a waiver holds.

    A waiver of another model leaves a check as it is. One that has expired, or whose floor the value has fallen below,
    makes an undecided check fail: it was let through on conditions that do not hold any more. A waiver of a check that
    there is not is a check that was not measured, so that a slip of the pen lets nothing through.

    Args:
        verdicts: judged.
        waivers: of the policy.
        model_sha256: of the audited model; None where it is not known, which waives nothing.
        today: None: the day of the call (UTC).
    """
    day = today or datetime.now(UTC).date()
    named = Counter(verdict.check for verdict in verdicts)
    by_check = {waiver.check: waiver for waiver in waivers if named[waiver.check] == 1}
    found = [
        _waived(verdict, waiver, model_sha256, day) if (waiver := by_check.get(verdict.check)) else verdict
        for verdict in verdicts
    ]
    return (*found, *(_of_no_check(waiver, named[waiver.check]) for waiver in waivers if named[waiver.check] != 1))


def _waived(verdict: Verdict, waiver: Waiver, model_sha256: str | None, today: date) -> Verdict:
    if verdict.status not in _OPEN:
        return verdict
    metric, threshold = verdict.metric, verdict.threshold
    if metric is None or metric.n < threshold.min_n:
        return _with(verdict, verdict.status, waiver, "too few examples cannot be waived")
    if model_sha256 is None or not model_sha256.startswith(waiver.model_sha):
        return _with(verdict, verdict.status, waiver, "its waiver is for another model, and does not hold")
    if date.fromisoformat(waiver.expires) > today + _LONGEST:
        return _with(verdict, verdict.status, waiver, "its waiver is for longer than a year, and does not hold")
    if date.fromisoformat(waiver.expires) < today:
        return _with(
            verdict, VerdictStatus.FAIL, waiver, f"its waiver expired on {waiver.expires}, so this check fails"
        )
    if not _holds(metric, threshold, waiver.floor):
        text = f"the value is worse than the floor of its waiver ({_floor_text(threshold, waiver.floor)})"
        return _with(verdict, VerdictStatus.FAIL, waiver, f"{text}, so this check fails")
    text = (
        f"waived until {waiver.expires} by {waiver.approver}, for {waiver.owner} to mend: {waiver.reason.rstrip('.')}"
    )
    return _with(verdict, VerdictStatus.WAIVED, waiver, text)


def _holds(metric: Metric, threshold: Threshold, floor: float) -> bool:
    """Of a regression the floor is an amount, as the margin is."""
    if metric.value is None:
        return False
    if threshold.min is None:
        return metric.value <= floor
    return metric.value >= (floor if threshold.max_regression is None else -floor)


def _floor_text(threshold: Threshold, floor: float) -> str:
    if threshold.max_regression is not None:
        return bound_text(replace(threshold, max_regression=floor))
    return bound_text(replace(threshold, min=floor) if threshold.min is not None else replace(threshold, max=floor))


def _with(verdict: Verdict, status: VerdictStatus, waiver: Waiver, text: str) -> Verdict:
    sentence = f"{verdict.explanation} {text[0].upper()}{text[1:]}."
    return replace(verdict, status=status, waiver=waiver, explanation=sentence)


def _of_no_check(waiver: Waiver, checks: int) -> Verdict:
    section, _, metric = waiver.check.split(" ")[0].rpartition("/")
    which = "which this policy does not make of this audit" if not checks else f"and {checks} checks are called so"
    return Verdict(
        check=waiver.check,
        status=VerdictStatus.NOT_MEASURED,
        threshold=Threshold(metric=metric, section=section, reason=waiver.reason),
        metric=None,
        explanation=f"A waiver names the check '{waiver.check}', {which}.",
        waiver=waiver,
    )
