"""The word vectors of our own attacks as TextAttack wants them, in place of counter-fitted GloVe vectors."""

from functools import cache

from ..word_vectors import WordVectors, word_vectors
from .library import textattack


class VectorEmbedding(textattack.shared.WordEmbedding):  # type: ignore[misc]  # TextAttack has no types
    """Neighbours, cosines and distances from :mod:`robust_emo_attacks.word_vectors`.

    The vectors have unit length, as the counter-fitted ones of TextAttack have, so its thresholds keep their meaning.
    """

    def __init__(self, vectors: WordVectors) -> None:
        super().__init__(vectors.vectors, {word: i for i, word in enumerate(vectors.words)}, vectors.words)
        self._vectors = vectors

    def nearest_neighbours(self, index: int, topn: int) -> list[int]:
        """Indices of the `topn` nearest words, nearest first; in an order that does not depend on the machine."""
        near = self._vectors.neighbours(self._index2word[index], topn)
        return [self._word2index[word] for word, _ in near]


@cache
def _embedding(vectors: WordVectors) -> VectorEmbedding:
    return VectorEmbedding(vectors)


def vector_embedding() -> VectorEmbedding:
    """The one embedding that all recipes share.

    Raises:
        PrerequisiteError: the counter-fitted vectors that the user named cannot be read.
    """
    return _embedding(word_vectors())
