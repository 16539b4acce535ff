"""Two audits compared, in lines of text."""

from typing import TYPE_CHECKING

from robust_emo.cli._text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust_emo.model_comparison import ModelComparison

_SIGNIFICANT = 0.05


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
