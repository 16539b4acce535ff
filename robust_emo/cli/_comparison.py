"""Two audits compared, in lines of text."""

from typing import TYPE_CHECKING

from robust_emo.cli._metrics import value_text
from robust_emo.cli._text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from robust_emo.section_pairs import SectionOfBoth
    from robust_emo.types import Metric, ModelComparison, NotTested, Section, SinceBaseline, Verdict


def section_lines(pairs: "Sequence[SectionOfBoth]") -> list[str]:
    """The metrics of sections side by side, and why the other sections do not stand there."""
    from robust_emo.section_pairs import left_out

    lines = []
    for pair in pairs:
        if pair.old and pair.new and pair.why_not is None:
            lines += ["", *_side_by_side(pair.old, pair.new)]
    if lines:
        lines = ["Old beside new, with 95% intervals. These differences were not tested.", *lines, ""]
    rest = [f"{_section_name(section)}: not compared: {why}" for section, why in left_out(pairs)]
    return [*lines, *rest] if rest else lines[:-1]


def _side_by_side(old: "Section", new: "Section") -> list[str]:
    from robust_emo.section_pairs import metric_pairs

    pairs = metric_pairs(old, new)
    names = [_metric_name(before or after) for before, after in pairs]
    width = max(map(len, names), default=0)
    rows = [f"  {name:<{width}}  {_value(before)}  ->  {_value(after)}"
            for name, (before, after) in zip(names, pairs, strict=True)]  # fmt: skip
    return [_section_name(old), *rows]


def _metric_name(metric: "Metric | None") -> str:
    if metric is None:
        return ""
    return metric.name if metric.label is None else f"{metric.name} [{metric.label}]"


def _value(metric: "Metric | None") -> str:
    return "not measured" if metric is None else " ".join(value_text(metric).split())


def _section_name(section: "Section") -> str:
    from robust_emo.verdict_text import section_name

    return section_name(section)


def comparison_lines(comparisons: "Sequence[ModelComparison]") -> list[str]:
    """How to read the lines, an empty one, and one per measure."""
    return [*_legend(comparisons), "", *_measure_lines(comparisons)]


def written_lines(comparisons: "Sequence[ModelComparison]", why_not: "NotTested | None") -> list[str]:
    """Likewise of all texts as written; why there is nothing, where there is not."""
    if why_not is not None:
        return [f"All texts as written: not tested, since {why_not}"]
    texts = max(comparison.result.n for comparison in comparisons)
    return [
        f"On all {plural(texts, 'text', 'texts')} as written that both audits have, corrected (Holm) for "
        f"{_tested(comparisons)} of their own.",
        "",
        *_measure_lines(comparisons),
    ]


def since_lines(since: "SinceBaseline") -> list[str]:
    """What changed since a baseline, as `robust-emo compare` says it."""
    baseline = f"Baseline: model {since.model} (sha256 {since.model_sha256[:12]}), {since.started_at}"
    if since.not_comparable is not None:
        return [baseline, f"Changed since the baseline: not measured: {since.not_comparable}"]
    if not since.measures:
        return [baseline, "Changed since the baseline: nothing could be tested text by text"]
    return [
        baseline,
        "Changed since the baseline, in percentage points, this audit minus the baseline, with 95% intervals. p: "
        "McNemar's exact test; corrected (Holm) over all of attacked texts, or over all of texts as written.",
        *_measure_lines(since.measures),
    ]


def ungated_line(verdicts: "Iterable[Verdict]") -> str:
    """That no check asks what changed since the baseline; empty where one does."""
    if any(verdict.threshold.max_regression is not None for verdict in verdicts):
        return ""
    return "The policy asks nothing about the baseline (no max_regression), so what changed does not count."


def _measure_lines(comparisons: "Sequence[ModelComparison]") -> list[str]:
    width = max(len(comparison.measure) for comparison in comparisons)
    return [f"{comparison.measure:<{width}}  {_line(comparison)}" for comparison in comparisons]


def _legend(comparisons: "Sequence[ModelComparison]") -> list[str]:
    texts = max(comparison.result.n for comparison in comparisons)
    return [
        f"On the {plural(texts, 'text', 'texts')} drawn for the attacks in both, clean accuracy too. In percentage "
        "points, new minus old, with 95% intervals.",
        f"p: McNemar's exact test; corrected (Holm) for {_tested(comparisons)}, which decides.",
    ]


def _tested(comparisons: "Sequence[ModelComparison]") -> str:
    """How many lines were corrected together: those without a text are in no family."""
    return plural(sum(comparison.result.n > 0 for comparison in comparisons), "line", "lines")


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
