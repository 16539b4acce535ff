"""The family `textattack`: every classification recipe by name."""

import os
from collections.abc import Mapping
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import Attack, PluginSpec
from robust_emo.resources.catalogue import MASKED_LM_VARIABLE

from .attack import BridgedAttack
from .needs import Settings
from .recipes import RECIPES, Need


class TextAttackFamily:
    """Attacks called ``textattack:<recipe>``; listing them does not import TextAttack."""

    spec = PluginSpec(
        name="textattack",
        version="1",
        summary="the classification recipes of TextAttack 0.3.11",
        paper="Morris 2020",
    )

    def members(self) -> Mapping[str, str]:
        """What each recipe does, by name."""
        return {name: recipe.summary for name, recipe in RECIPES.items()}

    def make(self, member: str, **arguments: Any) -> Attack:  # noqa: ANN401 - as the protocol has it
        """The recipe as an attack; whether it can run is said by its `problems()`.

        Args:
            member: one of :meth:`members`.
            masked_lm: directory of a masked language model, for the recipes that use one; by default what
                ``$ROBUST_EMO_MASKED_LM`` names.

        Raises:
            InputError: `masked_lm` for a recipe that uses none.
            TypeError: another argument.
        """
        return _made(member, **arguments)


def _made(member: str, *, masked_lm: str | None = None) -> Attack:
    recipe = RECIPES[member]
    if Need.MASKED_LM not in recipe.needs:
        if masked_lm is not None:
            raise InputError(f"attack textattack:{member}: uses no masked language model, so masked_lm is not taken")
        return BridgedAttack(member=member, recipe=recipe, settings=Settings())
    chosen = masked_lm or os.environ.get(MASKED_LM_VARIABLE) or None
    return BridgedAttack(member=member, recipe=recipe, settings=Settings(masked_lm=chosen))
