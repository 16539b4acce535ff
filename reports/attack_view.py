"""One attack that ran on all examples: before and after, raw and valid successes, what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, Section, Status

from . import numbers
from .attack_summaries import attack_summary
from .charts import Scale
from .invalid_reasons import reasons_text
from .language import say
from .metric_view import MetricView, find, find_view, in_section, metric_view
from .section_view import SectionView, section_view

_PLACED = frozenset(
    {
        "clean_accuracy_attacked",
        "accuracy_under_attack",
        "accuracy_under_attack_3_words",
        "attack_success_rate",
        "valid_success_rate",
        "invalid_share",
        "mean_queries",
        "mean_words_perturbed",
    }
)


@dataclass(frozen=True, slots=True)
class AttackView:
    """One attack."""

    section: SectionView
    """With the metrics that have no place of their own."""
    summary: str
    """What the attack does; empty for one that is not ours."""
    before: str
    """Share right before the attack, among the attacked examples; of all that did not error."""
    before_at: str | None
    under_attack: MetricView
    few_words: MetricView | None
    """Accuracy under attack where at most three words count."""
    success: MetricView
    valid_success: MetricView
    invalid_share: MetricView
    mean_queries: MetricView
    mean_words: MetricView
    tally: str
    """``120 succeeded, 36 failed, 42 skipped (wrong before), 2 errored``."""
    why_invalid: str


def attack_view(section: Section, outcomes: Sequence[AttackOutcome]) -> AttackView:
    """View of a section with `accuracy_under_attack`.

    Args:
        outcomes: of this attack; only the reasons come from them.
    """
    counts = status_counts(section)
    right = counts[Status.SUCCEEDED] + counts[Status.FAILED]
    judged = right + counts[Status.SKIPPED]
    before = find(section.metrics, "clean_accuracy_attacked")
    share = before.value if before else right / judged if judged else None
    few_words = find(section.metrics, "accuracy_under_attack_3_words")
    others = tuple(in_section(metric_view(metric), section) for metric in section.metrics if metric.name not in _PLACED)
    return AttackView(
        section=section_view(section, metrics=others),
        summary=attack_summary(section.plugin),
        before=say("not measured") if share is None else numbers.percent(share),
        before_at=None if share is None else numbers.coordinate(Scale().at(share)),
        under_attack=find_view(section.metrics, "accuracy_under_attack"),
        few_words=metric_view(few_words) if few_words else None,
        success=find_view(section.metrics, "attack_success_rate"),
        valid_success=find_view(section.metrics, "valid_success_rate"),
        invalid_share=find_view(section.metrics, "invalid_share"),
        mean_queries=find_view(section.metrics, "mean_queries"),
        mean_words=in_section(find_view(section.metrics, "mean_words_perturbed"), section),
        tally=tally(counts),
        why_invalid=reasons_text(outcomes),
    )


def status_counts(section: Section) -> dict[Status, int]:
    """Examples by status, 0 where the section does not say."""
    return {status: section.counts.get(status.value, 0) for status in Status}


def tally(counts: Mapping[Status, int]) -> str:
    """The counts in words; empty when there are none."""
    if not any(counts.values()):
        return ""
    return say(
        "{succeeded} succeeded, {failed} failed, {skipped} skipped (wrong before), {errored} errored",
        succeeded=numbers.count(counts[Status.SUCCEEDED]),
        failed=numbers.count(counts[Status.FAILED]),
        skipped=numbers.count(counts[Status.SKIPPED]),
        errored=numbers.count(counts[Status.ERRORED]),
    )
