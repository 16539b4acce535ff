"""A trained model for users' own code: texts in, emotions out, through the model's input defence."""

from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.types import Task


class _TopK(Enum):
    NOT_GIVEN = "not given"


class LabelScore(TypedDict):
    """One emotion of a text, in the form of a transformers text-classification pipeline."""

    label: str
    score: float
    """Probability in [0, 1]."""


class EmotionPipeline:
    """A classifier that can be called like a transformers pipeline or used like a scikit-learn classifier.

    Args:
        model: directory made by `robust-emo train` or `harden`, or by save_pretrained.
        device: torch device.

    Raises:
        InputError: see :func:`~robust_emo.models.loading.load_classifier`.
    """

    def __init__(self, model: str | Path, *, device: str = "cpu") -> None:
        self._victim = Victim(load_classifier(model), device=device)

    @property
    def classes_(self) -> tuple[str, ...]:
        """Labels, in the order of the columns of :meth:`predict_proba`."""
        return self._victim.labels

    def __call__(
        self, texts: str | Sequence[str], *, top_k: int | _TopK | None = _TopK.NOT_GIVEN
    ) -> list[LabelScore] | list[list[LabelScore]]:
        """Emotions with their probabilities, shaped as a transformers pipeline shapes them.

        Args:
            texts: one text or several.
            top_k: emotions per text, the most probable first; None for all. Where it is not given, the most probable.

        Returns:
            Where `top_k` is not given, one entry per text, in a list for a single text too. Else one list per text;
            for a single text its list alone.

        Raises:
            InputError: `top_k` is less than 1, or something in `texts` is not a text.
        """
        if isinstance(top_k, int) and top_k < 1:
            raise InputError(f"top_k must be at least 1, or None for all, got {top_k}")
        several = [texts] if isinstance(texts, str) else texts
        if isinstance(top_k, _TopK):
            return [best for (best,) in self._ranked(several, 1)]
        ranked = self._ranked(several, top_k)
        return ranked[0] if isinstance(texts, str) else ranked

    def _ranked(self, texts: Sequence[str], top_k: int | None) -> list[list[LabelScore]]:
        return [
            [
                LabelScore(label=self.classes_[index], score=float(row[index]))
                for index in np.argsort(-row, kind="stable")[:top_k]
            ]
            for row in self.predict_proba(texts)
        ]

    def predict(self, texts: Sequence[str]) -> npt.NDArray[np.str_] | npt.NDArray[np.bool_]:
        """The emotion of each text, (len(texts),); in multi-label models flags (len(texts), labels).

        Raises:
            InputError: as for :meth:`predict_proba`.
        """
        probabilities = self.predict_proba(texts)
        if self._victim.task is Task.MULTI_LABEL:
            return np.asarray(probabilities >= 0.5)
        return np.asarray([self.classes_[index] for index in probabilities.argmax(axis=1)], dtype=np.str_)

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probabilities (len(texts), labels); rows add up to 1 in single-label models only.

        Raises:
            InputError: `texts` is one text, or something in it is not a text.
        """
        texts = _checked(texts)
        if not texts:
            return np.empty((0, len(self.classes_)))
        predictions = self._victim.predictions(self._victim.logits(texts))
        return np.asarray([prediction.probabilities for prediction in predictions])

    def defended(self, texts: Sequence[str]) -> list[str]:
        """What the model reads in place of each text: after its input defence, the same where it has none.

        Raises:
            InputError: as for :meth:`predict_proba`.
        """
        defence = self._victim.defence
        return [defence.text(text) if defence else text for text in _checked(texts)]


def _checked(texts: Iterable[str]) -> list[str]:
    """As a list: columns of data frames and arrays are welcome."""
    if isinstance(texts, str):
        raise InputError("expected a list of texts, got one text; put it into a list")
    found = list(texts)
    for place, text in enumerate(found):
        if not isinstance(text, str):
            raise InputError(f"expected texts, got {type(text).__name__} at place {place}")
    return found
