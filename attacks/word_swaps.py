"""One word in the place of another: what stays of the old word, and which words are left alone."""

from collections.abc import Callable, Iterable

from .character_edits import editable_span
from .stop_words import is_stop_word
from .text_edits import in_case_of


def stem_of(word: str) -> str:
    """The word without a leading # (or @)."""
    return word[editable_span(word).start :]


def swapped(word: str, others: Callable[[str], Iterable[str]]) -> list[str]:
    """What may stand for `word`: its substitutes in its case and behind its #, all different from it.

    None for names of users and for function words in lower case.

    Args:
        word: as it stands in the text.
        others: lower-case stem -> substitutes for it, in order.
    """
    stem = stem_of(word)
    if not stem or word.startswith("@") or is_stop_word(word):
        return []
    marker = word[: len(word) - len(stem)]
    found = (marker + in_case_of(stem, other) for other in others(stem.lower()))
    return [new for new in dict.fromkeys(found) if new.lower() != word.lower()]
