"""What is explained: the logit of one emotion, or by how much it is above another's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray
from robust_emo.errors import InputError
from robust_emo.types import Task
from robust_emo.unknown_name import unknown_name


@dataclass(frozen=True, slots=True)
class Target:
    """Logits are explained, not probabilities: these saturate, and one emotion's depends on all the others'."""

    label: str
    against: str | None = None
    """Explained is why `label` rather than this one; None: `label` by itself."""

    def __str__(self) -> str:
        return self.label if self.against is None else f"{self.label} rather than {self.against}"

    def check(self, labels: Sequence[str]) -> None:
        """Refuse what the model does not know.

        Raises:
            InputError: a label that is none of `labels`, or the same twice.
        """
        for label in (self.label, self.against):
            if label is not None and label not in labels:
                raise InputError(unknown_name("label", label, labels))
        if self.label == self.against:
            raise InputError(f"expected two different emotions to explain one against the other, got '{self}'")

    def weights(self, labels: Sequence[str]) -> FloatArray:
        """By what each logit is multiplied before all are added up, (labels,)."""
        weights = np.zeros(len(labels), dtype=np.float32)
        weights[labels.index(self.label)] = 1
        if self.against is not None:
            weights[labels.index(self.against)] = -1
        return weights


def predicted_target(logits: FloatArray, labels: Sequence[str]) -> Target:
    """The emotion with the highest logit, (labels,); of multi-label models too, whether it is predicted or not."""
    return Target(labels[int(logits.argmax())])


def target_probabilities(
    logits: FloatArray, targets: Sequence[Target], labels: Sequence[str], task: Task
) -> npt.NDArray[np.float64]:
    """Probability of each row's target emotion, (rows,); of a contrast, of the first of its two emotions against the
    second alone.

    Args:
        logits: (rows, labels).
        targets: one per row.
        labels: in the order of the logits.
        task: softmax over all labels, or a sigmoid for each.
    """
    from scipy.special import expit

    wide = logits.astype(np.float64)
    rows = np.arange(len(targets))
    own = wide[rows, [labels.index(target.label) for target in targets]]
    contrast = np.array([target.against is not None for target in targets], dtype=bool)
    others = wide[rows, [labels.index(target.against or target.label) for target in targets]]
    if task is Task.MULTI_LABEL:
        alone = expit(own)
    else:
        highest = wide.max(axis=1)
        alone = np.exp(own - highest - np.log(np.exp(wide - highest[:, None]).sum(axis=1)))
    return np.asarray(np.where(contrast, expit(own - others), alone), dtype=np.float64)
