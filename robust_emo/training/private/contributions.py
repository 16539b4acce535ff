"""What each privacy unit would change in a linear head, clipped: the sum that noise is put on.

Of a linear head the gradient of a text is the outer product of its features and the error of its probabilities, so that
its norm is the product of two norms: nothing needs to be differentiated text by text (Goodfellow 2015, "Efficient
per-example gradient computations").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from robust_emo.training.batches import Encoded
from robust_emo.types import Task

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contributions:
    """The data of a head, by privacy unit."""

    features: Array
    """(n, features)."""
    targets: Array
    """(n, labels), 0 or 1; rows of single-label data hold one 1."""
    task: Task
    units: Sequence[str] | None = None
    """Whose each text is, (n,); None where each is a unit of its own."""

    @classmethod
    def of(cls, features: Array, data: Encoded, units: Sequence[str] | None = None) -> "Contributions":
        """The features of encoded texts with their gold labels."""
        targets = data.targets.numpy()
        if data.task is Task.SINGLE_LABEL:
            targets = targets[:, None] == np.arange(len(data.labels))
        return cls(features, targets.astype(np.float64), data.task, units)

    @cached_property
    def count(self) -> int:
        """How many units there are."""
        return len(self.features) if self.units is None else len(set(self.units))

    @cached_property
    def _lengths(self) -> Array:
        return np.asarray(np.linalg.norm(self.features, axis=1))

    @cached_property
    def _rows(self) -> Sequence[npt.NDArray[np.int64]]:
        """Of each unit's texts, in the order of the units' names."""
        _, members = np.unique(np.asarray(self.units, dtype=object).astype(str), return_inverse=True)
        order = np.argsort(members, kind="stable")
        return np.split(order, np.cumsum(np.bincount(members))[:-1])

    def clipped_sum(self, weights: Array, norm: float) -> Array:
        """Sum over all units of their gradients at `weights` (features, labels), each clipped to `norm`.

        The loss is cross entropy in single-label data and the sum of the labels' binary cross entropies in multi-label
        data; a unit's is the sum of its texts'. One unit more or less moves the result by at most `norm`.
        """
        errors = self._probabilities(self.features @ weights) - self.targets
        scales = norm / np.maximum(self._norms(errors), norm)  # 1 for what is short enough
        return np.asarray(self.features.T @ (errors * scales[:, None]))

    def _norms(self, errors: Array) -> Array:
        if self.units is None:
            return np.asarray(np.linalg.norm(errors, axis=1) * self._lengths)
        found = np.empty(len(errors))
        for rows in self._rows:
            found[rows] = np.linalg.norm(self.features[rows].T @ errors[rows])
        return found

    def _probabilities(self, logits: Array) -> Array:
        if self.task is Task.MULTI_LABEL:
            return np.asarray(0.5 * (1 + np.tanh(logits / 2)))  # the logistic function, without overflow
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
