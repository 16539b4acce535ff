"""Look-alike letters, the first of the four kinds of imperceptible changes.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search.
"""

import random
from collections.abc import Sequence

from robust_emo.look_alikes import look_alikes
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .spellings import SpellingAttack


class Homoglyphs(SpellingAttack):
    """Per word one character of the same shape from another script, wherever it helps most.

    Any word may be changed, function words too, since no reader is to notice. Chinese characters have compatibility
    forms; emoji have no doubles.
    """

    spec = PluginSpec(
        name="homoglyphs",
        version="1",
        summary="look-alike letters of other scripts, unchanged to the eye",
        paper="Boucher 2022",
        family="unicode",
    )
    budget = AttackBudget(max_edit_distance=5)
    """The largest number of changes in the paper's experiments; each is one code point."""

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Every look-alike at every place; nothing is random."""
        return with_look_alike(word)

    def notes(self) -> Sequence[str]:
        """What a reader cannot see in the examples."""
        return (
            "The perturbed texts look like the originals on the screen; the difference is in the code points. "
            "Folding look-alikes (Unicode Technical Standard 39) undoes nearly all of them.",
        )


def with_look_alike(word: str) -> list[str]:
    """`word` with one character exchanged for one of the same shape."""
    return [word[:i] + double + word[i + 1 :] for i in editable_span(word) for double in look_alikes(word[i])]
