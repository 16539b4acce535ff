"""Replacing each word of a text by what stands for it, whatever stands around it."""

from collections.abc import Callable

from robust_emo.defences.letter_case import in_case_of
from robust_emo.defences.noisy_words import noisy_words
from robust_emo.defences.rewriting import Replacement


def word_by_word(text: str, stand_in: Callable[[str], str | None]) -> list[Replacement]:
    """One per word that something else stands for, with the capitals as they were; handles and # stay.

    Args:
        text: any text.
        stand_in: what stands for a word in small letters with typewriter apostrophes; None or the word leaves it.
    """
    found = []
    for word in noisy_words(text):
        if word.text.startswith("@"):
            continue
        start = word.start + word.text.startswith("#")
        written = text[start : word.end]
        small = written.lower().replace("’", "'")
        other = stand_in(small)
        if other is not None and other != small:
            found.append(Replacement(start, word.end, in_case_of(written, other)))
    return found
