"""Which words of a vocabulary the single typos of each of its words are taken for.

A typo that is a word of the vocabulary is taken for that word, any other for the most frequent word that is one edit
away: the rule by which robust encodings (Jones, Jia, Raghunathan & Liang 2020) read a word. The paper's typos keep the
first and the last letter; these may touch every letter.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

_LETTERS = 27  # a to z, and one for whatever else an attacker may type
_FIRST = ord("a")


def reached_by_typos(words: Sequence[str]) -> list[list[int]]:
    """For each word the indices of the words that its typos are taken for, itself included, in ascending order.

    An edit inserts, deletes or replaces one character or exchanges two neighbours.

    Args:
        words: at most :data:`MOST_WORDS` different words of letters from a to z, the most frequent first.
    """
    if not words:
        return []
    bits = len(words).bit_length()
    keys = np.sort(np.concatenate(list(_keys(words, bits))))
    outer, owners = (keys & 1).astype(bool), (keys >> 1 & (1 << bits) - 1).astype(np.int64)
    spellings = keys >> bits + 1
    starts = np.flatnonzero(np.append(True, spellings[1:] != spellings[:-1]))
    taken_for = owners[starts]  # the smallest index is that of the most frequent word
    taken_for[np.searchsorted(spellings[starts], _hashes(words) >> bits + 1)] = np.arange(len(words))
    taken_for = np.repeat(taken_for, np.diff(np.append(starts, len(keys))))
    others = (owners != taken_for) & ~outer
    reached = [[index] for index in range(len(words))]
    for pair in np.unique(owners[others] * len(words) + taken_for[others]).tolist():
        reached[pair // len(words)].append(pair % len(words))
    return [sorted(row) for row in reached]


def _keys(words: Sequence[str], bits: int) -> Iterator[Hashes]:
    """Of all typos: a hash of the spelling in the high bits, the index of the word in `bits`, whether an end changed.

    The hash is the sum of a random number for each letter at its place, so that the hash of a typo is a sum of numbers
    before the edit and of numbers, moved by one, after it.
    """
    high = ~np.uint64((1 << bits + 1) - 1)
    for hashes, owners, outer in _typos(words):
        yield ((hashes & high) | (owners << 1 | outer).astype(np.uint64)).ravel()
    yield (_hashes(words) & high) | (np.arange(len(words)) << 1 | 1).astype(np.uint64)


def _typos(words: Sequence[str]) -> Iterator[tuple[Hashes, Indices, bool]]:
    """Hashes of typos, the indices of their words, and whether the first or last letter is another one."""
    table = _random_table(max(map(len, words)))
    for length, indices in _by_length(words).items():
        codes, places = _codes([words[index] for index in indices]), np.arange(length)
        owners = np.asarray(indices)
        before = _sums(table[places, codes])
        after, moved_up = _sums_from(table[places, codes]), _sums_from(table[places + 1, codes])
        moved_down = _sums_from(table[np.maximum(places - 1, 0), codes])
        for place in range(length + 1):
            inserted = (before[:, place] + moved_up[:, place])[:, None] + table[place]
            yield inserted, owners[:, None], not 0 < place < length
        for place in range(length):
            outer = not 0 < place < length - 1
            yield (before[:, place] + after[:, place + 1])[:, None] + table[place], owners[:, None], outer
            yield before[:, place] + moved_down[:, place + 1], owners, outer
        for place in range(length - 1):
            swapped = table[place, codes[:, place + 1]] + table[place + 1, codes[:, place]]
            yield before[:, place] + swapped + after[:, place + 2], owners, not 0 < place < length - 2


def _hashes(words: Sequence[str]) -> Hashes:
    table = _random_table(max(map(len, words)))
    hashes = np.zeros(len(words), np.uint64)
    for length, indices in _by_length(words).items():
        codes = _codes([words[index] for index in indices])
        hashes[indices] = table[np.arange(length), codes].sum(axis=1, dtype=np.uint64)
    return hashes


def _by_length(words: Sequence[str]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        found[len(word)].append(index)
    return found


def _codes(words: Sequence[str]) -> Indices:
    """(words, letters) of words of one length."""
    letters = np.frombuffer("".join(words).encode("ascii"), np.uint8).astype(np.int64) - _FIRST
    return letters.reshape(len(words), -1)


def _random_table(longest: int) -> Hashes:
    """(places, letters), one place more than the longest word has."""
    return np.random.default_rng(0).integers(1 << 63, size=(longest + 1, _LETTERS), dtype=np.uint64)


def _sums(numbers: Hashes) -> Hashes:
    """Cumulative sums along each row, beginning with 0."""
    return np.pad(np.cumsum(numbers, axis=1, dtype=np.uint64), ((0, 0), (1, 0)))


def _sums_from(numbers: Hashes) -> Hashes:
    """The sum of each row from each place on, 0 after the last."""
    return _sums(numbers[:, ::-1])[:, ::-1]
