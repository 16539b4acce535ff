"""Grading: the core runs an attack on one example, asks the model about the result, and decides what became of it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from robust_emo.arrays import FloatArray
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal import Goal, UntargetedMultiLabel, UntargetedSingleLabel
from robust_emo.engine.requests import Query
from robust_emo.engine.scheduler import Job
from robust_emo.errors import QueryBudgetExhausted
from robust_emo.models.victim import Victim
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget, AttackOutcome, Example, Status, Task
from robust_emo.words import Words, edit_distance, words_changed


def make_goal(example: Example, labels: Sequence[str], task: Task) -> Goal:
    """The untargeted goal for one example: away from its gold labels."""
    if task is Task.MULTI_LABEL:
        return UntargetedMultiLabel([label in example.labels for label in labels])
    return UntargetedSingleLabel(list(labels).index(example.labels[0]), len(labels))


def example_rng(seed: int, plugin: str, example_id: str) -> random.Random:
    """The randomness of one example under one attack, the same whoever else is attacked."""
    return random.Random(f"{seed}\0{plugin}\0{example_id}")


@dataclass(frozen=True, slots=True)
class Grader:
    """Makes one coroutine per example that attacks it and ends in an outcome."""

    victim: Victim
    attack: Attack
    budget: AttackBudget
    seed: int

    async def grade(self, example: Example) -> AttackOutcome:
        """Attack `example` unless it is misclassified already, and judge the result.

        Raises:
            Exception: the model crashes on the original text; :meth:`errored` makes an outcome of that.
        """
        goal = make_goal(example, self.victim.labels, self.victim.task)
        core = self._query(None)  # the core's own questions are not the attack's queries
        before = (await core.scores([example.text]))[0]
        if goal.reached(before):
            return self._outcome(example, Status.SKIPPED, before, queries=0)
        query = self._query(self.budget.max_queries)
        try:
            text = await self._perturbed(example, query, goal)
            after = None if text is None else (await core.scores([text]))[0]
        except Exception as error:
            return self._outcome(example, Status.ERRORED, before, queries=query.used, error=_described(error))
        if text is None or after is None or not goal.reached(after):
            return self._outcome(example, Status.FAILED, before, queries=query.used)
        return self._outcome(example, Status.SUCCEEDED, before, queries=query.used, text=text, after=after)

    async def _perturbed(self, example: Example, query: Query, goal: Goal) -> str | None:
        """The attack's text when it keeps to the rules, else None.

        The attack sees the part of the text that the model reads; what is cut off stays as it is.
        """
        seen = self.victim.readable(example.text)
        rng = example_rng(self.seed, self.attack.spec.name, example.id)
        try:
            text = await self.attack.perturb(replace(example, text=seen), query, goal=goal, budget=self.budget, rng=rng)
        except QueryBudgetExhausted:
            return None
        if text is None or text == seen or not text.strip() or over_budget(seen, text, self.budget):
            return None
        return text + example.text[len(seen) :]

    def errored(self, example: Example, error: Exception) -> AttackOutcome:
        """The outcome of an example that crashed before anything was known of it."""
        return AttackOutcome(
            plugin=self.attack.spec.name,
            example_id=example.id,
            status=Status.ERRORED,
            label=example.labels,
            original=example.text,
            perturbed=None,
            predicted=None,
            predicted_after=None,
            num_queries=None,
            words_perturbed=None,
            error=_described(error),
        )

    def _query(self, most: int | None) -> Query:
        return Query(max_queries=most, unknown_token=self.victim.unknown_token)

    def _outcome(
        self,
        example: Example,
        status: Status,
        before: FloatArray,
        *,
        queries: int,
        text: str | None = None,
        after: FloatArray | None = None,
        error: str | None = None,
    ) -> AttackOutcome:
        return AttackOutcome(
            plugin=self.attack.spec.name,
            example_id=example.id,
            status=status,
            label=example.labels,
            original=example.text,
            perturbed=text,
            predicted=self._labels(before),
            predicted_after=None if after is None else self._labels(after),
            num_queries=queries,
            words_perturbed=None if text is None else words_changed(example.text, text),
            error=error,
        )

    def _labels(self, logits: FloatArray) -> tuple[str, ...]:
        return self.victim.predictions(logits[None])[0].labels


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def over_budget(original: str, perturbed: str, budget: AttackBudget) -> bool:
    """Whether a perturbation breaks the limits on words or edits (queries are metered elsewhere)."""
    if budget.max_edit_distance is not None and edit_distance(original, perturbed) > budget.max_edit_distance:
        return True
    allowed = budget.words_allowed(len(Words.of(original)))
    return allowed is not None and words_changed(original, perturbed) > allowed


def attack_examples(
    engine: Engine, attack: Attack, examples: Iterable[Example], *, seed: int, limit: AttackBudget | None = None
) -> Iterator[AttackOutcome]:
    """Attack examples; yields one outcome each as they end, in no particular order.

    Args:
        limit: tightens the attack's own budget where it is stricter.
    """
    grader = Grader(engine.victim, attack, attack.budget.tightened(limit) if limit else attack.budget, seed)
    by_id = {example.id: example for example in examples}
    for finished in engine.run(Job(example.id, partial(grader.grade, example)) for example in by_id.values()):
        if finished.result is not None:
            yield finished.result
        else:
            error = finished.error or RuntimeError("the attack ended without an outcome")
            yield grader.errored(by_id[finished.key], error)
