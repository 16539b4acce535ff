"""What counts as success of an attack: goals turn logits into progress and into a yes or no."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray


class Goal(Protocol):
    """The goal of attacking one example. Bound to the example's gold labels."""

    name: str

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """How near each row is to the goal; higher is nearer.

        Args:
            logits: (n, labels).

        Returns:
            (n,) float64. Only the order matters; ties are real ties.
        """
        ...

    def reached(self, logits: FloatArray) -> bool:
        """Whether one row of logits, shape (labels,), fulfils the goal."""
        ...

    def target(self) -> tuple[float, ...]:
        """One number per label, as gradient requests want it: the gold labels as flags."""
        ...


class UntargetedSingleLabel:
    """Any other emotion than the gold one wins. Progress is the log odds against the gold label.

    Log odds order texts exactly as the probability of the gold label does, but keep the order where that
    probability is rounded to 1.0.
    """

    name = "untargeted"

    def __init__(self, gold: int, labels: int) -> None:
        self._gold = gold
        self._labels = labels

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """log((1 - p) / p) with p the probability of the gold label."""
        wide = logits.astype(np.float64)
        others = np.delete(wide, self._gold, axis=1)
        top = others.max(axis=1, keepdims=True)
        return np.asarray(np.log(np.exp(others - top).sum(axis=1)) + top[:, 0] - wide[:, self._gold])

    def reached(self, logits: FloatArray) -> bool:
        """The gold label no longer has the highest logit (first label wins a tie, as in prediction)."""
        return int(np.argmax(logits)) != self._gold

    def target(self) -> tuple[float, ...]:
        """One-hot."""
        return tuple(float(index == self._gold) for index in range(self._labels))


class UntargetedMultiLabel:
    """Any change of the predicted label set wins: a gold emotion lost or a foreign one added.

    Progress is the largest signed logit on the wrong side of zero, i.e. of the label nearest to flipping.
    """

    name = "untargeted"

    def __init__(self, gold: Sequence[bool]) -> None:
        self._sign = np.where(np.asarray(gold), -1.0, 1.0)

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """Largest of (-logit of gold labels, +logit of the others)."""
        return np.asarray((logits.astype(np.float64) * self._sign).max(axis=1))

    def reached(self, logits: FloatArray) -> bool:
        """Some label is on the wrong side of logit 0, i.e. of probability 0.5 (0 itself counts as predicted)."""
        return bool(np.any((logits >= 0) != (self._sign < 0)))

    def target(self) -> tuple[float, ...]:
        """0/1 flags."""
        return tuple(float(sign < 0) for sign in self._sign)
