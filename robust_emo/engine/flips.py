"""The server of first-order word exchanges (HotFlip: Ebrahimi, Rao, Lowd & Dou 2018), on the device of the victim.

The loss changes by about (E[new] - E[old]) · gradient when a token is exchanged for another, E being the embeddings
of the victim. A stretch or a word of several tokens counts with the mean of their embeddings and the sum of the
gradients, which is the same for one token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from robust_emo.arrays import FloatArray, TokenGradients, TokenIds
from robust_emo.engine.requests import FlipsRequest, Place, Ranked
from robust_emo.models.side_by_side import one_thread_each
from robust_emo.models.victim import Victim
from robust_emo.models.vocabulary import Vocabulary, WordTokens

_MOST_GAINS = 2**25  # numbers in memory at once
_ROWS = 16  # the matrix product gets a multiple of these, so that no row depends on how many others there are


@dataclass(frozen=True, slots=True)
class _Slope:
    """How the loss changes with what stands at a place; slopes of the same place in several texts add up."""

    gradient: FloatArray
    """(embedding size,), summed over the tokens of the place."""
    now: float
    """Mean embedding of what stands there times the gradient."""

    def __add__(self, other: "_Slope") -> "_Slope":
        return _Slope(self.gradient + other.gradient, self.now + other.now)


class FlipsServer:
    """Gradients of all texts of a round in packed passes, then the whole vocabulary in one matrix product.

    Args:
        victim: the model; its tokenizer must be a fast one.
    """

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self._vectors: dict[str, FloatArray] = {}
        self.physical = 0

    def answer(self, requests: Sequence[FlipsRequest]) -> list[list[list[Ranked]] | list[Ranked]]:
        """Per request what :class:`FlipsRequest` says."""
        texts = [text for request in requests for text in request.texts]
        targets = [target for request in requests for target in request.targets]
        read = iter(zip(self._victim.gradients(texts, targets), self._victim.encode(texts), strict=True))
        self.physical += len(texts)
        slopes: list[tuple[_Slope, Place, int]] = []
        for request in requests:
            rows = [self._slopes(*next(read), places) for places in request.places]
            if request.together:
                rows = [[sum(same[1:], same[0]) for same in zip(*rows, strict=True)]]
            for row, places in zip(rows, request.places, strict=False):
                slopes += [(slope, place, request.top_k) for slope, place in zip(row, places, strict=True)]
        ranked = iter(self._ranked(slopes))
        return [_shaped(request, ranked) for request in requests]

    def _slopes(self, gradients: TokenGradients, ids: TokenIds, places: Sequence[Place]) -> list[_Slope]:
        starts, ends = np.asarray(gradients.spans, dtype=np.int64).reshape(-1, 2).T
        slopes = []
        for place in places:
            tokens = np.flatnonzero((starts < place.end) & (ends > place.start))
            gradient = gradients.values[tokens].sum(axis=0)
            now = float(self._embeddings[ids[tokens]].mean(axis=0) @ gradient) if len(tokens) else 0.0
            slopes.append(_Slope(gradient, now))
        return slopes

    def _ranked(self, slopes: Sequence[tuple[_Slope, Place, int]]) -> list[Ranked]:
        answers: list[Ranked] = [[] for _ in slopes]
        for i, (slope, place, top_k) in enumerate(slopes):
            if place.words:
                answers[i] = self._among(slope, place.words, top_k)
        free = [i for i, (_, place, _) in enumerate(slopes) if not place.words]
        at_once = max(1, _MOST_GAINS // max(1, len(self._words.words)))
        for start in range(0, len(free), at_once):
            chunk = free[start : start + at_once]
            found = self._of_vocabulary([slopes[i][0] for i in chunk], max(slopes[i][2] for i in chunk))
            for i, ranked in zip(chunk, found, strict=True):
                answers[i] = ranked[: slopes[i][2]]
        return answers

    def _among(self, slope: _Slope, words: Sequence[str], top_k: int) -> Ranked:
        gains = np.stack([self._vector(word) for word in words]) @ slope.gradient - slope.now
        return [(words[i], float(gains[i])) for i in np.argsort(-gains, kind="stable")[:top_k]]

    def _of_vocabulary(self, slopes: Sequence[_Slope], top_k: int) -> Iterator[Ranked]:
        filled = [*slopes, *[slopes[0]] * (-len(slopes) % _ROWS)]
        gradients = torch.from_numpy(np.stack([slope.gradient for slope in filled])).to(self._word_vectors.device)
        with one_thread_each():  # several share out a product by its size
            best = (gradients @ self._word_vectors.T).topk(min(top_k, len(self._words.words)))
        for slope, indices, values in zip(slopes, best.indices.tolist(), best.values.tolist(), strict=False):
            yield [(self._words.words[i], value - slope.now) for i, value in zip(indices, values, strict=True)]

    def _vector(self, word: str) -> FloatArray:
        if word not in self._vectors:
            ids = self._victim.batched.tokenizer(f"a {word}", add_special_tokens=False)["input_ids"]
            front = self._victim.batched.tokenizer("a", add_special_tokens=False)["input_ids"]
            self._vectors[word] = self._embeddings[ids[len(front) :] or ids].mean(axis=0)
        return self._vectors[word]

    @cached_property
    def _embeddings(self) -> FloatArray:
        """(vocabulary, embedding size): what the embedding layer gives, which may be a scaled row of its weights."""
        layer = self._victim.batched.model.get_input_embeddings()  # type: ignore[operator]  # every transformers model has it
        with torch.inference_mode():
            rows: FloatArray = (
                layer(torch.arange(layer.weight.shape[0], device=self._victim.batched.device)).cpu().numpy()
            )
        return rows

    @cached_property
    def _words(self) -> WordTokens:
        return Vocabulary(self._victim.batched.tokenizer).words("spaced")

    @cached_property
    def _word_vectors(self) -> Tensor:
        return torch.from_numpy(self._embeddings[self._words.ids]).to(self._victim.batched.device)


def _shaped(request: FlipsRequest, ranked: Iterator[Ranked]) -> list[list[Ranked]] | list[Ranked]:
    if request.together:
        return [next(ranked) for _ in (request.places[0] if request.places else ())]
    return [[next(ranked) for _ in places] for places in request.places]
