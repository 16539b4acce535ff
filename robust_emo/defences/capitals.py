"""What the capitals of a written word say: that it is a name, or an abbreviation."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from robust_emo.defences.noisy_words import NoisyWord

_ABBREVIATION = 4  # letters at most
_BEGINNING = re.compile(r"(?:^|[.!?…:\n\"“”(*]|\\n)[^\w#@]*\Z")
_LOOKED_AT = 8  # characters before a word


class Manner(Enum):
    """How a word is written."""

    PLAIN = auto()
    BEGINNING = auto()
    """With a capital that a sentence may have given it."""
    NAME = auto()
    """With a capital in the middle of a sentence."""
    ABBREVIATION = auto()
    """All capitals, and short."""


def manners(text: str, words: Sequence[NoisyWord]) -> list[Manner]:
    """Of each word of a text; capitals say nothing where most words have them.

    Args:
        text: any text.
        words: where its words stand.
    """
    letters = ["".join(filter(str.isalpha, word.text)) for word in words]
    long = [word for word in letters if len(word) > 1]
    shouted = 2 * sum(word.isupper() for word in long) > len(long)
    titled = 2 * sum(word[:1].isupper() for word in long) > len(long)
    found = []
    for word, own in zip(words, letters, strict=True):
        if not shouted and own.isupper() and 1 < len(own) <= _ABBREVIATION:
            found.append(Manner.ABBREVIATION)
        elif shouted or not own[:1].isupper():
            found.append(Manner.PLAIN)
        elif titled or _BEGINNING.search(text[max(0, word.start - _LOOKED_AT) : word.start]):
            found.append(Manner.BEGINNING)
        else:
            found.append(Manner.NAME)
    return found
