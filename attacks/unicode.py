"""Imperceptible changes: look-alike letters and invisible characters together.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search. Their four kinds of changes one by one are :mod:`.homoglyphs`,
:mod:`.zero_width`, :mod:`.bidi` and :mod:`.deletions`.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .homoglyphs import with_look_alike
from .invisible import invisible, seams
from .spellings import SpellingAttack


class UnicodeTricks(SpellingAttack):
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
        version="2",
        summary="look-alike letters and invisible characters, unchanged to the eye",
        paper="Boucher 2022",
        family="unicode",
    )
    budget = AttackBudget(max_edit_distance=5)
    """The largest number of injected characters in the paper's experiments."""

    def __init__(self, *, homoglyphs: bool = True, invisibles: bool = True) -> None:
        if not homoglyphs and not invisibles:
            raise InputError("attack unicode: homoglyphs and invisibles are both off; switch one on")
        self.homoglyphs = homoglyphs
        self.invisibles = invisibles

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Every look-alike, and each invisible character at one place."""
        edits = with_look_alike(word) if self.homoglyphs else []
        return edits + _with_invisible(word, rng) if self.invisibles else edits

    def arguments(self) -> Mapping[str, Any]:
        """Which kinds of trick are tried."""
        return {"homoglyphs": self.homoglyphs, "invisibles": self.invisibles}

    def notes(self) -> Sequence[str]:
        """What a reader cannot see in the examples."""
        return (
            "The perturbed texts look like the originals on the screen; the difference is in the code points. "
            "A tokenizer that normalises Unicode or drops control characters withstands part of the tricks.",
        )


def _with_invisible(word: str, rng: random.Random) -> list[str]:
    places = seams(word, editable_span(word))
    edits = []
    for character in invisible(word):
        place = rng.choice(places)
        edits.append(word[:place] + character + word[place:])
    return edits
