"""Where in audit.json a section or a check stands, for results that point there."""

from collections.abc import Iterator
from dataclasses import dataclass

from robust_emo.types import AuditReport

from .json import dump_report


@dataclass(frozen=True, slots=True)
class AuditLines:
    """Line numbers, from 1, in the order of the audit."""

    sections: tuple[int, ...]
    verdicts: tuple[int, ...]


def audit_lines(report: AuditReport) -> AuditLines:
    """Of audit.json as :func:`~robust_emo_reports.json.dump_report` writes it."""
    lines = dump_report(report).decode().split("\n")
    return AuditLines(tuple(_starts(lines, "sections")), tuple(_starts(lines, "verdicts")))


def _starts(lines: list[str], key: str) -> Iterator[int]:
    """Of the objects in a list at the top; no string holds a line break, so indents tell."""
    inside = False
    for number, line in enumerate(lines, 1):
        if not inside:
            inside = line == f'  "{key}": ['
        elif line.startswith("  ]"):
            return
        elif line == "    {":
            yield number
