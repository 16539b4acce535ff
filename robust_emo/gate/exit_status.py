"""Verdicts -> exit code."""

from collections.abc import Iterable

from robust_emo.errors import ExitCode
from robust_emo.types import Section, Verdict, VerdictStatus


def exit_code(verdicts: Iterable[Verdict], sections: Iterable[Section]) -> ExitCode:
    """1 if a check failed; else 3 if one is undecided or not measured, or something crashed; else 0.

    A waived check counts as a pass. One errored example is enough for 3: examples that crash are not a random part, and
    no rate counts them.
    """
    statuses = {verdict.status for verdict in verdicts}
    if VerdictStatus.FAIL in statuses:
        return ExitCode.GATE_FAILED
    crashed = any(section.error is not None or section.counts.get("errored", 0) for section in sections)
    if statuses - {VerdictStatus.PASS, VerdictStatus.WAIVED} or crashed:
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS
