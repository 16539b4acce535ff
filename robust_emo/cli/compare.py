"""`robust-emo compare`: two audits, example by example."""

import dataclasses
import json
from typing import TYPE_CHECKING

import click

from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.model_comparison import ModelComparison

_SIGNIFICANT = 0.05


@click.command("compare", epilog="Example:  robust-emo compare old_model-audit new_model-audit")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(old: str, new: str, as_json: bool) -> None:
    """Compare two audits on the examples that both attacked.

    OLD and NEW are output directories of `robust-emo audit`, or audit.json files with outcomes.jsonl beside them. Each
    line is a paired test (McNemar), corrected over all lines (Holm): better, worse, or cannot be told.
    """
    from robust_emo.model_comparison import compare_audits

    comparisons = compare_audits(old, new)
    if as_json:
        say(json.dumps([dataclasses.asdict(comparison) for comparison in comparisons], indent=2))
        return
    say(printable(f"old: {old}"))
    say(printable(f"new: {new}"))
    width = max(len(comparison.measure) for comparison in comparisons)
    for comparison in comparisons:
        say(printable(f"{comparison.measure:<{width}}  {_line(comparison)}"))


def _line(comparison: "ModelComparison") -> str:
    result = comparison.result
    if result.difference is None or result.ci_low is None or result.ci_high is None or result.p_value is None:
        return "not measured: no example has a result in both"
    # The difference is old minus new; people ask what the new one gained.
    gained, low, high = 0 - result.difference, 0 - result.ci_high, 0 - result.ci_low
    word = "cannot be told" if result.p_value >= _SIGNIFICANT else "better" if gained > 0 else "WORSE"
    return (
        f"{word}: {gained:+.1%} [{low:+.1%}, {high:+.1%}], p = {result.p_value:.3g}, n = {result.n}; right in the old "
        f"only {result.only_left}, in the new only {result.only_right}"
    )
