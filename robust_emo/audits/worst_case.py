"""The worst case over all attacks of an audit: an example is right only when it withstands every one."""

from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.audits.attack_section import (
    count,
    curve,
    errored_note,
    few_words,
    mostly_checked,
    spent,
    success_metrics,
    within_headline,
)
from robust_emo.audits.metrics import IntervalOfShare, proportion
from robust_emo.audits.untried import untried_note
from robust_emo.statistics.budget_curves import SHARE_LIMITS, WORD_LIMITS, worst_case
from robust_emo.statistics.paired import PairedComparison, compare_all_pairs
from robust_emo.types import AttackBudget, AttackOutcome, AuditReport, BudgetCurve, Comparison, Metric, Section, Status

ENSEMBLE = "ensemble"
Rows = Sequence[Sequence[AttackOutcome]]
"""Per example the outcomes of the attacks that ran on it, in order; at least one."""


def worst_case_arguments(report: AuditReport) -> Mapping[str, Any]:
    """Arguments of the section of the worst case: attacks, goal, budgets and hyperparameters; empty without one."""
    return next((s.args for s in report.sections if s.kind == "evasion" and s.plugin == ENSEMBLE), {})


def worst_case_section(
    rows: Rows,
    *,
    version: str,
    args: Mapping[str, object],
    seed: int,
    interval: IntervalOfShare,
    curves: Sequence[BudgetCurve] = (),
    comparisons: Sequence[Comparison] = (),
    notes: Sequence[str] = (),
) -> Section:
    """The section `evasion/ensemble`.

    Its headline counts a success only when it changed at most three words; on short texts an unlimited attack leaves
    nothing of the text. The unlimited worst case stands beside it.
    """
    worst = [worst_outcome(row) for row in rows]
    counts = count(worst)
    broken, held = counts["succeeded"], counts["failed"]
    known = len(worst) - counts["errored"]
    return Section(
        kind="evasion",
        plugin=ENSEMBLE,
        version=version,
        args=dict(args),
        metrics=(
            proportion("clean_accuracy_attacked", broken + held, known, higher_is_better=True, interval=interval),
            within_headline("worst_case_accuracy_3_words", worst, interval),
            proportion("worst_case_accuracy", held, known, higher_is_better=True, interval=interval),
            valid_worst_case(rows, interval),
            proportion("attack_success_rate", broken, broken + held, higher_is_better=False, interval=interval),
            *success_metrics(worst, seed, interval, queries=_queries(rows)),
        ),
        error=None if known else "every example errored under some attack and fell to none",
        notes=(*notes, *untried_note(rows, "no attack"), *errored_note(counts)),
        counts=counts,
        curves=tuple(curves),
        comparisons=tuple(comparisons),
    )


def worst_outcome(row: Sequence[AttackOutcome]) -> AttackOutcome:
    """What stands for an example: the success that changed fewest words, one that keeps the emotion first.

    One success is enough, and an example that only crashed somewhere cannot be said to have held.
    """
    wins = [outcome for outcome in row if outcome.status is Status.SUCCEEDED]
    if wins:
        return min(wins, key=lambda win: (not few_words(win), win.valid is not True, win.words_perturbed or 0))
    order = (Status.SKIPPED, Status.ERRORED, Status.FAILED)
    return min(row, key=lambda outcome: order.index(outcome.status))


def _queries(rows: Rows) -> list[float]:
    """What all attacks together asked about each example that could be attacked."""
    attempted = [row for row in rows if row[0].status is not Status.SKIPPED]
    return [float(sum(outcome.num_queries or 0 for outcome in row)) for row in attempted]


def valid_worst_case(rows: Rows, interval: IntervalOfShare) -> Metric:
    """Worst case over the successes that the validity check does not reject; of errored examples only those broken."""
    wins = [outcome for row in rows for outcome in row if outcome.status is Status.SUCCEEDED]
    held, known = 0, 0
    for row in rows if mostly_checked(wins) else ():
        broken = any(outcome.status is Status.SUCCEEDED and outcome.valid is not False for outcome in row)
        if broken or not any(outcome.status is Status.ERRORED for outcome in row):
            known += 1
            held += not broken and row[0].status is not Status.SKIPPED
    return proportion("valid_worst_case_accuracy", held, known, higher_is_better=True, interval=interval)


def worst_case_curves(
    by_attack: Sequence[Sequence[AttackOutcome | None]], limit: AttackBudget
) -> tuple[BudgetCurve, ...]:
    """Worst case against words and share of words.

    Args:
        by_attack: per attack one outcome per example, the same examples in the same order; None where it did not run
            because an earlier attack had broken the example.
        limit: set on top of what the attacks allow themselves; points beyond it are not measured. An attack that by
            itself changes few words does so at any point: that is what it is, as in the headline.
    """
    costs = [[spent(outcome) if outcome else None for outcome in outcomes] for outcomes in by_attack]
    return tuple(
        curve(unit, field, [worst_case(costs, point, runs=[limit] * len(costs)) for point in points])
        for unit, field, points in (
            ("words", "max_words", WORD_LIMITS),
            ("word_share", "max_word_share", SHARE_LIMITS),
        )
    )


def compare_attacks(by_attack: Mapping[str, Sequence[AttackOutcome]]) -> tuple[Comparison, ...]:
    """Every pair of attacks on the same examples, by accuracy under attack."""
    held = {name: [holds(outcome) for outcome in outcomes] for name, outcomes in by_attack.items()}
    return tuple(map(compared, compare_all_pairs(held)))


def compared(pair: PairedComparison) -> Comparison:
    """As it goes into audit.json."""
    return Comparison(
        left=pair.first,
        right=pair.second,
        n=pair.counts.n,
        only_left=pair.counts.only_first,
        only_right=pair.counts.only_second,
        difference=pair.difference,
        ci_low=pair.interval.low if pair.interval else None,
        ci_high=pair.interval.high if pair.interval else None,
        p_value=pair.adjusted_p_value if pair.counts.n else None,
    )


def holds(outcome: AttackOutcome) -> bool | None:
    """Whether the example is right under the attack; None where it errored."""
    return None if outcome.status is Status.ERRORED else outcome.status is Status.FAILED
