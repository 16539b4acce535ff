"""Running one attack on many examples: the pool, and two halves for attacks that learn."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.grading import Grader, ValidityCheck
from robust_emo.engine.learning import Halves
from robust_emo.engine.scheduler import Job
from robust_emo.plugins import Attack, LearningAttack
from robust_emo.types import AttackBudget, AttackOutcome, Example


def attack_examples(
    engine: Engine,
    attack: Attack,
    examples: Sequence[Example],
    *,
    seed: int,
    limit: AttackBudget | None = None,
    goal: GoalChoice = UNTARGETED,
    validity: ValidityCheck | None = None,
    halves: Halves | None = None,
) -> Iterator[AttackOutcome]:
    """Attack examples; yields one outcome each as they end, in no particular order.

    An attack that learns does so on one half of the examples and attacks the other half with it, and the other way
    round: no example is attacked with what was learnt on itself, and all of them count.

    Args:
        limit: tightens the attack's own budget where it is stricter.
        goal: what counts as success.
        validity: judges successes; None leaves their `valid` null.
        halves: of all examples of the run for an attack that learns, where `examples` are only a part of them.
    """
    budget = attack.budget.tightened(limit) if limit else attack.budget
    grader = Grader(engine.victim, attack, budget, seed, goal, validity)
    if not isinstance(attack, LearningAttack):
        yield from _attack(engine, grader, examples)
        return
    halves = halves or Halves(engine, attack, examples, seed=seed, goal=goal)
    for learnt, chosen in halves.split(examples):
        yield from _attack(engine, replace(grader, attack=learnt), chosen)


def _attack(engine: Engine, grader: Grader, examples: Sequence[Example]) -> Iterator[AttackOutcome]:
    by_id = {example.id: example for example in examples}
    for finished in engine.run(Job(example.id, partial(grader.grade, example)) for example in by_id.values()):
        if finished.result is not None:
            yield finished.result
        else:
            error = finished.error or RuntimeError("the attack ended without an outcome")
            yield grader.errored(by_id[finished.key], error)
