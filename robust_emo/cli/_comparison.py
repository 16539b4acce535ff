"""Two audits compared, in lines of text."""

from typing import TYPE_CHECKING

from robust_emo.cli._text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust_emo.types import ModelComparison


def comparison_lines(comparisons: "Sequence[ModelComparison]") -> list[str]:
    """How to read the lines, an empty one, and one per measure."""
    width = max(len(comparison.measure) for comparison in comparisons)
    lines = [f"{comparison.measure:<{width}}  {_line(comparison)}" for comparison in comparisons]
    return [*_legend(comparisons), "", *lines]


def _legend(comparisons: "Sequence[ModelComparison]") -> list[str]:
    texts = max(comparison.result.n for comparison in comparisons)
    return [
        f"On the {plural(texts, 'text', 'texts')} drawn for the attacks in both, clean accuracy too. In percentage "
        "points, new minus old, with 95% intervals.",
        f"p: McNemar's exact test; corrected (Holm) for {plural(len(comparisons), 'line', 'lines')}, which decides.",
    ]


def _line(comparison: "ModelComparison") -> str:
    result, gain = comparison.result, comparison.gain
    if gain is None or result.p_value is None:
        return "not measured: no example has a result in both"
    word = "WORSE" if comparison.change == "worse" else comparison.change.value
    return (
        f"{word}: {100 * gain.value:+.1f} points [{100 * gain.ci_low:+.1f}, {100 * gain.ci_high:+.1f}], "
        f"p = {comparison.raw_p_value:.3g}, corrected {result.p_value:.3g}, n = {result.n}; right in the old only "
        f"{result.only_left}, in the new only {result.only_right}"
    )
