"""Grading: the core runs an attack on one example, asks the model about the result, and decides what became of it."""

import random
from dataclasses import dataclass, replace
from typing import Protocol

from robust_emo.arrays import FloatArray
from robust_emo.engine.goal import Goal
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.requests import Ask, ExactScoresRequest, Query
from robust_emo.errors import QueryBudgetExhausted
from robust_emo.models.victim import Victim
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget, AttackOutcome, Example, Objective, Status
from robust_emo.words import Words, edit_distance, words_changed

_USED_UP = 0.9
"""Share of the query budget from which on a failed attack counts as cut short."""


def example_rng(seed: int, plugin: str, example_id: str) -> random.Random:
    """The randomness of one example under one attack, the same whoever else is attacked."""
    return random.Random(f"{seed}\0{plugin}\0{example_id}")


class Validity(Protocol):
    """What a validity check says of one success."""

    @property
    def valid(self) -> bool | None:
        """Whether a reader still finds the same emotion; null when that could not be checked."""
        ...

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes; empty unless invalid."""
        ...


class ValidityCheck(Protocol):
    """Judges whether a perturbed text still expresses its emotion, e.g. :mod:`robust_emo.validity`."""

    async def check(self, original: str, perturbed: str, labels: tuple[str, ...], query: Query) -> Validity:
        """Judge one pair; `query` reaches the sentence encoder, together with everybody else's questions."""
        ...


@dataclass(frozen=True, slots=True)
class Grader:
    """Makes one coroutine per example that attacks it and ends in an outcome.

    Statuses rest on fp32 logits, whatever precision the attack searches in.
    """

    victim: Victim
    attack: Attack
    budget: AttackBudget
    seed: int
    choice: GoalChoice = UNTARGETED
    validity: ValidityCheck | None = None

    async def grade(self, example: Example) -> AttackOutcome:
        """Attack `example` unless it is misclassified already, and judge the result.

        Raises:
            Exception: the model crashes on the original text; :meth:`errored` makes an outcome of that.
        """
        goal = self.choice.bind(example, self.victim.labels, self.victim.task)
        before = await _exact(example.text)
        if not goal.applies(before):
            return self._outcome(example, Status.SKIPPED, before, queries=0)
        query = self._query(self.budget.max_queries)
        try:
            text = await self._perturbed(example, query, goal)
            after = None if text is None else await _exact(text)
        except QueryBudgetExhausted:
            return self._failed(example, before, query, out_of_queries=True)
        except Exception as error:
            return self._outcome(example, Status.ERRORED, before, queries=query.used, error=described(error))
        if text is None or after is None or not self._holds(goal, text, after):
            return self._failed(example, before, query, out_of_queries=_nearly_used_up(query))
        won = self._outcome(example, Status.SUCCEEDED, before, queries=query.used, text=text, after=after)
        return await self._validated(won)

    async def _perturbed(self, example: Example, query: Query, goal: Goal) -> str | None:
        """The attack's text when it keeps to the rules, else None.

        The attack sees the part of the text that the model reads; what is cut off stays as it is.
        """
        seen = self.victim.readable(example.text)
        rng = example_rng(self.seed, self.attack.spec.name, example.id)
        text = await self.attack.perturb(replace(example, text=seen), query, goal=goal, budget=self.budget, rng=rng)
        if text is None or text == seen or not text.strip():
            return None
        if self.attack.spec.objective is Objective.REDUCE:
            return text if _is_part(seen, text) else None
        return None if over_budget(seen, text, self.budget) else text + example.text[len(seen) :]

    def _holds(self, goal: Goal, text: str, after: FloatArray) -> bool:
        if self.attack.spec.objective is Objective.REDUCE:
            return len(Words.of(text)) == 1 and not goal.reached(after)
        return goal.reached(after)

    def _failed(self, example: Example, before: FloatArray, query: Query, *, out_of_queries: bool) -> AttackOutcome:
        outcome = self._outcome(example, Status.FAILED, before, queries=query.used)
        return replace(outcome, out_of_queries=out_of_queries)

    async def _validated(self, won: AttackOutcome) -> AttackOutcome:
        """A reduced text is not meant to say anything, so nothing is to be checked there.

        A check that crashes leaves a success what it is, unchecked, with the error beside it.
        """
        if self.validity is None or won.perturbed is None or self.attack.spec.objective is Objective.REDUCE:
            return won
        try:
            found = await self.validity.check(won.original, won.perturbed, won.label, self._query(None))
        except Exception as error:
            return replace(won, error=f"validity not checked: {described(error)}")
        return replace(won, valid=found.valid, invalid_reasons=found.reasons)

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
            error=described(error),
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


async def _exact(text: str) -> FloatArray:
    """Logits (labels,) of one text in fp32; the core's own question, no query of the attack."""
    rows: FloatArray = await Ask(ExactScoresRequest((text,)))
    row: FloatArray = rows[0]
    return row


def _nearly_used_up(query: Query) -> bool:
    """Attacks that see their budget end ask less, so less than all of it is left over."""
    return query.max_queries is not None and query.used >= _USED_UP * query.max_queries


def described(error: Exception) -> str:
    """An error as it stands in an outcome or a section."""
    return f"{type(error).__name__}: {error}"


def over_budget(original: str, perturbed: str, budget: AttackBudget) -> bool:
    """Whether a perturbation breaks the limits on words or edits (queries are metered elsewhere)."""
    if budget.max_edit_distance is not None and edit_distance(original, perturbed) > budget.max_edit_distance:
        return True
    allowed = budget.words_allowed(len(Words.of(original)))
    return allowed is not None and words_changed(original, perturbed) > allowed


def _is_part(original: str, reduced: str) -> bool:
    """Whether the words of `reduced` stand in `original`, in the same order."""
    rest = iter(Words.of(original).words)
    return all(word in rest for word in Words.of(reduced).words)
