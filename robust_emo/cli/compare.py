"""`robust-emo compare`: two audits, example by example."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._comparison import comparison_lines, section_lines, written_lines
from robust_emo.cli._options import language_option
from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust_emo.types import AuditComparison, AuditReport, Metric, ModelComparison, Section


@click.command("compare", epilog="Example:  robust-emo compare old_model-audit new_model-audit")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write a page for people."
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(old: str, new: str, html: Path | None, language: str, as_json: bool) -> None:
    """Compare two audits on the examples that both attacked.

    OLD and NEW are output directories of `robust-emo audit`, or audit.json files with outcomes.jsonl beside them. Each
    line is a paired test (McNemar), corrected over its family (Holm): better, worse, or cannot be told. One family is
    of the texts drawn for the attacks in both audits, the other of all texts as written, where answers.jsonl lies
    beside both. The page has also curves, cost, and the examples that were won and lost. Where neither audit attacked,
    as with `robust-emo privacy`, their other numbers stand side by side and are not tested.
    """
    from robust_emo.atomic import write_atomically
    from robust_emo.model_comparison import compare_audits
    from robust_emo.report_files import load_reporter
    from robust_emo.section_pairs import sections_of_both

    reporter = load_reporter("html", language, kind="comparison_reporters") if html else None
    comparison = compare_audits(old, new)
    if html and reporter:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(html, reporter.render(comparison))
    if as_json:
        say(json.dumps(_document(comparison), indent=2))
        return
    lines = [_audit("old", old, comparison.old), _audit("new", new, comparison.new)]
    lines += [f"note: {note}" for note in comparison.notes]
    written = written_lines(comparison.written, comparison.not_written)
    if comparison.attacked:
        lines += [*comparison_lines(comparison.measures), "", *written]
    else:
        lines += [*written, "", *section_lines(sections_of_both(comparison.old, comparison.new))]
    for line in (*lines, *(["", f"Page: {html}"] if html else [])):
        say(printable(line))


def _document(comparison: "AuditComparison") -> "list[dict[str, Any]] | dict[str, Any]":
    """One entry per measure; where nothing was attacked, also what stands side by side."""
    from robust_emo.section_pairs import left_out, metric_pairs, sections_of_both

    if comparison.attacked:
        return [*_measures(comparison.measures, "attacked"), *_measures(comparison.written, "written")]
    pairs = sections_of_both(comparison.old, comparison.new)
    return {
        "notes": list(comparison.notes),
        "measures": _measures(comparison.written, "written"),
        "sections": [
            {
                "section": _name(pair.old),
                "metrics": [{"old": _entry(old), "new": _entry(new)} for old, new in metric_pairs(pair.old, pair.new)],
            }
            for pair in pairs
            if pair.old and pair.new and pair.why_not is None
        ],
        "not_compared": [{"section": _name(section), "why": why} for section, why in left_out(pairs)],
    }


def _measures(family: "Sequence[ModelComparison]", texts: str) -> "list[dict[str, Any]]":
    """One family of tests, with the texts that it is about."""
    return [{"texts": texts, **dataclasses.asdict(measure)} for measure in family]


def _name(section: "Section") -> str:
    return f"{section.kind}/{section.plugin}"


def _entry(metric: "Metric | None") -> "dict[str, Any] | None":
    return dataclasses.asdict(metric) if metric else None


def _audit(name: str, path: str, report: "AuditReport") -> str:
    run = report.run
    return f"{name}: {path}: model {run.model} (sha256 {run.model_sha256[:12]}), {run.cost.started_at}"
