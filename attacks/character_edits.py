"""The four edits of one character that typists make: swap, delete, substitute, insert; and several of them."""

import random
import string
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache

_LONGEST = 64  # characters
_REACH = 8  # code points to either side that count as near


def editable_span(word: str) -> range:
    """Indices of the characters that may change.

    A leading # or @ stays, since it is not spelling; so does what lies behind the first 64 characters, since no word
    is that long and a text without blanks would give thousands of edits.
    """
    return range(1 if word[:1] in ("#", "@") else 0, min(len(word), _LONGEST))


def swaps(word: str, places: Iterable[int]) -> list[str]:
    """The character at each place exchanged with the next one, where they differ."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places if word[i] != word[i + 1]]


def deletions(word: str, places: Iterable[int]) -> list[str]:
    """The word without the character at each place."""
    return [word[:i] + word[i + 1 :] for i in places]


def substitutions(word: str, places: Iterable[int], rng: random.Random) -> list[str]:
    """One random other letter at each place."""
    return [word[:i] + random_letter(word[i], rng) + word[i + 1 :] for i in places]


def insertions(word: str, places: Iterable[int], rng: random.Random) -> list[str]:
    """One random letter before each place."""
    return [word[:i] + random_letter(word[i], rng) + word[i:] for i in places]


def some(places: Sequence[int], count: int, rng: random.Random) -> list[int]:
    """`count` different random places, or all where there are fewer."""
    return rng.sample(places, min(count, len(places)))


def edited_twice(
    singles: Sequence[str], edit_again: Callable[[str], Sequence[str]], count: int, rng: random.Random
) -> list[str]:
    """At most `count` words with two edits: random ones of `singles`, each edited once more.

    A spelling corrector that knows every word at distance one does not mend these.
    """
    once = [word for word in singles if len(editable_span(word)) > 1]
    twice = (edit_again(word) for word in (rng.choice(once) for _ in range(count if once else 0)))
    return [rng.choice(edits) for edits in twice if edits]


def random_letter(like: str, rng: random.Random) -> str:
    """A random letter that could stand beside the character `like`, and is not `like`, in the same case.

    Next to ASCII characters: a to z. In other scripts: a letter at most eight code points away. Alphabets lie
    together in Unicode, Han characters are ordered by radical and strokes and Hangul syllables by their sounds, so
    that a near code point is the next letter, a look-alike or a sound-alike: what a slip would give.
    """
    letters = string.ascii_lowercase if like.isascii() else _near(like) or string.ascii_lowercase
    letter = rng.choice(letters.replace(like.lower(), "") if like.isascii() else letters)
    return letter.upper() if like.isupper() else letter


@cache
def _near(character: str) -> str:
    code, kind = ord(character), unicodedata.category(character)
    around = (chr(c) for c in range(max(0x80, code - _REACH), code + _REACH + 1) if c != code)
    return "".join(c for c in around if c.isalpha() and unicodedata.category(c) == kind)


def is_ideograph(word: str) -> bool:
    """A word of one wide letter: a Han character, a kana or a Hangul syllable."""
    return len(word) == 1 and word.isalpha() and unicodedata.east_asian_width(word) == "W"


def is_symbol(word: str) -> bool:
    """A word without any letter or digit: an emoji."""
    return not any(character.isalnum() for character in word)
