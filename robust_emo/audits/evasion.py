"""Evasion: what is left of the model under attack. One section per attack and one for the worst case of all."""

import time
from collections.abc import Sequence
from dataclasses import asdict

from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import mean, proportion
from robust_emo.engine.grading import attack_examples
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
        """One section per attack, in order, then the ensemble when more than one attack ran."""
        sections, outcomes = [], []
        for attack in context.attacks:
            started = time.perf_counter()
            graded = _run_attack(attack, context)
            outcomes.append(graded)
            sections.append(_section(attack, graded, context, time.perf_counter() - started))
        return [*sections, _ensemble(context, outcomes)] if outcomes else sections


def _run_attack(attack: Attack, context: AuditContext) -> list[AttackOutcome]:
    """Outcomes in data order; examples in the journal are not attacked again."""
    name, journal = attack.spec.name, context.journal
    waiting = [example for example in context.attacked if journal.outcome(name, example.id) is None]
    context.progress.begin(name, len(context.attacked))
    context.progress.advance(len(context.attacked) - len(waiting))
    try:
        for outcome in attack_examples(context.engine, attack, waiting, seed=context.seed):
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
        args={**attack.arguments(), "budget": asdict(attack.budget)},
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
    queries = [float(o.num_queries) for o in outcomes if o.status in (Status.SUCCEEDED, Status.FAILED)]
    words = [float(o.words_perturbed) for o in outcomes if o.words_perturbed is not None]
    return [
        proportion("clean_accuracy_attacked", attempted, graded, higher_is_better=True),
        proportion("accuracy_under_attack", right, graded, higher_is_better=True),
        proportion("attack_success_rate", counts["succeeded"], attempted, higher_is_better=False),
        mean("mean_queries", queries, seed),
        mean("mean_words_perturbed", words, seed),
    ]


def _ensemble(context: AuditContext, outcomes: Sequence[Sequence[AttackOutcome]]) -> Section:
    """Worst case: an example counts as right only when it was right before and held under every attack."""
    per_example = list(zip(*outcomes, strict=True))
    usable = [row for row in per_example if all(o.status is not Status.ERRORED for o in row)]
    broken = sum(any(o.status is Status.SUCCEEDED for o in row) for row in usable)
    held = sum(all(o.status is Status.FAILED for o in row) for row in usable)
    counts = {
        "succeeded": broken,
        "failed": held,
        "skipped": len(usable) - broken - held,
        "errored": len(per_example) - len(usable),
    }
    return Section(
        kind="evasion",
        plugin=ENSEMBLE,
        version=Evasion.spec.version,
        args={"attacks": [attack.spec.name for attack in context.attacks]},
        metrics=(
            proportion("clean_accuracy_attacked", broken + held, len(usable), higher_is_better=True),
            proportion("worst_case_accuracy", held, len(usable), higher_is_better=True),
            proportion("accuracy_under_attack", held, len(usable), higher_is_better=True),
            proportion("attack_success_rate", broken, broken + held, higher_is_better=False),
        ),
        error=None if usable else "every example errored under some attack",
        notes=_errored_note(counts),
        counts=counts,
    )


def _counts(outcomes: Sequence[AttackOutcome]) -> dict[str, int]:
    return {status.value: sum(outcome.status is status for outcome in outcomes) for status in Status}


def _errored_note(counts: dict[str, int]) -> tuple[str, ...]:
    errored = counts["errored"]
    return (f"{errored} examples errored and are in no rate; their errors are in outcomes.jsonl",) if errored else ()


def _all_errored(outcomes: Sequence[AttackOutcome]) -> str | None:
    if outcomes and all(outcome.status is Status.ERRORED for outcome in outcomes):
        return f"every example errored; the first: {outcomes[0].error}"
    return None
