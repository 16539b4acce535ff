"""Words of a hashtag written without blanks."""

import re
from functools import cache

from robust_emo.word_neighbours import word_neighbours

from .stop_words import STOP_WORDS
from .word_list import word_list

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d_]+")
_LONGEST = 40  # characters
_SHORT = frozenset(  # words of up to three letters that are no function words; most others are parts of longer ones
    word_list("""
awe bad sad mad fun new old big hot ill sick god man men boy guy mom dad kid day job bed car cat dog pet gym tv win
won lie cry die end eye fan fat fit fly get got go let lol omg wtf love one two ten out own pay put ran run sea see
set sex sit sky son sun tea ten top try use war way web wow wet yes yay rip red raw pop pic ex eat ear dry cut cup cop
bus buy boo bit big bet bag art arm age air ago aim act add ask ate
""")
)


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
    if not words or len(words[-1]) == 1:  # no sentence ends in a or I
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
    """English words; the short ones by list."""
    long = (word for word in word_neighbours() if len(word) > 3 and word.isascii() and word.isalpha())
    return frozenset(long) | _SHORT | (STOP_WORDS - frozenset("stdm"))
