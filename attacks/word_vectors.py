"""Vectors of English words, near where two words may stand for each other: the source of neighbours of the attacks.

The papers use counter-fitted vectors (Mrksic et al. 2016). Where the environment variable ROBUST_EMO_COUNTERFITTED
names them they are used; else those in `resources/word_vectors.npz`, which :mod:`robust_emo_attacks.vector_table` made
out of the bundled sentence encoder and which are shipped so that an attack gives the same result everywhere and
starts at once.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.catalogue import described, find, store

TABLE = "word_vectors.npz"
_BUNDLED = "word vectors made from the bundled all-MiniLM-L6-v2"


class WordVectors:
    """Words and their unit vectors.

    Args:
        words: n lower-case words, all different.
        vectors: (n, dimensions); made unit length here.
        description: how a report names them.
    """

    def __init__(self, words: Sequence[str], vectors: npt.NDArray[np.float32], description: str) -> None:
        self.words = tuple(words)
        self.description = description
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.vectors: npt.NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        self._place = {word: place for place, word in enumerate(self.words)}
        self._nearest: dict[tuple[str, int], tuple[tuple[str, float], ...]] = {}

    def place(self, word: str) -> int | None:
        """Row of a word, None for an unknown one."""
        return self._place.get(word.lower())

    def cosine(self, left: str, right: str) -> float | None:
        """Cosine of two words in [-1, 1]; None when one is unknown."""
        first, second = self.place(left), self.place(right)
        if first is None or second is None:
            return None
        return float(self.vectors[first] @ self.vectors[second])

    def neighbours(self, word: str, count: int) -> tuple[tuple[str, float], ...]:
        """The `count` nearest other words with their cosines, nearest first; none for an unknown word."""
        key = (word.lower(), count)
        if key not in self._nearest:
            self._nearest[key] = self._search(*key)
        return self._nearest[key]

    def _search(self, word: str, count: int) -> tuple[tuple[str, float], ...]:
        own = self._place.get(word)
        if own is None:
            return ()
        # Rounded, so that the order of near ties does not depend on the machine.
        cosines = np.round(self.vectors @ self.vectors[own], 5)
        cosines[own] = -2
        order = np.lexsort((np.arange(len(cosines)), -cosines))[: min(count, len(cosines) - 1)]
        return tuple((self.words[i], float(cosines[i])) for i in order)


def word_vectors() -> WordVectors:
    """The best vectors there are: counter-fitted ones where the user has named them, else the bundled ones.

    Raises:
        PrerequisiteError: the file that the user named cannot be used.
    """
    named = find("counter-fitted")
    if named.problem:
        raise PrerequisiteError(named.problem)
    return read_vectors(store("counter-fitted").path, described("counter-fitted")) if named.found else bundled_vectors()


def vectors_used() -> str:
    """How a report names what :func:`word_vectors` gives, without reading it."""
    return described("counter-fitted") if find("counter-fitted").found else _BUNDLED


@cache
def bundled_vectors() -> WordVectors:
    """Those made from the bundled encoder: some 21,000 words, 128 dimensions."""
    with (files(__package__) / "resources" / TABLE).open("rb") as file, np.load(file, allow_pickle=False) as table:
        words = table["words"].tobytes().decode("ascii").split()
        return WordVectors(words, table["vectors"].astype(np.float32), _BUNDLED)


@cache
def read_vectors(path: Path, description: str) -> WordVectors:
    """Vectors from a text file with a word and its numbers on each line, as GloVe and counter-fitted vectors come.

    Raises:
        PrerequisiteError: it cannot be read, or is not such a file.
    """
    words: dict[str, npt.NDArray[np.float32]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                word, _, numbers = line.strip().partition(" ")
                vector = np.array(numbers.split(), dtype=np.float32)
                if not len(vector) or (words and len(vector) == 1):
                    raise ValueError(f"line {number} holds no vector")
                if len(vector) > 1:  # the first line may say how many words and dimensions there are
                    words.setdefault(word.lower(), vector)
        return WordVectors(tuple(words), np.stack(list(words.values())), description)
    except (OSError, ValueError) as error:
        raise PrerequisiteError(f"{path}: not a text file of word vectors: {error}") from error
