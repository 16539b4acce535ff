"""`robust-emo compare`: two audits, example by example."""

import dataclasses
import json
from typing import TYPE_CHECKING

import click

from robust_emo.cli._text import plural, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust_emo.model_comparison import ModelComparison
    from robust_emo.types import AuditReport

_SIGNIFICANT = 0.05


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
    for line in (*_audits((old, reports[0]), (new, reports[1])), *_stopping(reports), *_legend(comparisons), ""):
        say(printable(line))
    width = max(len(comparison.measure) for comparison in comparisons)
    for comparison in comparisons:
        say(printable(f"{comparison.measure:<{width}}  {_line(comparison)}"))


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


def _legend(comparisons: "Sequence[ModelComparison]") -> list[str]:
    texts = max(comparison.result.n for comparison in comparisons)
    return [
        f"On the {plural(texts, 'text', 'texts')} drawn for the attacks in both, clean accuracy too. In percentage "
        "points, new minus old, with 95% intervals.",
        f"p: McNemar's exact test; corrected (Holm) for {plural(len(comparisons), 'line', 'lines')}, which decides.",
    ]


def _line(comparison: "ModelComparison") -> str:
    result = comparison.result
    if result.difference is None or result.ci_low is None or result.ci_high is None or result.p_value is None:
        return "not measured: no example has a result in both"
    # The difference is old minus new; people ask what the new one gained.
    gained, low, high = 0 - result.difference, 0 - result.ci_high, 0 - result.ci_low
    word = "cannot be told" if result.p_value >= _SIGNIFICANT else "better" if gained > 0 else "WORSE"
    return (
        f"{word}: {100 * gained:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}], p = {comparison.raw_p_value:.3g}, "
        f"corrected {result.p_value:.3g}, n = {result.n}; right in the old only {result.only_left}, in the new only "
        f"{result.only_right}"
    )
