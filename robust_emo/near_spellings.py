"""All words of a list within a few edits of a given one, in microseconds.

The index of SymSpell (Garbe 2012): two words are within k edits only if they have a string in common among those that
deleting at most k letters leaves of each. Here the strings are 64-bit hashes in one sorted array, so that an index of
80,000 words is made in a second and holds 40 MB.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_EDITS = 2
LONGEST = 18
"""Letters; longer words are neither indexed nor looked up."""

Hashes = npt.NDArray[np.uint64]

_SHORT = 4  # letters; shorter words are found at a distance of one only
_PRIME, _OFFSET, _SHIFT = np.uint64(1099511628211), np.uint64(14695981039346656037), np.uint64(29)
_LETTERS: Hashes = np.random.default_rng(0).integers(1, 1 << 63, size=128, dtype=np.uint64)


class NearSpellings:
    """An index of words.

    Args:
        words: ASCII words; those longer than :data:`LONGEST` are left out.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if 0 < len(word) <= LONGEST]
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, word in enumerate(self._words):
            by_length[len(word)].append(index)
        hashes: list[Hashes] = [np.empty(0, np.uint64)]
        owners: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        for length, indices in by_length.items():
            codes = _codes("".join(self._words[index] for index in indices)).reshape(-1, length)
            for kept in itertools.chain(*_remainders(length, MOST_EDITS if length >= _SHORT else 1)):
                hashes.append(_hashes(codes[:, kept]))
                owners.append(np.asarray(indices, dtype=np.int32))
        every = np.concatenate(hashes)
        order = np.argsort(every, kind="stable")
        self._hashes = every[order]
        self._owners = np.concatenate(owners)[order]

    def near(self, word: str, most_edits: int) -> list[tuple[str, int]]:
        """Words at a distance of at most `most_edits` with their distance, in alphabetical order.

        An edit inserts, deletes or replaces a letter or exchanges two neighbours (optimal string alignment).

        Args:
            word: an ASCII word.
            most_edits: 0 to 2.
        """
        length = len(word)
        if not 1 < length <= LONGEST:
            return []
        codes = _codes(word)
        wanted = np.concatenate([_hashes(codes[kept]) for kept in _remainders(length, most_edits)])
        starts, ends = (np.searchsorted(self._hashes, wanted, side).tolist() for side in ("left", "right"))
        spans = [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
        found = sorted({owner for start, end in spans for owner in self._owners[start:end].tolist()})
        if not found:
            return []
        names = [self._words[owner] for owner in found]
        distances = process.cdist([word], names, scorer=OSA.distance, score_cutoff=most_edits)[0].tolist()
        return sorted((name, int(edits)) for name, edits in zip(names, distances, strict=True) if edits <= most_edits)


def _codes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8)


def _hashes(codes: npt.NDArray[np.uint8]) -> Hashes:
    """One hash per row of (n, letters)."""
    hashes = np.full(codes.shape[0], _OFFSET)
    for column in codes.T:
        hashes = (hashes * _PRIME) ^ _LETTERS[column]
        hashes ^= hashes >> _SHIFT
    return hashes


@cache
def _remainders(length: int, deletions: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Indices that stay when 0, 1, ... `deletions` of `length` letters go, one letter staying at least.

    Per number of deletions an array (ways, letters that stay).
    """
    counts = range(length, max(0, length - deletions - 1), -1)
    return tuple(np.asarray(list(itertools.combinations(range(length), count)), np.int64) for count in counts)
