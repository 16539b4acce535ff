"""Building a recipe as TextAttack does, and one attack of it per example."""

import copy
from collections.abc import Callable
from importlib import import_module
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.errors import PrerequisiteError

from .goal import goal_function_for
from .library import textattack
from .needs import Settings, problems
from .pieces import stop_at_enough_words
from .recipes import Need, Recipe
from .sentence_encoder import Embed, StandInEncoder
from .stand_ins import stand_ins

_REMEMBERED = 1 << 12  # candidates of one example; more would only cost memory while hundreds are attacked at once


def build(recipe: Recipe, wrapper: Any, embed: Embed, settings: Settings) -> Any:  # noqa: ANN401 - TextAttack's types
    """The recipe's attack for `wrapper`, its sentence encoder calling `embed`.

    Raises:
        PrerequisiteError: something it needs is missing.
    """
    if missing := problems(recipe, settings):
        raise PrerequisiteError("; ".join(missing))
    encoder = StandInEncoder(embed)
    builder = getattr(import_module(f"textattack.attack_recipes.{recipe.module}"), recipe.builder)
    with stand_ins(recipe, encoder, settings.masked_lm):
        attack = builder.build(wrapper, **recipe.arguments)
    if Need.MASKED_LM in recipe.needs:
        _bound(attack.transformation)
    if Need.SENTENCE_ENCODER in recipe.needs:
        for constraint in attack.constraints:
            if isinstance(constraint, textattack.constraints.semantics.sentence_encoders.UniversalSentenceEncoder):
                constraint.model = encoder
    return attack


def _bound(transformation: Any) -> None:  # noqa: ANN401
    """Recipes pad to 512 tokens, which a local model may not have room for, and try 8^n ways to spell a word."""
    for part in getattr(transformation, "transformations", [transformation]):
        config = part._language_model.config
        room = config.max_position_embeddings - (2 if config.model_type == "roberta" else 0)
        part.max_length = min(part.max_length, room)
        if getattr(part, "method", None) == "bert-attack":
            stop_at_enough_words(part)


def can_change(built: Any, text: str) -> bool:  # noqa: ANN401
    """Whether the recipe finds a word, or a letter that it has a look-alike for; on other texts TextAttack crashes."""
    attacked = textattack.shared.AttackedText(text)
    if isinstance(built.search_method, textattack.search_methods.DifferentialEvolution):
        search = built.search_method
        return all(low < high for low, high in search.get_bounds_and_precomputed(attacked, search.max_perturbs)[0])
    return bool(attacked.words)


def for_one_example(built: Any, goal: Goal, wrapper: Any, within_budget: Callable[[str], bool] | None) -> Any:  # noqa: ANN401
    """An attack with its own goal function, search method and memory; transformation and constraints are shared.

    Args:
        built: what :func:`build` made.
        goal: of the example.
        wrapper: asks the engine.
        within_budget: whether a text keeps to the limits that the recipe does not know; None for no limits.
    """
    constraints = [*built.pre_transformation_constraints, *built.constraints]
    if within_budget is not None:
        constraints.append(_KeepsToBudget(within_budget))
    attack = textattack.Attack(
        goal_function_for(goal, copy.copy(built.goal_function), wrapper),
        constraints,
        built.transformation,
        copy.copy(built.search_method),
        transformation_cache_size=_REMEMBERED,
        constraint_cache_size=_REMEMBERED,
    )
    attack.clear_cache = _keep_cache
    return attack


def _keep_cache(recursive: bool = True) -> None:
    """TextAttack forgets everything after an example; the constraints' memory is other examples' too."""


class _KeepsToBudget(textattack.constraints.Constraint):  # type: ignore[misc]  # TextAttack has no types
    """A candidate stays within the budget that the user set."""

    def __init__(self, within_budget: Callable[[str], bool]) -> None:
        super().__init__(compare_against_original=True)
        self._within = within_budget

    def call_many(self, transformed_texts: Any, _: object) -> list[Any]:  # noqa: ANN401
        """Whatever made the texts: the inherited one refuses those of searches without a transformation."""
        return [text for text in transformed_texts if self._within(text.text)]

    def __call__(self, transformed_text: Any, _: object) -> bool:  # noqa: ANN401
        """The same for one text."""
        return self._within(transformed_text.text)

    def _check_constraint(self, transformed_text: Any, _: object) -> bool:  # noqa: ANN401
        return self._within(transformed_text.text)
