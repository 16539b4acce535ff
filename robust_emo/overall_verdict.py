"""What all checks and sections of an audit add up to."""

from collections.abc import Iterable
from enum import StrEnum

from robust_emo.types import Section, Verdict, VerdictStatus


class Overall(StrEnum):
    """The verdict on an audit."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_JUDGED = "not-judged"


def overall_verdict(verdicts: Iterable[Verdict], sections: Iterable[Section]) -> Overall:
    """Fail if a check failed; else inconclusive if one is undecided or not measured, or something crashed; else pass.

    A waived check counts as a pass. One errored example is enough to be inconclusive: examples that crash are not a
    random part, and no rate counts them. Without a policy an audit is not judged where nothing crashed.
    """
    statuses = {verdict.status for verdict in verdicts}
    if VerdictStatus.FAIL in statuses:
        return Overall.FAIL
    crashed = any(section.error is not None or section.counts.get("errored", 0) for section in sections)
    if statuses - {VerdictStatus.PASS, VerdictStatus.WAIVED} or crashed:
        return Overall.INCONCLUSIVE
    return Overall.PASS if statuses else Overall.NOT_JUDGED
