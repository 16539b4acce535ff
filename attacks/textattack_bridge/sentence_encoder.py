"""A sentence encoder in place of the Universal Sentence Encoder (Cer et al. 2018) and of Sentence-BERT."""

from collections.abc import Callable, Sequence

from robust_emo.arrays import FloatArray

from .greenlets import ask

Embed = Callable[[Sequence[str]], FloatArray]
"""Unit-length sentence embeddings (n, size) of n texts."""


def pooled_embeddings(texts: Sequence[str]) -> FloatArray:
    """Asks the engine; within a :class:`~.greenlets.Search` only."""
    answer: FloatArray = ask(lambda query: query.embeddings(texts))
    return answer


class _Encoded:
    def __init__(self, values: FloatArray) -> None:
        self._values = values

    def numpy(self) -> FloatArray:
        return self._values


class StandInEncoder:
    """Looks like a TensorFlow Hub model when called, and like a SentenceTransformer otherwise."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def __call__(self, texts: Sequence[str]) -> _Encoded:
        """Embeddings (n, size), behind ``numpy()``."""
        return _Encoded(self._embed(texts))

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Embeddings (n, size)."""
        return self._embed(texts)

    def to(self, _: object) -> "StandInEncoder":
        """The device is the engine's business."""
        return self
