"""Servers: each answers all requests of one kind in a round together."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from robust_emo.arrays import FloatArray, TokenGradients, TokenIds
from robust_emo.engine.cache import QueryCache, token_key
from robust_emo.engine.requests import EmbeddingsRequest, ExactScoresRequest, GradientsRequest, ScoresRequest
from robust_emo.models.batched import Precision
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.victim import Victim

_MEMORY = 32_000_000  # bytes of texts and rows that stay in memory: some 70,000 tweets with logits
_OVERHEAD = 250  # bytes of an entry's objects and its place in the dictionary


class Server(Protocol):
    """Answers requests of one kind; answers[i] belongs to requests[i]."""

    def answer(self, requests: Sequence[Any]) -> Sequence[Any]:
        """Answer a whole round. May raise: the scheduler then asks one by one to find the culprit."""
        ...


class RowMemory:
    """The newest rows by text; the oldest leave first."""

    def __init__(self, most: int = _MEMORY) -> None:
        self._rows: dict[str, FloatArray] = {}
        self._most = most
        self._size = 0

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Distinct texts without a row, in order."""
        return [text for text in dict.fromkeys(texts) if text not in self._rows]

    def add(self, texts: Sequence[str], rows: Sequence[FloatArray]) -> None:
        """Remember one row per text."""
        self._rows.update(zip(texts, rows, strict=True))
        self._size += sum(map(_bytes, texts, rows))

    def rows(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), features); every text must have been added since the last :meth:`trim`."""
        return np.array([self._rows[text] for text in texts])  # faster than np.stack

    def trim(self) -> None:
        """Forget the oldest rows beyond the limit."""
        leaving = []
        for text, row in self._rows.items():  # one pass: the front of a dictionary is slow to find after deletions
            if self._size <= self._most:
                break
            leaving.append(text)
            self._size -= _bytes(text, row)
        for text in leaving:
            del self._rows[text]


def _bytes(text: str, row: FloatArray) -> int:
    return 2 * len(text) + row.nbytes + _OVERHEAD


class ScoresServer:
    """Logits of the victim: merges equal texts, then equal token ids, asks memory, disk and last the model.

    Args:
        victim: the model.
        cache: rows on disk made in the same precision, or None.
        precision: of the answers; by default the victim's own.
    """

    def __init__(self, victim: Victim, cache: QueryCache | None = None, *, precision: Precision | None = None) -> None:
        self._victim = victim
        self._precision = precision
        self._cache = cache
        self._memory = RowMemory()
        self.physical = 0
        self.cached = 0

    def answer(self, requests: Sequence[ScoresRequest | ExactScoresRequest]) -> list[FloatArray]:
        """One array (len(request.texts), labels) per request."""
        missing = self._memory.missing([text for request in requests for text in request.texts])
        if missing:
            self._memory.add(missing, self._look_up(missing))
        empty = np.empty((0, len(self._victim.labels)), dtype=np.float32)
        answers = [self._memory.rows(request.texts) if request.texts else empty for request in requests]
        self._memory.trim()
        return answers

    def _look_up(self, texts: Sequence[str]) -> list[FloatArray]:
        encoded = self._victim.encode(texts)
        keys = [token_key(ids) for ids in encoded]
        known = self._cache.get(dict.fromkeys(keys)) if self._cache else {}
        self.cached += len(known)
        unknown: dict[bytes, TokenIds] = {key: ids for key, ids in zip(keys, encoded, strict=True) if key not in known}
        if unknown:
            rows = self._victim.logits_of_tokens(list(unknown.values()), precision=self._precision)
            computed = dict(zip(unknown, rows, strict=True))
            self.physical += len(unknown)
            if self._cache:
                self._cache.put(computed)
            known |= computed
        return [known[key] for key in keys]


class GradientsServer:
    """Gradients of the victim, merged into one packed pass; not cached, since they are large and rarely repeat."""

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self.physical = 0

    def answer(self, requests: Sequence[GradientsRequest]) -> list[list[TokenGradients]]:
        """One list of gradients per request."""
        texts = [text for request in requests for text in request.texts]
        targets = [target for request in requests for target in request.targets]
        gradients = iter(self._victim.gradients(texts, targets))
        self.physical += len(texts)
        return [[next(gradients) for _ in request.texts] for request in requests]


class EmbeddingsServer:
    """Sentence embeddings of an encoder that is not the victim; equal texts are embedded once.

    Args:
        make_encoder: called at the first request, since most attacks need no encoder.
    """

    def __init__(self, make_encoder: Callable[[], SentenceEncoder]) -> None:
        self._make_encoder = make_encoder
        self._encoder: SentenceEncoder | None = None
        self._memory = RowMemory()

    def answer(self, requests: Sequence[EmbeddingsRequest]) -> list[FloatArray]:
        """One array (len(request.texts), embedding size) of unit-length rows per request."""
        if self._encoder is None:
            self._encoder = self._make_encoder()
        missing = self._memory.missing([text for request in requests for text in request.texts])
        if missing:
            self._memory.add(missing, list(self._encoder.embed(missing)))
        answers = [
            self._memory.rows(request.texts) if request.texts else np.empty((0, 0), dtype=np.float32)
            for request in requests
        ]
        self._memory.trim()
        return answers
