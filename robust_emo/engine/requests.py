"""What a coroutine may ask of the engine. Each kind of request has one server that answers all of a round."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from robust_emo.arrays import FloatArray, TokenGradients
from robust_emo.errors import QueryBudgetExhausted


@dataclass(frozen=True, slots=True)
class ScoresRequest:
    """Logits of `texts`; the answer has shape (len(texts), labels)."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExactScoresRequest:
    """The same in fp32, whatever precision attacks search in: by these the core decides what became of an example."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgeScoresRequest:
    """Logits of `texts` from the judge of emotion validity; the answer has shape (len(texts), labels of the judge)."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradientsRequest:
    """Gradient of the loss for `targets` with respect to the input embeddings.

    The answer is a list with one :class:`~robust_emo.arrays.TokenGradients` per text. `targets[i]` holds one number
    per label:
    one-hot for single-label models, 0/1 flags for multi-label ones.
    """

    texts: tuple[str, ...]
    targets: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class EmbeddingsRequest:
    """Sentence embeddings of `texts`, unit length; the answer has shape (len(texts), embedding size)."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FillMaskRequest:
    """Words a masked language model proposes at each of `positions` (character spans) of `text`.

    The answer is a list, per position, of (word, probability) from most to least probable; see
    :meth:`~robust_emo.models.masked_lm.MaskedLanguageModel.propose`.
    """

    text: str
    positions: tuple[tuple[int, int], ...]
    model: str
    """A directory, or a hub id."""
    masked: bool = True
    top_k: int = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text, text[start:end], and the words to think of in its stead."""

    start: int
    end: int
    words: tuple[str, ...] = ()
    """Empty: every word that is one token of the victim."""


@dataclass(frozen=True, slots=True)
class FlipsRequest:
    """What exchanging words is worth to first order: the rise of the loss for `targets` (Ebrahimi et al. 2018).

    The answer is, per text and place, a list of (word, gain) from the highest gain to the lowest; with `together` it
    is one such list per place, the gains being sums over the texts, which have equally many places.
    """

    texts: tuple[str, ...]
    targets: tuple[tuple[float, ...], ...]
    places: tuple[tuple[Place, ...], ...]
    top_k: int
    together: bool = False


Request = (
    ScoresRequest
    | ExactScoresRequest
    | JudgeScoresRequest
    | GradientsRequest
    | EmbeddingsRequest
    | FillMaskRequest
    | FlipsRequest
)

Ranked = list[tuple[str, float]]
"""Words, each with its probability or gain, the highest first."""


class Ask:
    """Awaitable that hands one request to whoever drives the coroutine, and returns the answer."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __await__(self) -> Generator[Request, Any, Any]:
        """Yield the request; the scheduler sends the answer back in."""
        return (yield self._request)


class Query:
    """The model as one attack on one example sees it: metered, batched with everybody else's questions.

    Args:
        max_queries: logical queries allowed, None for no limit.
        unknown_token: what stands for a word the model cannot see, e.g. ``[UNK]``.
    """

    def __init__(self, *, max_queries: int | None, unknown_token: str) -> None:
        self.unknown_token = unknown_token
        self.max_queries = max_queries
        self.used = 0

    async def scores(self, texts: Sequence[str]) -> FloatArray:
        """Logits (len(texts), labels) of the victim model.

        Raises:
            QueryBudgetExhausted: the texts would exceed the budget; none of them was asked.
        """
        if isinstance(texts, str):
            raise TypeError("scores() takes a list of texts, not one text")
        self._charge(len(texts))
        answer: FloatArray = await Ask(ScoresRequest(tuple(texts)))
        return answer

    async def gradients(self, texts: Sequence[str], targets: Sequence[Sequence[float]]) -> list[TokenGradients]:
        """Gradients of the loss at the input embeddings; one logical query per text.

        Raises:
            QueryBudgetExhausted: as for :meth:`scores`.
        """
        if len(texts) != len(targets):
            raise ValueError(f"{len(texts)} texts but {len(targets)} targets")
        self._charge(len(texts))
        flags = tuple(tuple(target) for target in targets)
        answer: list[TokenGradients] = await Ask(GradientsRequest(tuple(texts), flags))
        return answer

    async def embeddings(self, texts: Sequence[str]) -> FloatArray:
        """Unit-length sentence embeddings of an encoder that is not the victim; free of charge."""
        answer: FloatArray = await Ask(EmbeddingsRequest(tuple(texts)))
        return answer

    async def judge_scores(self, texts: Sequence[str]) -> FloatArray:
        """Logits (len(texts), labels of the judge) of the judge of emotion validity; free of charge.

        Raises:
            PrerequisiteError: the engine has no judge.
        """
        answer: FloatArray = await Ask(JudgeScoresRequest(tuple(texts)))
        return answer

    async def flips(
        self,
        texts: Sequence[str],
        targets: Sequence[Sequence[float]],
        places: Sequence[Sequence[Place]],
        *,
        top_k: int,
    ) -> list[list[Ranked]]:
        """Per text and place, words with the rise of the loss to first order if they stood there, at most `top_k`.

        One logical query per text, as for :meth:`gradients`.

        Raises:
            QueryBudgetExhausted: as for :meth:`scores`.
        """
        answer: list[list[Ranked]] = await Ask(self._flips(texts, targets, places, top_k, together=False))
        return answer

    async def common_flips(
        self,
        texts: Sequence[str],
        targets: Sequence[Sequence[float]],
        places: Sequence[Sequence[Place]],
        *,
        top_k: int,
    ) -> list[Ranked]:
        """The same for words put into all texts at once: per place, words with the sum of the gains.

        Args:
            texts: as for :meth:`flips`.
            targets: one per text.
            places: equally many in each text, the first of one corresponding to the first of the others.
            top_k: most words per place.

        Raises:
            QueryBudgetExhausted: as for :meth:`scores`.
        """
        answer: list[Ranked] = await Ask(self._flips(texts, targets, places, top_k, together=True))
        return answer

    def _flips(
        self,
        texts: Sequence[str],
        targets: Sequence[Sequence[float]],
        places: Sequence[Sequence[Place]],
        top_k: int,
        *,
        together: bool,
    ) -> FlipsRequest:
        if not len(texts) == len(targets) == len(places):
            raise ValueError(f"{len(texts)} texts but {len(targets)} targets and places in {len(places)} texts")
        self._charge(len(texts))
        flags, wanted = tuple(map(tuple, targets)), tuple(map(tuple, places))
        return FlipsRequest(tuple(texts), flags, wanted, top_k, together)

    async def fill_mask(
        self, text: str, positions: Sequence[tuple[int, int]], *, model: str, masked: bool = True, top_k: int = 50
    ) -> list[Ranked]:
        """Words that a masked language model proposes at each character span; free of charge.

        Args:
            text: the text around.
            positions: spans to fill, each by itself; an empty one asks for a word to insert there.
            model: a model directory, or a hub id `owner/name`.
            masked: hide the span from the model (BAE, CLARE); False lets it see what stands there (BERT-Attack).
            top_k: most words per span.
        """
        answer: list[Ranked] = await Ask(FillMaskRequest(text, tuple(positions), model, masked, top_k))
        return answer

    def _charge(self, count: int) -> None:
        if self.max_queries is not None and self.used + count > self.max_queries:
            raise QueryBudgetExhausted(f"{self.used} of {self.max_queries} queries used, {count} more asked")
        self.used += count
