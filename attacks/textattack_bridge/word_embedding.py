"""A word embedding made of a table of neighbours, in place of counter-fitted GloVe vectors (Mrkšić et al. 2016)."""

from functools import cache

import numpy as np

from ..word_neighbours import word_neighbours
from .library import textattack


class TableEmbedding(textattack.shared.WordEmbedding):  # type: ignore[misc]  # TextAttack has no types
    """Neighbours and cosines from :mod:`robust_emo_attacks.word_neighbours`.

    Knows the words of that table; two words that are not neighbours there count as unlike, since the table holds
    cosines from 0.6 only. A squared distance is that of unit vectors, 2 - 2 cosine.
    """

    def __init__(self) -> None:
        table = word_neighbours()
        words = sorted({*table, *(near for entries in table.values() for near, _ in entries)})
        places = {word: place for place, word in enumerate(words)}
        super().__init__(np.empty((len(words), 0)), places, words)
        self._near = {
            places[word]: [(places[near], cosine) for near, cosine in entries] for word, entries in table.items()
        }
        self._cosines = {(a, b): cosine for a, entries in self._near.items() for b, cosine in entries}

    def nearest_neighbours(self, index: int, topn: int) -> list[int]:
        """Indices of at most `topn` neighbours, nearest first."""
        return [place for place, _ in self._near.get(index, ())[:topn]]

    def get_cos_sim(self, a: int, b: int) -> float:
        """Cosine of two words of the vocabulary, by index; 0 where the table has none."""
        return 1.0 if a == b else self._cosines.get((a, b), self._cosines.get((b, a), 0.0))

    def get_mse_dist(self, a: int, b: int) -> float:
        """Squared distance of the unit vectors, by index."""
        return 2 - 2 * self.get_cos_sim(a, b)


@cache
def table_embedding() -> TableEmbedding:
    """The one embedding that all recipes share."""
    return TableEmbedding()
