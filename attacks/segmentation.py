"""Words of a hashtag written without blanks."""

import re
from functools import cache

from .stop_words import STOP_WORDS
from .word_neighbours import word_neighbours

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d_]+")
_LONGEST = 40  # characters
_SINGLE = frozenset("ai")


def segments(tag: str) -> list[str]:
    """Words of `tag`, the text of a hashtag without its sign; the tag itself where no words are found in it.

    `SoHappy`, `so_happy` and `sohappy` give two words each. Small letters are read as the fewest English words, all of
    them known; among readings of as many words the one with the longest first words wins.
    """
    parts = _PART.findall(tag)
    if len(parts) > 1:
        return parts
    if len(tag) > _LONGEST or not (tag.isascii() and tag.isalpha()):
        return [tag]
    words = _fewest_words(tag.lower())
    if not words:
        return [tag]
    return [word.upper() for word in words] if tag.isupper() else words


def _fewest_words(letters: str) -> list[str]:
    """Readings from the right: `best[i]` reads letters[i:]."""
    known, best = _known(), {len(letters): list[str]()}
    for start in range(len(letters) - 1, -1, -1):
        for end in range(len(letters), start, -1):
            word = letters[start:end]
            if end in best and word in known and (start not in best or len(best[end]) + 1 < len(best[start])):
                best[start] = [word, *best[end]]
    return best.get(0, [])


@cache
def _known() -> frozenset[str]:
    """English words of two letters or more, and a and I."""
    words = (*word_neighbours(), *STOP_WORDS)
    return frozenset(word for word in words if word.isascii() and word.isalpha() and len(word) > 1) | _SINGLE
