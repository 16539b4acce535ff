"""Evasion: what is left of the model under attack. One section per attack and one for the worst case of all."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from robust_emo.audits.attack_section import attack_arguments, attack_section, few_words
from robust_emo.audits.context import AuditContext
from robust_emo.audits.diagnosis import diagnose
from robust_emo.audits.metrics import IntervalOfShare
from robust_emo.audits.stopping import LOOK_EVERY, stopping_note
from robust_emo.audits.survivors import survivors_section
from robust_emo.audits.worst_case import (
    ENSEMBLE,
    compare_attacks,
    worst_case_curves,
    worst_case_section,
    worst_outcome,
)
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.grading import described
from robust_emo.engine.learning import Halves
from robust_emo.errors import concerns_the_whole_run
from robust_emo.plugins import Attack, LearningAttack, PluginSpec
from robust_emo.statistics import anytime_interval, wilson
from robust_emo.types import AttackOutcome, Example, Flag, Learnt, Objective, Section, Status

__all__ = ["ENSEMBLE", "Evasion"]


class Evasion:
    """Runs every attack of the audit on the examples drawn for it, graded by the core."""

    spec = PluginSpec(name="evasion", version="2", summary="accuracy under attack, per attack and in the worst case")

    def problems(self) -> Sequence[str]:
        """Nothing of its own; attacks name their own problems."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section per attack, in order, then the worst case of those that ran.

        With `context.decided`, examples come in batches of a random order, and attacking stops as soon as the verdict
        is certain; all proportions then have intervals that hold at every look.
        """
        run = _Run(context)
        sections: list[Section] = []
        for batch in _batches(context):
            run.attack(batch)
            sections = run.sections()
            if context.decided and context.decided(sections):
                break
        return [replace(s, flags=run.flags()) if s.plugin == ENSEMBLE else s for s in sections]


def _batches(context: AuditContext) -> Iterator[Sequence[Example]]:
    if context.decided is None:
        yield context.attacked
        return
    order = list(context.attacked)
    random.Random(f"{context.seed}\0order").shuffle(order)
    for start in range(0, len(order), LOOK_EVERY):
        yield order[start : start + LOOK_EVERY]


def _settles(outcome: AttackOutcome) -> bool:
    """Whether nothing worse can be found for the example: broken, with few words, and not by an invalid text."""
    return outcome.status is Status.SUCCEEDED and few_words(outcome) and outcome.valid is not False


@dataclass
class _Run:
    """The attacks of one audit in progress; what they found is in the journal."""

    context: AuditContext
    seen: set[str] = field(default_factory=set)
    """Ids of the examples attacked so far."""
    crashed: dict[str, str] = field(default_factory=dict)
    """Attacks that cannot run at all, by name, with their error."""
    seconds: dict[str, float] = field(default_factory=dict)
    halves: dict[str, Halves] = field(default_factory=dict)
    """Of attacks that learn, by name: kept over all batches, so that each learns once."""

    @property
    def interval(self) -> IntervalOfShare:
        return wilson if self.context.decided is None else anytime_interval

    @property
    def examples(self) -> list[Example]:
        """Those attacked so far, in data order."""
        return [example for example in self.context.attacked if example.id in self.seen]

    @property
    def ran(self) -> list[Attack]:
        return [attack for attack in self.context.attacks if attack.spec.name not in self.crashed]

    def attack(self, batch: Sequence[Example]) -> None:
        """Run every attack on a batch: each on all of it, or, in an ensemble, on what the ones before have left."""
        self.seen |= {example.id for example in batch}
        for attack in self.context.attacks:
            if attack.spec.name in self.crashed:
                continue
            started = time.perf_counter()
            chosen = batch if self.context.ensemble is None else self._survivors(batch, attack)
            try:
                self._attack(attack, chosen)
            except Exception as error:
                if concerns_the_whole_run(error):
                    raise
                self.crashed[attack.spec.name] = described(error)
            self.seconds[attack.spec.name] = self.seconds.get(attack.spec.name, 0) + time.perf_counter() - started

    def _survivors(self, batch: Sequence[Example], attack: Attack) -> list[Example]:
        """Examples that no earlier attack has broken within the headline's words by a text that may keep the emotion.

        A text that the validity check rejects must not end the search: a later attack may find a valid one.
        """
        earlier = self.ran[: self.ran.index(attack)]

        def survives(example: Example) -> bool:
            outcomes = self._row(example, earlier)
            skipped = any(outcome.status is Status.SKIPPED for outcome in outcomes)
            return not skipped and not any(map(_settles, outcomes))

        return [example for example in batch if survives(example)]

    def _attack(self, attack: Attack, examples: Sequence[Example]) -> None:
        """Examples in the journal are not attacked again."""
        context, name = self.context, attack.spec.name
        waiting = [example for example in examples if context.journal.outcome(name, example.id) is None]
        context.progress.begin(name, len(examples))
        context.progress.advance(len(examples) - len(waiting))
        outcomes = attack_examples(
            context.engine,
            attack,
            waiting,
            seed=context.seed,
            limit=context.limit,
            goal=context.goal,
            validity=context.validity,
            halves=self._halves(attack),
        )
        try:
            for outcome in outcomes:
                context.journal.add(outcome)
                context.progress.advance()
        finally:
            context.progress.end()

    def _halves(self, attack: Attack) -> Halves | None:
        """Of all examples of the run; None for an attack that does not learn."""
        context, name = self.context, attack.spec.name
        if isinstance(attack, LearningAttack) and name not in self.halves:
            made = Halves(context.engine, attack, context.attacked, seed=context.seed, goal=context.goal)
            self.halves[name] = made
        return self.halves.get(name)

    def _learnt(self, attack: Attack) -> tuple[Learnt, ...]:
        """What those examples that the attack saw were attacked with."""
        halves, name = self._halves(attack), attack.spec.name
        seen = [example for example in self.examples if self.context.journal.outcome(name, example.id)]
        return halves.learnt(seen) if halves else ()

    def _row(self, example: Example, attacks: Sequence[Attack]) -> list[AttackOutcome]:
        found = (self.context.journal.outcome(attack.spec.name, example.id) for attack in attacks)
        return [outcome for outcome in found if outcome is not None]

    def _rows(self, attacks: Sequence[Attack]) -> list[list[AttackOutcome]]:
        """Per example that the goal makes sense for, the outcomes of those attacks that ran on it."""
        rows = (self._row(example, attacks) for example in self.examples if self._concerned(example))
        return [row for row in rows if row]

    def _concerned(self, example: Example) -> bool:
        """By its gold labels alone: what is left out must not depend on what the model says."""
        return self.context.goal.concerns(example.labels, self.context.engine.victim.labels)

    def _table(self, attacks: Sequence[Attack]) -> list[list[AttackOutcome | None]]:
        """Per attack the outcomes of the same examples; None where an earlier attack had left it nothing to do."""
        chosen = {row[0].example_id for row in self._rows(attacks)}
        ids = [example.id for example in self.examples if example.id in chosen]
        return [[self.context.journal.outcome(attack.spec.name, i) for i in ids] for attack in attacks]

    def _outcomes(self, attack: Attack) -> list[AttackOutcome]:
        return [outcome for row in self._rows([attack]) for outcome in row]

    def sections(self) -> list[Section]:
        """Everything measured so far."""
        sections = [self._section(attack) for attack in self.context.attacks]
        changing = [attack for attack in self.ran if attack.spec.objective is Objective.CHANGE]
        return [*sections, self._worst_case(changing)] if changing else sections

    def _section(self, attack: Attack) -> Section:
        name, context = attack.spec.name, self.context
        seconds = self.seconds[name]
        if name in self.crashed:
            return Section("evasion", name, attack.spec.version, args={}, error=self.crashed[name], seconds=seconds)
        outcomes = self._outcomes(attack)
        if context.ensemble is None:
            section = attack_section(attack, outcomes, context, seconds, interval=self.interval)
            return replace(section, learnt=self._learnt(attack))
        left = [worst_outcome(row) for row in self._rows(self.ran[: self.ran.index(attack) + 1])]
        section = survivors_section(attack, outcomes, left, context, seconds, interval=self.interval)
        return replace(section, learnt=self._learnt(attack))

    def _worst_case(self, attacks: Sequence[Attack]) -> Section:
        context = self.context
        undisturbed = context.decided is None  # nobody looked at the results in between
        whole = undisturbed and context.ensemble is None
        outcomes = {attack.spec.name: self._outcomes(attack) for attack in attacks}
        names = [attack.spec.name for attack in attacks]
        return worst_case_section(
            self._rows(attacks),
            version=Evasion.spec.version,
            args={
                "attacks": names,
                "ensemble": None if context.ensemble is None else context.ensemble.name,
                "arguments": {attack.spec.name: attack_arguments(attack, context) for attack in attacks},
                "versions": {attack.spec.name: attack.spec.version for attack in attacks},
                "validity": dict(context.validity.arguments()) if context.validity else None,
            },
            seed=context.seed,
            interval=self.interval,
            curves=worst_case_curves(self._table(attacks), context.limit) if undisturbed else (),
            comparisons=compare_attacks(outcomes) if whole else (),
            notes=(*(context.validity.notes() if context.validity else ()), *self._stopped(), *self._left_out()),
        )

    def flags(self) -> tuple[Flag, ...]:
        """Self-diagnosis of the whole run."""
        changing = [attack for attack in self.ran if attack.spec.objective is Objective.CHANGE]
        return diagnose(self.context, self._rows(changing))

    def _stopped(self) -> tuple[str, ...]:
        if self.context.decided is None:
            return ()
        return (stopping_note(len(self.seen), len(self.context.attacked)),)

    def _left_out(self) -> tuple[str, ...]:
        out = sum(not self._concerned(example) for example in self.examples)
        if not out:
            return ()
        goal, are = self.context.goal, "is" if out == 1 else "are"
        return (
            f"{out} of {len(self.examples)} examples {are} in no rate: the goal {goal} makes no sense for their gold "
            "labels",
        )
