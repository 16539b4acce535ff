"""Verdicts -> exit code."""

from collections.abc import Iterable

from robust_emo.errors import ExitCode
from robust_emo.overall_verdict import Overall, overall_verdict
from robust_emo.types import Section, Verdict

_CODES = {
    Overall.PASS: ExitCode.PASS,
    Overall.NOT_JUDGED: ExitCode.PASS,
    Overall.FAIL: ExitCode.GATE_FAILED,
    Overall.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}


def exit_code(verdicts: Iterable[Verdict], sections: Iterable[Section]) -> ExitCode:
    """1 if a check failed; else 3 if one is undecided or not measured, or something crashed; else 0."""
    return _CODES[overall_verdict(verdicts, sections)]
