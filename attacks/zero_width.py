"""Characters of no width, the second of the four kinds of imperceptible changes.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search.
"""

import random
from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .invisible import GRAPHEME_JOINER, JOINER, NON_JOINER, ZERO_WIDTH, seams
from .spellings import SpellingAttack


class ZeroWidth(SpellingAttack):
    """Per word one character of no width, at the place where it helps most.

    Any word may be changed, function words too, since no reader is to notice. An emoji and a word of joined letters
    get it at their end.
    """

    spec = PluginSpec(
        name="zero-width",
        version="1",
        summary="characters of no width inside words, unchanged to the eye",
        paper="Boucher 2022",
        family="unicode",
    )
    budget = AttackBudget(max_edit_distance=5)
    """The largest number of injected characters in the paper's experiments."""

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Every character of no width at every place; nothing is random."""
        joining = () if word.isascii() else (NON_JOINER, JOINER, GRAPHEME_JOINER)  # can show beside other scripts
        unseen = [character for character in ZERO_WIDTH if character not in joining]
        places = seams(word, editable_span(word))
        return [word[:place] + character + word[place:] for place in places for character in unseen]

    def notes(self) -> Sequence[str]:
        """What a reader cannot see in the examples, and what a model does not see either."""
        return (
            "The perturbed texts look like the originals on the screen; the difference is in the code points. "
            "Tokenizers such as that of bert-base-uncased drop format characters, so the characters of the paper leave "
            "such a model unmoved; U+2065, which is reserved and not displayed, gets through to it.",
        )
