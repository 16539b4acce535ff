"""`robust-emo compare`: two audits, example by example."""

import dataclasses
import json
from typing import TYPE_CHECKING

import click

from robust_emo.cli._comparison import comparison_lines
from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust_emo.types import AuditReport


@click.command("compare", epilog="Example:  robust-emo compare old_model-audit new_model-audit")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(old: str, new: str, as_json: bool) -> None:
    """Compare two audits on the examples that both attacked.

    OLD and NEW are output directories of `robust-emo audit`, or audit.json files with outcomes.jsonl beside them. Each
    line is a paired test (McNemar), corrected over all lines (Holm): better, worse, or cannot be told. Clean accuracy
    is tested on the same texts as the rest: those drawn for the attacks in both audits.
    """
    from robust_emo.audit_file import read_audit
    from robust_emo.model_comparison import compare_audits

    comparisons = compare_audits(old, new)
    if as_json:
        say(json.dumps([dataclasses.asdict(comparison) for comparison in comparisons], indent=2))
        return
    reports = read_audit(old), read_audit(new)
    for line in (*_audits((old, reports[0]), (new, reports[1])), *_stopping(reports), *comparison_lines(comparisons)):
        say(printable(line))


def _audits(old: "tuple[str, AuditReport]", new: "tuple[str, AuditReport]") -> list[str]:
    """Both models by name, and whether they are one."""
    lines = []
    for name, (path, report) in (("old", old), ("new", new)):
        run = report.run
        lines.append(f"{name}: {path}: model {run.model} (sha256 {run.model_sha256[:12]}), {run.cost.started_at}")
    if old[1] == new[1]:
        return [*lines, "note: both are the same audit: whatever it says, it equals itself"]
    if old[1].run.model_sha256 == new[1].run.model_sha256:
        return [*lines, "note: both audits are of the same model"]
    return lines


def _stopping(reports: "Sequence[AuditReport]") -> list[str]:
    from robust_emo.statistics.sequential import METHOD

    methods = {metric.method for report in reports for section in report.sections for metric in section.metrics}
    if METHOD not in methods:
        return []
    return ["note: with --stop-when-certain the results decide how many texts there are; p and intervals assume not"]
