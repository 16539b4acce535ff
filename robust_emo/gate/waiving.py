"""Checks that a model may miss for a time, because somebody answers for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from robust_emo.types import Threshold, Verdict, VerdictStatus, Waiver
from robust_emo.verdict_text import bound_text

_OPEN = (VerdictStatus.FAIL, VerdictStatus.INCONCLUSIVE)
"""What can be waived. What was not measured cannot: nobody knows whether it is worse than the floor."""


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
    by_check = {waiver.check: waiver for waiver in waivers}
    found = [
        _waived(verdict, waiver, model_sha256, day) if (waiver := by_check.get(verdict.check)) else verdict
        for verdict in verdicts
    ]
    known = {verdict.check for verdict in verdicts}
    return (*found, *(_of_nothing(waiver) for waiver in waivers if waiver.check not in known))


def _waived(verdict: Verdict, waiver: Waiver, model_sha256: str | None, today: date) -> Verdict:
    if verdict.status not in _OPEN:
        return verdict
    if model_sha256 is None or not model_sha256.startswith(waiver.model_sha):
        return _with(verdict, verdict.status, waiver, "its waiver is for another model, and does not hold")
    if date.fromisoformat(waiver.expires) < today:
        return _with(
            verdict, VerdictStatus.FAIL, waiver, f"its waiver expired on {waiver.expires}, so this check fails"
        )
    floor = f"the floor of its waiver ({bound_text(_at(verdict.threshold, waiver.floor))})"
    if not _holds(verdict, waiver.floor):
        return _with(verdict, VerdictStatus.FAIL, waiver, f"the value is worse than {floor}, so this check fails")
    text = (
        f"waived until {waiver.expires} by {waiver.approver}, for {waiver.owner} to mend: {waiver.reason.rstrip('.')}"
    )
    return _with(verdict, VerdictStatus.WAIVED, waiver, text)


def _holds(verdict: Verdict, floor: float) -> bool:
    value = verdict.metric.value if verdict.metric else None
    if value is None:
        return False
    return value >= floor if verdict.threshold.min is not None else value <= floor


def _at(threshold: Threshold, bound: float) -> Threshold:
    return replace(threshold, min=bound) if threshold.min is not None else replace(threshold, max=bound)


def _with(verdict: Verdict, status: VerdictStatus, waiver: Waiver, text: str) -> Verdict:
    sentence = f"{verdict.explanation} {text[0].upper()}{text[1:]}."
    return replace(verdict, status=status, waiver=waiver, explanation=sentence)


def _of_nothing(waiver: Waiver) -> Verdict:
    section, _, metric = waiver.check.rpartition("/")
    return Verdict(
        check=waiver.check,
        status=VerdictStatus.NOT_MEASURED,
        threshold=Threshold(metric=metric.split(" ")[0], section=section, reason=waiver.reason),
        metric=None,
        explanation=f"A waiver names the check '{waiver.check}', which this policy does not make of this audit.",
        waiver=waiver,
    )
