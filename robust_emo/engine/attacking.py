"""Running one attack on many examples: the pool, and two halves for attacks that learn."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.grading import Grader, ValidityCheck
from robust_emo.engine.requests import Query
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
    population: Sequence[Example] | None = None,
) -> Iterator[AttackOutcome]:
    """Attack examples; yields one outcome each as they end, in no particular order.

    An attack that learns does so on one half of `population` and attacks the other half with it, and the other way
    round: no example is attacked with what was learnt on itself, and all of them count.

    Args:
        limit: tightens the attack's own budget where it is stricter.
        goal: what counts as success.
        validity: judges successes; None leaves their `valid` null.
        population: all examples of the run, of which `examples` may be a part still missing; by default `examples`.
    """
    budget = attack.budget.tightened(limit) if limit else attack.budget
    grader = Grader(engine.victim, attack, budget, seed, goal, validity)
    if not isinstance(attack, LearningAttack):
        yield from _attack(engine, grader, examples)
        return
    wanted = {example.id for example in examples}
    halves = _halves(population or examples, seed, attack.spec.name)
    for number, (half, other) in enumerate(zip(halves, reversed(halves), strict=True)):
        if chosen := [example for example in half if example.id in wanted]:
            learnt = _learn(engine, attack, grader, other, number)
            yield from _attack(engine, replace(grader, attack=learnt), chosen)


def _attack(engine: Engine, grader: Grader, examples: Sequence[Example]) -> Iterator[AttackOutcome]:
    by_id = {example.id: example for example in examples}
    for finished in engine.run(Job(example.id, partial(grader.grade, example)) for example in by_id.values()):
        if finished.result is not None:
            yield finished.result
        else:
            error = finished.error or RuntimeError("the attack ended without an outcome")
            yield grader.errored(by_id[finished.key], error)


def _halves(examples: Sequence[Example], seed: int, plugin: str) -> tuple[list[Example], list[Example]]:
    order = sorted(examples, key=lambda example: example.id)  # the split must not depend on the order of the file
    random.Random(f"{seed}\0{plugin}\0halves").shuffle(order)
    return order[::2], order[1::2]


def _learn(engine: Engine, attack: LearningAttack, grader: Grader, half: Sequence[Example], number: int) -> Attack:
    """What the attack makes of those examples of one half that it could attack.

    Raises:
        Exception: whatever the attack raises; without what it learns it cannot run at all.
    """
    victim = engine.victim
    goals = [grader.choice.bind(example, victim.labels, victim.task) for example in half]
    logits = engine.scores([example.text for example in half])
    usable = [i for i, (goal, row) in enumerate(zip(goals, logits, strict=True)) if goal.applies(row)]
    seen = [replace(half[i], text=victim.readable(half[i].text)) for i in usable]
    query = Query(max_queries=None, unknown_token=victim.unknown_token)
    rng = random.Random(f"{grader.seed}\0{attack.spec.name}\0learn\0{number}")
    learning = partial(attack.learn, seen, query, goals=[goals[i] for i in usable], rng=rng)
    (finished,) = engine.run([Job("learn", learning)])
    if finished.result is None:
        raise finished.error or RuntimeError(f"attack {attack.spec.name} learnt nothing")
    return finished.result
