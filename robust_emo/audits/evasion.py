"""Evasion: what is left of the model under attack. One section per attack and one for the worst case of all."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import mean, proportion
from robust_emo.engine.attacking import attack_examples
from robust_emo.errors import concerns_the_whole_run
from robust_emo.plugins import Attack, PluginSpec
from robust_emo.types import AttackOutcome, Metric, Section, Status

ENSEMBLE = "ensemble"


class Evasion:
    """Runs every attack of the audit on the examples drawn for it, graded by the core."""

    spec = PluginSpec(name="evasion", version="1", summary="accuracy under attack, per attack and in the worst case")

    def problems(self) -> Sequence[str]:
        """Nothing of its own; attacks name their own problems."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section per attack, in order, then the worst case of those that ran."""
        sections: list[Section] = []
        outcomes: dict[str, list[AttackOutcome]] = {}
        for attack in context.attacks:
            started = time.perf_counter()
            try:
                graded = _run_attack(attack, context)
                sections.append(_section(attack, graded, context, time.perf_counter() - started))
            except Exception as error:
                if concerns_the_whole_run(error):
                    raise
                sections.append(_crashed(attack, error, time.perf_counter() - started))
            else:
                outcomes[attack.spec.name] = graded
        return [*sections, _ensemble(outcomes)] if outcomes else sections


def _run_attack(attack: Attack, context: AuditContext) -> list[AttackOutcome]:
    """Outcomes in data order; examples in the journal are not attacked again."""
    name, journal = attack.spec.name, context.journal
    waiting = [example for example in context.attacked if journal.outcome(name, example.id) is None]
    context.progress.begin(name, len(context.attacked))
    context.progress.advance(len(context.attacked) - len(waiting))
    try:
        for outcome in attack_examples(context.engine, attack, waiting, seed=context.seed, limit=context.limit):
            journal.add(outcome)
            context.progress.advance()
    finally:
        context.progress.end()
    return list(journal.outcomes([attack], context.attacked))


def _section(attack: Attack, outcomes: Sequence[AttackOutcome], context: AuditContext, seconds: float) -> Section:
    counts = _counts(outcomes)
    return Section(
        kind="evasion",
        plugin=attack.spec.name,
        version=attack.spec.version,
        args={**attack.arguments(), "budget": asdict(attack.budget.tightened(context.limit))},
        metrics=tuple(_attack_metrics(outcomes, context.seed)),
        error=_all_errored(outcomes),
        seconds=seconds,
        notes=tuple(attack.notes()) + _errored_note(counts),
        counts=counts,
    )


def _attack_metrics(outcomes: Sequence[AttackOutcome], seed: int) -> list[Metric]:
    counts = _counts(outcomes)
    right = counts["failed"]
    graded = len(outcomes) - counts["errored"]
    attempted = counts["failed"] + counts["succeeded"]
    attempts = [outcome for outcome in outcomes if outcome.status in (Status.SUCCEEDED, Status.FAILED)]
    queries = [float(outcome.num_queries) for outcome in attempts if outcome.num_queries is not None]
    words = [float(outcome.words_perturbed) for outcome in attempts if outcome.words_perturbed is not None]
    return [
        proportion("clean_accuracy_attacked", attempted, graded, higher_is_better=True),
        proportion("accuracy_under_attack", right, graded, higher_is_better=True),
        proportion("attack_success_rate", counts["succeeded"], attempted, higher_is_better=False),
        mean("mean_queries", queries, seed),
        mean("mean_words_perturbed", words, seed),
    ]


def _crashed(attack: Attack, error: Exception, seconds: float) -> Section:
    return Section(
        kind="evasion",
        plugin=attack.spec.name,
        version=attack.spec.version,
        args={},
        error=f"{type(error).__name__}: {error}",
        seconds=seconds,
    )


def _ensemble(outcomes: Mapping[str, Sequence[AttackOutcome]]) -> Section:
    """Worst case: an example counts as right only when it was right before and held under every attack."""
    worst = [_worst({outcome.status for outcome in row}) for row in zip(*outcomes.values(), strict=True)]
    counts = {status.value: worst.count(status) for status in Status}
    broken, held = counts["succeeded"], counts["failed"]
    known = len(worst) - counts["errored"]
    return Section(
        kind="evasion",
        plugin=ENSEMBLE,
        version=Evasion.spec.version,
        args={"attacks": list(outcomes)},
        metrics=(
            proportion("clean_accuracy_attacked", broken + held, known, higher_is_better=True),
            proportion("worst_case_accuracy", held, known, higher_is_better=True),
            proportion("accuracy_under_attack", held, known, higher_is_better=True),
            proportion("attack_success_rate", broken, broken + held, higher_is_better=False),
        ),
        error=None if known else "every example errored under some attack and fell to none",
        notes=_errored_note(counts),
        counts=counts,
    )


def _worst(statuses: set[Status]) -> Status:
    """One success is enough, and an example that only crashed somewhere cannot be said to have held."""
    order = (Status.SUCCEEDED, Status.SKIPPED, Status.ERRORED, Status.FAILED)
    return next(status for status in order if status in statuses)


def _counts(outcomes: Sequence[AttackOutcome]) -> dict[str, int]:
    return {status.value: sum(outcome.status is status for outcome in outcomes) for status in Status}


def _errored_note(counts: dict[str, int]) -> tuple[str, ...]:
    errored = counts["errored"]
    return (f"{errored} examples errored and are in no rate; their errors are in outcomes.jsonl",) if errored else ()


def _all_errored(outcomes: Sequence[AttackOutcome]) -> str | None:
    if outcomes and all(outcome.status is Status.ERRORED for outcome in outcomes):
        return f"every example errored; the first: {outcomes[0].error}"
    return None
