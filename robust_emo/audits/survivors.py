"""The section of one attack of a standard ensemble: it saw only what the attacks before it had left."""

from collections.abc import Sequence

from robust_emo.audits.attack_section import (
    all_errored,
    attack_arguments,
    count,
    errored_note,
    few_words,
    success_metrics,
)
from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import IntervalOfShare, proportion
from robust_emo.audits.untried import untried_note
from robust_emo.plugins import Attack
from robust_emo.types import AttackOutcome, Section, Status

_NOTE = (
    "ran on the examples that no earlier attack of the ensemble had broken within three changed words, by a text that "
    "the validity check does not reject; its success rate speaks of those alone and does not compare with other audits"
)


def survivors_section(
    attack: Attack,
    outcomes: Sequence[AttackOutcome],
    left: Sequence[AttackOutcome],
    context: AuditContext,
    seconds: float,
    *,
    interval: IntervalOfShare,
) -> Section:
    """What one attack added to the worst case.

    Args:
        outcomes: one per example that it saw.
        left: the worst outcome so far of every example of the audit, this attack included.
    """
    counts = count(outcomes)
    attempted = counts["succeeded"] + counts["failed"]
    known = [outcome for outcome in left if outcome.status is not Status.ERRORED]
    held = [outcome for outcome in known if outcome.status is Status.FAILED]
    late = [outcome for outcome in known if outcome.status is Status.SUCCEEDED and not few_words(outcome)]
    return Section(
        kind="evasion",
        plugin=attack.spec.name,
        version=attack.spec.version,
        args=attack_arguments(attack, context),
        metrics=(
            proportion(
                "survivor_success_rate", counts["succeeded"], attempted, higher_is_better=False, interval=interval
            ),
            proportion(
                "accuracy_left_3_words", len(held) + len(late), len(known), higher_is_better=True, interval=interval
            ),
            proportion("accuracy_left", len(held), len(known), higher_is_better=True, interval=interval),
            *success_metrics(outcomes, context.seed, interval),
        ),
        error=all_errored(outcomes),
        seconds=seconds,
        notes=(*attack.notes(), _NOTE, *untried_note([[outcome] for outcome in outcomes]), *errored_note(counts)),
        counts=counts,
    )
