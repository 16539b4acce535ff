"""A text as recognisers read it: plain letters and digits, nothing invisible, and the way back to the original offsets.

Full-width digits, accents, look-alike letters of other alphabets and zero-width characters must not hide a number or
an address (compare Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters").
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from robust_emo.look_alikes import LATIN_OF

BARRIER = "\ue000"
"""Stands for what is already masked: neither a letter, nor a digit, nor a space."""

_FILLERS = "\u115f\u1160\u2065\u3164\u034f\u2800"  # drawn as nothing although they are no control characters
_LEFT_ALONE = "\n\t\r"


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what recognisers read; character i of it comes from `original[places[i]]`."""

    original: str
    text: str
    places: range | tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> "Folded":
        """Fold a text; ASCII without control characters stays as it is."""
        if original.isascii() and original.isprintable():
            return cls(original, original, range(len(original)))
        letters: list[str] = []
        places: list[int] = []
        for place, character in enumerate(original):
            for letter in _plain(character):
                letters.append(letter)
                places.append(place)
        return cls(original, "".join(letters), tuple(places))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a non-empty stretch of `text`; accents of its last letter belong to it."""
        first, last = self.places[start], self.places[end - 1] + 1
        while last < len(self.original) and unicodedata.category(self.original[last]) in ("Mn", "Me"):
            last += 1
        return first, last

    def without(self, spans: Iterable[tuple[int, int]]) -> "Folded":
        """The same with every stretch of `text` in `spans` (in order, apart from each other) as a barrier."""
        text: list[str] = []
        places: list[int] = []
        done = 0
        for start, end in spans:
            text += (self.text[done:start], BARRIER)
            places += (*self.places[done:start], self.places[start])
            done = end
        return Folded(self.original, "".join((*text, self.text[done:])), (*places, *self.places[done:]))


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """The letters that are read where `character` stands; empty for what nobody sees."""
    if character.isascii():
        return character if character.isprintable() or character in _LEFT_ALONE else ""
    if character == BARRIER:
        return "\ufffd"
    if character in _FILLERS or unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me"):
        return ""
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in parts if unicodedata.category(part) not in ("Mn", "Me")) or character
    return "".join(LATIN_OF.get(part, part) for part in bare)
