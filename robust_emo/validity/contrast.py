"""Additions that take the emotion back: "but now I hate it", "said no one ever", "used to be"."""

from robust_emo.validity.alignment import Alignment, Change
from robust_emo.validity.emotion_words import alike, expressed
from robust_emo.validity.negation import contrasts, negations, times_taken_back
from robust_emo.validity.valence import valence

_POLAR = 0.3  # valence from which an added part is clearly pleasant or unpleasant
_PART = 2  # words that make an addition a statement


def is_taken_back(original: str, read: str, alignment: Alignment) -> bool:
    """Whether what was added to the original turns it round."""
    if times_taken_back(read) > times_taken_back(original):
        return True
    return any(_turns(original, read[change.added[0].start : change.added[-1].end]) for change in _added(alignment))


def _added(alignment: Alignment) -> list[Change]:
    return [change for change in alignment.changes if len(change.added) >= len(change.removed) + _PART]


def _turns(original: str, added: str) -> bool:
    before, now = valence(original), valence(added)
    if before * now < 0 and abs(now) >= _POLAR:
        return True
    if not contrasts(added):
        return False
    first, second = expressed(original), expressed(added)
    other = bool(first and second) and not any(alike(left, right) for left in first for right in second)
    return other or negations(added) > 0
