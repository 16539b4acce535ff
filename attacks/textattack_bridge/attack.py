"""One recipe of TextAttack as an attack of ours."""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example, Objective
from robust_emo.words import Words

from ..allowance import Allowance
from .needs import Settings, notes, problems
from .recipes import Need, Recipe

SEEDS = 1 << 32


class BridgedAttack:
    """Runs a recipe of TextAttack 0.3.11, unmodified, for one example at a time in a greenlet of its own.

    Its model and its sentence encoder are the engine's; all else is TextAttack's code. The core counts the queries
    that TextAttack counts, the original text among them.

    Args:
        member: name of the recipe, e.g. ``textfooler``.
        recipe: what there is to know about it.
        settings: what the user chose.
    """

    budget = AttackBudget()
    """Each recipe has its own constraints; limits set on top become one more."""

    def __init__(self, *, member: str, recipe: Recipe, settings: Settings) -> None:
        self._recipe = recipe
        self._settings = settings
        self.spec = PluginSpec(
            name=f"textattack:{member}",
            version="1",
            summary=recipe.summary,
            paper=recipe.paper,
            family=recipe.family,
            languages=recipe.languages,
            white_box=recipe.white_box,
            objective=recipe.objective,
        )

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Run the recipe on the text.

        Raises:
            QueryBudgetExhausted: its next call of the model would exceed the budget.
            PrerequisiteError: something the recipe needs is missing.
            Exception: TextAttack's own errors.
        """
        from .building import can_change, for_one_example
        from .goal import PooledGradients, PooledModel
        from .greenlets import Search

        if not can_change(self._built, example.text):
            return None
        wrapper = PooledGradients(goal.target()) if self._recipe.white_box else PooledModel()
        attack = for_one_example(self._built, goal, wrapper, self._limits(example.text, budget))
        label = max(range(len(goal.target())), key=goal.target().__getitem__)
        search = Search(lambda: attack.attack(example.text, label), seed=rng.randrange(SEEDS))
        result = await search.run(query)
        text: str = result.perturbed_text()
        return text

    @cached_property
    def _built(self) -> Any:  # noqa: ANN401 - a TextAttack attack
        from .building import build
        from .goal import PooledModel
        from .sentence_encoder import pooled_embeddings
        from .texts import remember_texts

        remember_texts()
        return build(self._recipe, PooledModel(), pooled_embeddings, self._settings)

    def _limits(self, text: str, budget: AttackBudget) -> Callable[[str], bool] | None:
        limits = (budget.max_words, budget.max_word_share, budget.max_edit_distance)
        if self._recipe.objective is Objective.REDUCE or limits == (None, None, None):
            return None
        return Allowance(Words.of(text), budget).holds

    def problems(self) -> Sequence[str]:
        """What TextAttack or the recipe lacks on this machine."""
        return [f"attack {self.spec.name}: {line}" for line in problems(self._recipe, self._settings)]

    def arguments(self) -> Mapping[str, Any]:
        """The masked language model's directory, for the recipes that use one."""
        return {"masked_lm": self._settings.masked_lm} if Need.MASKED_LM in self._recipe.needs else {}

    def notes(self) -> Sequence[str]:
        """Where the words come from, and which stand-in serves which need."""
        lines = [
            "TextAttack 0.3.11 splits words by its own rule: emoji are no words to it, so it never changes them.",
            *notes(self._recipe, self._settings),
        ]
        if self._recipe.note:
            lines.append(self._recipe.note)
        if self._recipe.white_box:
            lines.append("Words are ranked by gradients with dropout off, one query that TextAttack does not count.")
        return lines
