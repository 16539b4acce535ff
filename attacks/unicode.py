"""Imperceptible changes: look-alike letters and invisible characters.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .character_edits import editable_span
from .greedy import greedy_search
from .look_alikes import invisible, look_alikes


class UnicodeTricks:
    """Per word one look-alike or one invisible character, wherever it helps most; nothing changes to the eye.

    Any word may be changed, function words too, since no reader is to notice. An invisible character goes to one
    random place inside the word, or after a word of one character; a leading # or @ stays in front.

    Args:
        homoglyphs: try look-alike letters (Cyrillic, Greek, Armenian; compatibility forms for Chinese).
        invisibles: try zero-width characters and soft hyphens.

    Raises:
        InputError: both kinds are switched off.
    """

    spec = PluginSpec(
        name="unicode",
        version="1",
        summary="look-alike letters and invisible characters, unchanged to the eye",
        paper="Boucher 2022",
    )
    budget = AttackBudget(max_edit_distance=5)
    """The largest number of injected characters in the paper's experiments."""

    def __init__(self, *, homoglyphs: bool = True, invisibles: bool = True) -> None:
        if not homoglyphs and not invisibles:
            raise InputError("attack unicode: homoglyphs and invisibles are both off; switch one on")
        self.homoglyphs = homoglyphs
        self.invisibles = invisibles

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            edits = _with_look_alike(words[index]) if self.homoglyphs else []
            if self.invisibles:
                edits += _with_invisible(words[index], rng)
            return [words.replace(index, edit) for edit in edits]

        return await greedy_search(
            Words.of(example.text), query, goal=goal, budget=budget, editable=bool, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """Which kinds of trick are tried."""
        return {"homoglyphs": self.homoglyphs, "invisibles": self.invisibles}

    def notes(self) -> Sequence[str]:
        """What a reader cannot see in the examples."""
        return (
            "The perturbed texts look like the originals on the screen; the difference is in the code points. "
            "A tokenizer that normalises Unicode or drops control characters withstands part of the tricks.",
        )


def _with_look_alike(word: str) -> list[str]:
    return [word[:i] + double + word[i + 1 :] for i in editable_span(word) for double in look_alikes(word[i])]


def _with_invisible(word: str, rng: random.Random) -> list[str]:
    places = editable_span(word)[1:] or range(len(word), len(word) + 1)
    edits = []
    for character in invisible(word):
        place = rng.choice(places)
        edits.append(word[:place] + character + word[place:])
    return edits
