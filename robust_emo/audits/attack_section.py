"""The section of one attack: its rates, what its successes cost and mean, and its budget curves."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import IntervalOfShare, mean, proportion
from robust_emo.audits.untried import untried_note
from robust_emo.emotions import flip_severity
from robust_emo.plugins import Attack
from robust_emo.statistics import wilson
from robust_emo.statistics.budget_curves import (
    HEADLINE,
    QUERY_LIMITS,
    SHARE_LIMITS,
    WORD_LIMITS,
    BudgetPoint,
    Spent,
    budget_curve,
)
from robust_emo.types import AttackBudget, AttackOutcome, BudgetCurve, CurvePoint, Metric, Objective, Section, Status
from robust_emo.words import Words

ATTEMPTS = (Status.SUCCEEDED, Status.FAILED)
_UNCHECKED = 0.05
"""Share of successes without a verdict on their validity beyond which valid rates are not measured."""


def attack_section(
    attack: Attack,
    outcomes: Sequence[AttackOutcome],
    context: AuditContext,
    seconds: float,
    *,
    interval: IntervalOfShare = wilson,
) -> Section:
    """What one attack did to all examples it was run on.

    Args:
        outcomes: one per attacked example.
        interval: of proportions; another than Wilson's where the run may stop at any time.
    """
    budget = attack.budget.tightened(context.limit)
    reduces = attack.spec.objective is Objective.REDUCE
    return Section(
        kind="evasion",
        plugin=attack.spec.name,
        version=attack.spec.version,
        args=attack_arguments(attack, context),
        metrics=tuple(
            _reduction(outcomes, context.seed, interval) if reduces else _metrics(outcomes, context.seed, interval)
        ),
        error=all_errored(outcomes),
        seconds=seconds,
        notes=(*attack.notes(), *untried_note([[outcome] for outcome in outcomes]), *errored_note(count(outcomes))),
        counts=count(outcomes),
        curves=() if reduces or context.decided else curves(outcomes, budget),
    )


def attack_arguments(attack: Attack, context: AuditContext) -> dict[str, object]:
    """Hyperparameters, budget and goal: enough to run the same again; and which models the arguments named."""
    budget = attack.budget.tightened(context.limit)
    models = {f"{name}_sha256": sha for name, sha in context.models.get(attack.spec.name, {}).items()}
    return {**attack.arguments(), **models, "budget": asdict(budget), "goal": str(context.goal)}


def _metrics(outcomes: Sequence[AttackOutcome], seed: int, interval: IntervalOfShare) -> list[Metric]:
    counts = count(outcomes)
    right, broken = counts["failed"], counts["succeeded"]
    graded = len(outcomes) - counts["errored"]
    return [
        proportion("clean_accuracy_attacked", right + broken, graded, higher_is_better=True, interval=interval),
        proportion("accuracy_under_attack", right, graded, higher_is_better=True, interval=interval),
        within_headline("accuracy_under_attack_3_words", outcomes, interval),
        proportion("attack_success_rate", broken, right + broken, higher_is_better=False, interval=interval),
        *success_metrics(outcomes, seed, interval),
    ]


def success_metrics(
    outcomes: Sequence[AttackOutcome], seed: int, interval: IntervalOfShare, *, queries: Sequence[float] | None = None
) -> list[Metric]:
    """What the successes among the attempts are worth and cost.

    Args:
        queries: per attempt, where an attempt is more than one outcome.
    """
    wins = [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]
    attempts = [outcome for outcome in outcomes if outcome.status in ATTEMPTS]
    checked = [win for win in wins if win.valid is not None]
    invalid = sum(win.valid is False for win in checked)
    judged = len(attempts) if mostly_checked(wins) else 0
    if queries is None:
        queries = [float(o.num_queries) for o in attempts if o.num_queries is not None]
    words = [float(o.words_perturbed) for o in wins if o.words_perturbed is not None]
    severities = [flip_severity(o.label, o.predicted_after or ()) for o in wins]
    return [
        proportion(
            "valid_success_rate",
            len(wins) - invalid if judged else 0,
            judged,
            higher_is_better=False,
            interval=interval,
        ),
        proportion("invalid_share", invalid, len(checked), higher_is_better=None, interval=interval),
        mean("mean_flip_severity", [s for s in severities if s is not None], seed, higher_is_better=False),
        mean("mean_queries", queries, seed),
        mean("mean_words_perturbed", words, seed),
    ]


def mostly_checked(wins: Sequence[AttackOutcome]) -> bool:
    """Whether validity is known of nearly all successes; the few others count as valid, against the model."""
    return sum(win.valid is None for win in wins) <= _UNCHECKED * len(wins)


def within_headline(name: str, outcomes: Sequence[AttackOutcome], interval: IntervalOfShare) -> Metric:
    """Accuracy where only successes that changed at most three words count."""
    graded = [outcome for outcome in outcomes if outcome.status is not Status.ERRORED]
    right = sum(
        outcome.status is Status.FAILED or (outcome.status is Status.SUCCEEDED and not few_words(outcome))
        for outcome in graded
    )
    return proportion(name, right, len(graded), higher_is_better=True, interval=interval)


def few_words(outcome: AttackOutcome, most: int = HEADLINE.max_words or 0) -> bool:
    """Whether a success changed at most that many words."""
    return outcome.words_perturbed is not None and outcome.words_perturbed <= most


def _reduction(outcomes: Sequence[AttackOutcome], seed: int, interval: IntervalOfShare) -> list[Metric]:
    """Of attacks that keep the prediction and take the text away."""
    attempts = [outcome for outcome in outcomes if outcome.status in ATTEMPTS]
    reduced = sum(outcome.status is Status.SUCCEEDED for outcome in attempts)
    queries = [float(o.num_queries) for o in attempts if o.num_queries is not None]
    return [
        proportion("reducible_rate", reduced, len(attempts), higher_is_better=False, interval=interval),
        mean("mean_queries", queries, seed),
    ]


def spent(outcome: AttackOutcome) -> Spent:
    """What the budget curves need to know of an outcome."""
    words = len(Words.of(outcome.original))
    return Spent(outcome.status, words, outcome.words_perturbed, outcome.num_queries)


def curves(outcomes: Sequence[AttackOutcome], budget: AttackBudget) -> tuple[BudgetCurve, ...]:
    """Accuracy against words, share of words and queries, from this one run."""
    costs = [spent(outcome) for outcome in outcomes]
    return tuple(
        curve(unit, field, budget_curve(costs, limits, run=budget))
        for unit, field, limits in (
            ("words", "max_words", WORD_LIMITS),
            ("word_share", "max_word_share", SHARE_LIMITS),
            ("queries", "max_queries", QUERY_LIMITS),
        )
    )


def curve(unit: str, field: str, points: Sequence[BudgetPoint]) -> BudgetCurve:
    """Points as they go into audit.json."""
    return BudgetCurve(
        unit=unit,
        n=max((point.n for point in points), default=0),
        points=tuple(
            CurvePoint(
                budget=float(getattr(point.limit, field)),
                accuracy=point.accuracy,
                ci_low=point.interval.low if point.interval else None,
                ci_high=point.interval.high if point.interval else None,
                upper_bound=point.upper_bound,
            )
            for point in points
        ),
    )


def count(outcomes: Sequence[AttackOutcome]) -> dict[str, int]:
    """Examples by status."""
    return {status.value: sum(outcome.status is status for outcome in outcomes) for status in Status}


def errored_note(counts: Mapping[str, int]) -> tuple[str, ...]:
    """A note where examples errored."""
    errored = counts["errored"]
    if not errored:
        return ()
    what = "1 example errored and is" if errored == 1 else f"{errored} examples errored and are"
    return (f"{what} in no rate; errors are in outcomes.jsonl",)


def all_errored(outcomes: Sequence[AttackOutcome]) -> str | None:
    """The section's error where no example could be attacked at all."""
    if outcomes and all(outcome.status is Status.ERRORED for outcome in outcomes):
        return f"every example errored; the first: {outcomes[0].error}"
    return None
