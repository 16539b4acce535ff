"""Extra characters that are erased again, the last of the four kinds of imperceptible changes.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span, random_letter
from .invisible import seams
from .spellings import SpellingAttack

ERASERS = {"backspace": "\b", "delete": "\x7f"}


class Deletions(SpellingAttack):
    """Per word one extra letter and a control character that erases it, at the place where it helps most.

    Any word may be changed, function words too, since no reader is to notice. An emoji gets it at its end.

    Args:
        eraser: `backspace` (U+0008), as in the paper's experiments, or `delete` (U+007F).

    Raises:
        InputError: another eraser.
    """

    spec = PluginSpec(
        name="deletions",
        version="1",
        summary="extra letters that a backspace erases again, unchanged where control characters are obeyed",
        paper="Boucher 2022",
        family="unicode",
    )
    budget = AttackBudget(max_edit_distance=10)
    """Five injections, the most in the paper's experiments, of two code points each."""

    def __init__(self, *, eraser: str = "backspace") -> None:
        if eraser not in ERASERS:
            raise InputError(f"attack deletions: eraser must be one of {', '.join(ERASERS)}; got '{eraser}'")
        self.eraser = eraser

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """A random letter and its eraser at every place."""
        span, erase = editable_span(word), ERASERS[self.eraser]
        places = [*([] if span.start else [0]), *seams(word, span)]
        letters = ((place, random_letter(word[min(place, len(word) - 1)], rng)) for place in places)
        return [word[:place] + letter + erase + word[place:] for place, letter in letters]

    def arguments(self) -> Mapping[str, Any]:
        """Which control character erases."""
        return {"eraser": self.eraser}

    def notes(self) -> Sequence[str]:
        """Where a reader does see the difference."""
        return (
            "The perturbed texts look like the originals where control characters are obeyed, as in terminals and "
            "some editors; browsers show the extra letters.",
        )
