"""Readings that neither take a negation away nor add one."""

import math
from collections.abc import Iterable, Sequence

from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.reading import Reading

_SHORT = 3  # letters; so short a negation is believed where letters are exchanged, not for others
_FAR = 2  # edits at which a negation is believed where the word ends as one
_ENDINGS = ("nt", "not", "n't")


def faithful(noisy: str, readings: Sequence[Reading], *, known: bool) -> list[Reading]:
    """Those of the readings of a word that can be trusted not to turn its meaning around.

    A word that is nearer to a negation than to other words is a negation or stays as it is. Where both are as near, it
    is one if that is the most likely reading, and stays as it is otherwise. Elsewhere no reading is a negation.

    Args:
        noisy: in small letters, perhaps with a #.
        readings: of it, but for the word itself.
        known: whether it is a word by itself: such words are never made negations.
    """
    letters = sorted(noisy)
    negated = [
        reading
        for reading in readings
        if reading.word.lstrip("#") in NEGATIONS
        and (reading.edits == 0 or len(reading.word) > _SHORT or sorted(reading.word) == letters)
    ]
    others = [reading for reading in readings if reading.word.lstrip("#") not in NEGATIONS]
    if not negated or known:
        return others
    near, far = _fewest_edits(negated), _fewest_edits(others)
    if near > far or (near >= _FAR and not noisy.endswith(_ENDINGS)):
        return others
    swapped = [reading for reading in negated if sorted(reading.word) == letters]
    if swapped or near < far or near == 0:
        return swapped or negated
    likeliest = max(readings, key=lambda reading: reading.noise + reading.log_probability)
    return negated if likeliest in negated else []


def _fewest_edits(readings: Iterable[Reading]) -> float:
    return min((reading.edits for reading in readings), default=math.inf)
