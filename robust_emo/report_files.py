"""The files that reporters make of a finished audit."""

from collections.abc import Sequence
from pathlib import Path

from robust_emo.plugins import MergingReporter, Reporter
from robust_emo.types import AttackOutcome, AuditReport


def rendered(reporter: Reporter, report: AuditReport, outcomes: Sequence[AttackOutcome], folder: Path) -> bytes:
    """Content for `reporter.filename` in `folder`; merged with the file that is there where the reporter can.

    Raises:
        InputError: the reporter cannot keep what is there.
        OSError: it cannot be read.
    """
    file = folder / reporter.filename
    if isinstance(reporter, MergingReporter) and file.exists():
        return reporter.merge(report, outcomes, file.read_bytes())
    return reporter.render(report, outcomes)
