"""`robust-emo compare`: two audits, example by example."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from robust_emo.cli._comparison import comparison_lines
from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.types import AuditReport


@click.command("compare", epilog="Example:  robust-emo compare old_model-audit new_model-audit")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write a page for people."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(old: str, new: str, html: Path | None, as_json: bool) -> None:
    """Compare two audits on the examples that both attacked.

    OLD and NEW are output directories of `robust-emo audit`, or audit.json files with outcomes.jsonl beside them. Each
    line is a paired test (McNemar), corrected over all lines (Holm): better, worse, or cannot be told. Clean accuracy
    is tested on the same texts as the rest: those drawn for the attacks in both audits. The page has also curves, cost,
    and the examples that were won and lost.
    """
    from robust_emo import plugins
    from robust_emo.atomic import write_atomically
    from robust_emo.model_comparison import compare_audits

    reporter = plugins.load("comparison_reporters", "html") if html else None
    comparison = compare_audits(old, new)
    if html and reporter:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(html, reporter.render(comparison))
    if as_json:
        say(json.dumps([dataclasses.asdict(measure) for measure in comparison.measures], indent=2))
        return
    lines = [_audit("old", old, comparison.old), _audit("new", new, comparison.new)]
    lines += [f"note: {note}" for note in comparison.notes]
    lines += comparison_lines(comparison.measures)
    for line in (*lines, *(["", f"Page: {html}"] if html else [])):
        say(printable(line))


def _audit(name: str, path: str, report: "AuditReport") -> str:
    run = report.run
    return f"{name}: {path}: model {run.model} (sha256 {run.model_sha256[:12]}), {run.cost.started_at}"
