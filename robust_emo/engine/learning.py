"""Two halves of the examples for attacks that learn: each half is attacked with what was learnt on the other."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.requests import Query
from robust_emo.engine.scheduler import Job
from robust_emo.plugins import LearningAttack, LearntAttack
from robust_emo.types import Example, Learnt


class Halves:
    """The halves of one run for one attack. Learns on each at most once, when the other is first attacked.

    What is learnt depends on the seed, the attack and all `examples`, whichever of them are attacked and when.

    Args:
        engine: knows the victim.
        attack: what is to learn.
        examples: all of the run.
        seed: of the run.
        goal: what counts as success.
    """

    def __init__(
        self,
        engine: Engine,
        attack: LearningAttack,
        examples: Sequence[Example],
        *,
        seed: int,
        goal: GoalChoice = UNTARGETED,
    ) -> None:
        self._engine = engine
        self._attack = attack
        self._goal = goal
        self._seed = seed
        order = sorted(examples, key=lambda example: example.id)  # the split must not depend on the order of the file
        random.Random(f"{seed}\0{attack.spec.name}\0halves").shuffle(order)
        self._halves = (order[::2], order[1::2])
        self._number = {example.id: number for number, half in enumerate(self._halves) for example in half}
        self._learnt: dict[int, tuple[LearntAttack, int]] = {}

    def split(self, examples: Sequence[Example]) -> list[tuple[LearntAttack, list[Example]]]:
        """Examples of the run beside the attack to run on them, half by half; a half without any is left out.

        Raises:
            Exception: whatever the attack raises while it learns; without what it learns it cannot run at all.
        """
        parts = [[example for example in examples if self._number[example.id] == number] for number in (0, 1)]
        return [(self._learnt_on(1 - number)[0], part) for number, part in enumerate(parts) if part]

    def learnt(self, attacked: Sequence[Example]) -> tuple[Learnt, ...]:
        """What `attacked` were attacked with, by the half it was learnt on.

        Raises:
            Exception: as for :meth:`split`.
        """
        halves = sorted({1 - self._number[example.id] for example in attacked})
        found = []
        for half in halves:
            attack, n = self._learnt_on(half)
            found += [Learnt(half + 1, n, subject, content) for subject, content in attack.learnt()]
        return tuple(found)

    def _learnt_on(self, number: int) -> tuple[LearntAttack, int]:
        """The attack that a half makes, and how many of its examples could be attacked, and so be learnt on."""
        if number not in self._learnt:
            self._learnt[number] = self._learn(number)
        return self._learnt[number]

    def _learn(self, number: int) -> tuple[LearntAttack, int]:
        half, victim = self._halves[number], self._engine.victim
        goals = [self._goal.bind(example, victim.labels, victim.task) for example in half]
        logits = self._engine.scores([example.text for example in half])
        usable = [i for i, (goal, row) in enumerate(zip(goals, logits, strict=True)) if goal.applies(row)]
        seen = [replace(half[i], text=victim.readable(half[i].text)) for i in usable]
        query = Query(max_queries=None, unknown_token=victim.unknown_token)
        rng = random.Random(f"{self._seed}\0{self._attack.spec.name}\0learn\0{1 - number}")
        learning = partial(self._attack.learn, seen, query, goals=[goals[i] for i in usable], rng=rng)
        (finished,) = self._engine.run([Job("learn", learning)])
        if finished.result is None:
            raise finished.error or RuntimeError(f"attack {self._attack.spec.name} learnt nothing")
        return finished.result, len(usable)
