"""A smoothed model in the place of a victim, so that attacks can ask the whole of it and not its base."""

from collections.abc import Sequence

import numpy as np

from robust_emo.ablation import Ablation
from robust_emo.arrays import FloatArray, TokenGradients, TokenIds
from robust_emo.engine.smoothing import mask_token
from robust_emo.errors import PrerequisiteError
from robust_emo.models.batched import Precision
from robust_emo.models.victim import Victim
from robust_emo.words import Words

_TEXTS = 4096  # base texts at once


class SmoothedVictim(Victim):
    """Answers with the logarithms of the shares of the base's answers over a few ways to hide words.

    The ways are drawn once for each number of words, so that it is a function of the text. It has no gradients.

    Args:
        base: single-label model.
        ablation: how words are hidden.
        samples: ways to hide words, per text.
        seed: fixes them.
    """

    def __init__(self, base: Victim, ablation: Ablation, *, samples: int, seed: int) -> None:
        self.labels, self.task, self.batched = base.labels, base.task, base.batched
        self.sha256, self.architecture, self.parameters = base.sha256, base.architecture, base.parameters
        self.defence = base.defence
        self._base, self._ablation, self._samples, self._seed = base, ablation, samples, seed
        self._mask = mask_token(base.batched.tokenizer) if ablation.mechanism == "masking" else ""

    def encode(self, texts: Sequence[str]) -> list[TokenIds]:
        """The characters of each text: it is no tokens but words that are hidden."""
        return [np.asarray([ord(character) for character in text], dtype=np.int64) for text in texts]

    def logits_of_tokens(self, encoded: Sequence[TokenIds], *, precision: Precision | None = None) -> FloatArray:
        """Log shares (len(encoded), labels) of what :meth:`encode` made, half a vote added to each."""
        rows = np.empty((len(encoded), len(self.labels)), dtype=np.float32)
        texts = max(1, _TEXTS // self._samples)
        for start in range(0, len(encoded), texts):
            chunk = ["".join(map(chr, ids)) for ids in encoded[start : start + texts]]
            shown = [text for whole in chunk for text in self._shown(whole)]
            answers = self._base.logits_of_tokens(self._base.encode(shown), precision=precision).argmax(axis=1)
            for row, votes in enumerate(answers.reshape(len(chunk), self._samples)):
                counts = np.bincount(votes, minlength=len(self.labels)) + 0.5
                rows[start + row] = np.log(counts / counts.sum())
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

    def _shown(self, text: str) -> list[str]:
        words = Words.of(text).words
        rng = np.random.default_rng([self._seed, len(words)])
        ways = (self._ablation.draw(len(words), rng) for _ in range(self._samples))
        return [self._ablation.text(words, way, self._mask) for way in ways]
