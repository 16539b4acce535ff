"""Duplicate texts: they inflate test figures and membership attacks, so they are counted before both."""

import unicodedata
from collections.abc import Iterable

from robust_emo.types import Example


def fold(text: str) -> str:
    """What two texts must share to be duplicates: the text in Unicode NFC, caseless, white space as one blank."""
    folded = " ".join(text.split()).casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def count_shared(examples: Iterable[Example], others: Iterable[Example]) -> int:
    """How many of `examples` have a text that some of `others` has too."""
    known = {fold(other.text) for other in others}
    return sum(fold(example.text) in known for example in examples)


def count_repeated(examples: Iterable[Example]) -> int:
    """How many of `examples` repeat the text of an earlier one."""
    folded = [fold(example.text) for example in examples]
    return len(folded) - len(set(folded))
