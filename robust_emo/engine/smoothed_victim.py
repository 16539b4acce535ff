"""A smoothed model in the place of a victim, so that attacks can ask the whole of it and not its base."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.ablation import Ablation
from robust_emo.arrays import FloatArray, TokenGradients, TokenIds
from robust_emo.engine.reading import Reading
from robust_emo.engine.servers import RowMemory
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.models.batched import Precision
from robust_emo.models.loading import LoadedClassifier
from robust_emo.models.victim import Victim
from robust_emo.types import Task

_TEXTS = 4096  # base texts at once
_BETWEEN = "\n"  # in no word


class SmoothedVictim(Victim):
    """Answers with the logarithms of the shares of the base's answers, half a vote added to each.

    Where there are no more than `samples` ways to hide words of a text, all are asked: the answer is that of the
    smoothed model. Else so many are drawn, once for each number of words, so that it still is a function of the text.
    There are no gradients and no embeddings.

    Args:
        classifier: of the base, single-label.
        ablation: how words are hidden.
        samples: most ways to hide words, per text.
        seed: fixes those that are drawn.
        device: torch device.
        precision: of the base.
        max_length: tokens that the base takes, as for :class:`Victim`.

    Raises:
        InputError: the model is multi-label, or `samples` is not at least 1.
        PrerequisiteError: masking, and the tokenizer has neither a mask nor an unknown token.
    """

    def __init__(
        self,
        classifier: LoadedClassifier,
        ablation: Ablation,
        *,
        samples: int,
        seed: int = 0,
        device: str = "cpu",
        precision: Precision = "fp32",
        max_length: int | None = None,
    ) -> None:
        super().__init__(classifier, device=device, precision=precision, max_length=max_length)
        if self.task is not Task.SINGLE_LABEL:
            raise InputError("only single-label models can be smoothed")
        if samples < 1:
            raise InputError(f"a smoothed model takes at least 1 sample, got {samples}")
        self._reading = Reading(self, ablation)
        self._samples, self._seed = samples, seed
        self._answers: dict[Precision, RowMemory] = {}

    def encode(self, texts: Sequence[str]) -> list[TokenIds]:
        """The characters of the words that are read of each text: it is no tokens but words that are hidden."""
        read = (_BETWEEN.join(self._reading.words(text)) for text in texts)
        return [np.asarray([ord(character) for character in words], dtype=np.int64) for words in read]

    def logits_of_tokens(self, encoded: Sequence[TokenIds], *, precision: Precision | None = None) -> FloatArray:
        """Log shares (len(encoded), labels) of what :meth:`encode` made."""
        rows = np.empty((len(encoded), len(self.labels)), dtype=np.float32)
        texts = max(1, _TEXTS // self._samples)
        for start in range(0, len(encoded), texts):
            chunk = [_words(ids) for ids in encoded[start : start + texts]]
            votes = self._shares(chunk, precision or self.batched.precision) * self._samples + 0.5
            rows[start : start + texts] = np.log(votes / votes.sum(axis=1, keepdims=True))
        return rows

    def readable(self, text: str) -> str:
        """All of it: which words the base reads depends on those that are hidden."""
        return text

    def gradients(self, texts: Sequence[str], targets: Sequence[Sequence[float]]) -> list[TokenGradients]:
        """There are none.

        Raises:
            PrerequisiteError: always.
        """
        raise PrerequisiteError("a smoothed model counts answers and has no gradients: choose an attack without")

    def embeddings(self, texts: Sequence[str]) -> FloatArray:
        """There are none.

        Raises:
            PrerequisiteError: always.
        """
        raise PrerequisiteError("a smoothed model counts answers and has no embeddings")

    def _shares(self, read: Sequence[Sequence[str]], precision: Precision) -> npt.NDArray[np.float64]:
        """Of each class, (len(read), labels), among the answers to texts of these words with some of them hidden."""
        ways = [self._reading.ways(len(words), self._samples, self._rng(len(words))) for words in read]
        shown = [self._reading.texts(words, way) for words, way in zip(read, ways, strict=True)]
        answers = iter(self._base([text for texts in shown for text in texts], precision).argmax(axis=1))
        shares = np.zeros((len(read), len(self.labels)))
        for row, (words, way) in enumerate(zip(read, ways, strict=True)):
            for places in way.shown:
                weight = self._reading.ablation.probability(len(places), len(words)) if way.exact else 1 / self._samples
                shares[row, next(answers)] += weight
        return shares

    def _base(self, texts: Sequence[str], precision: Precision) -> FloatArray:
        """Logits of the base; most of what a changed text shows was asked of the original already."""
        memory = self._answers.setdefault(precision, RowMemory())
        if missing := memory.missing(texts):
            memory.add(missing, list(super().logits_of_tokens(super().encode(missing), precision=precision)))
        rows = memory.rows(texts)
        memory.trim()
        return rows

    def _rng(self, words: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, words])


def _words(ids: TokenIds) -> tuple[str, ...]:
    return tuple("".join(map(chr, ids)).split(_BETWEEN)) if len(ids) else ()
