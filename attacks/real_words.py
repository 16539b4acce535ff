"""Slips of one letter that make another English word: sad, ad; fun, gun; lost, lot.

What no speller sees: Kukich 1992, "Techniques for Automatically Correcting Words in Text", calls them real-word errors.
Whoever knows that a model corrects spelling turns to these, so a defence is worth what it keeps under them.
"""

import random
from collections.abc import Sequence
from functools import cache

from robust_emo.errors import PrerequisiteError
from robust_emo.models.minilm import minilm_directory
from robust_emo.near_spellings import NearSpellings
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .spellings import SpellingAttack
from .stop_words import is_stop_word

_SHORTEST = 3  # letters of a word that is changed
_MOST = 40  # readings tried per word


class RealWords(SpellingAttack):
    """Each important word becomes a word one edit away, the one that helps most.

    An edit inserts, deletes or replaces a letter or exchanges two neighbours. Words are those of the bundled encoder's
    vocabulary; function words stay, and so do a leading # or @.
    """

    spec = PluginSpec(
        name="real-words",
        version="1",
        summary="slips of one letter that make another English word, which no speller mends",
        paper="Kukich 1992",
        family="characters",
        languages=("en",),
    )
    budget = AttackBudget(max_edit_distance=30)

    def editable(self, word: str) -> bool:
        """Words of three letters or more that are no function words."""
        return bool(word) and word[0] != "@" and not is_stop_word(word.lower()) and bool(self._near(word))

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Words one edit away in the case of `word`; at random where they are too many."""
        near = self._near(word)
        chosen = near if len(near) <= _MOST else sorted(rng.sample(near, _MOST))
        start = editable_span(word).start
        return [word[:start] + _in_case_of(word[start:], other) for other in chosen]

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder's vocabulary."""
        try:
            minilm_directory()
        except PrerequisiteError as missing:
            return (f"attack {self.spec.name}: {missing}",)
        return ()

    def notes(self) -> Sequence[str]:
        """What such a slip does to a reader."""
        return (
            "A slip that makes another word can say something else: read the examples, and the valid rates beside "
            "the raw ones.",
            "Only English words have such slips; texts in other languages are left unchanged and count as withstood.",
        )

    def _near(self, word: str) -> list[str]:
        plain = word[editable_span(word).start :].lower()
        if len(plain) < _SHORTEST or not (plain.isascii() and plain.isalpha()):
            return []
        return [other for other, edits in _words().near(plain, 1) if edits]


@cache
def _words() -> NearSpellings:
    lines = (minilm_directory() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return NearSpellings([line for line in lines if len(line) > 1 and line.isascii() and line.isalpha()])


def _in_case_of(word: str, other: str) -> str:
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
