"""Words of emotion that gave way to words of none: "sad" to "pathetic", where valence sees no difference."""

from functools import cache

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.wordnet import base_form, synonyms
from robust_emo.validity.alignment import Alignment, Change
from robust_emo.validity.emotion_words import class_of_word


def emotion_exchanged(alignment: Alignment) -> bool:
    """Whether a text whose wording mostly stayed had a word of emotion exchanged for one that is no synonym.

    Never without WordNet, which says what is a synonym. To be asked only where the texts share no emotion.

    Raises:
        PrerequisiteError: WordNet is there but cannot be read.
    """
    return has_wordnet() and mostly_stayed(alignment) and any(_exchanged(change) for change in alignment.changes)


def mostly_stayed(alignment: Alignment) -> bool:
    """Whether at least half of the words of the original still stand."""
    changed = sum(len(change.removed) for change in alignment.changes)
    return 2 * changed <= len(alignment.original)


def _exchanged(change: Change) -> bool:
    words = [_plain(token.key) for token in change.removed]
    others = {_base(_plain(token.key)) for token in change.added}
    lost = [word for word in words if class_of_word(word)]
    return bool(lost and others) and not any(others & _near(word) for word in lost)


def _plain(word: str) -> str:
    return word.lstrip("#@")


@cache
def _base(word: str) -> str:
    return base_form(word) or word


@cache
def _near(word: str) -> frozenset[str]:
    return frozenset(name.lower() for form in {word, _base(word)} for name in synonyms(form))


@cache
def has_wordnet() -> bool:
    """Whether WordNet can be asked."""
    try:
        synonyms("good")
    except PrerequisiteError:
        return False
    return True
