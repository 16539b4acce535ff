"""What counts as success of an attack: goals turn logits into progress and into a yes or no.

Here the protocol and the goals of single-label models; those of multi-label models are in `multi_label_goals.py`, the
choice among all of them in `goal_choice.py`.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray


class Goal(Protocol):
    """The goal of attacking one example. Bound to the example's gold labels."""

    name: str

    def applies(self, logits: FloatArray) -> bool:
        """Whether the example can be attacked: predicted right as written, and the goal makes sense for it.

        Args:
            logits: (labels,), of the original text.
        """
        ...

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
        """One number per label, as gradient requests want it: where the loss for it rises, the goal comes nearer."""
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

    def applies(self, logits: FloatArray) -> bool:
        """Predicted right."""
        return not self.reached(logits)

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """log((1 - p) / p) with p the probability of the gold label."""
        return -log_odds(logits, self._gold)

    def reached(self, logits: FloatArray) -> bool:
        """The gold label no longer has the highest logit (first label wins a tie, as in prediction)."""
        return int(logits.argmax()) != self._gold

    def target(self) -> tuple[float, ...]:
        """One-hot."""
        return tuple(float(index == self._gold) for index in range(self._labels))


class TargetedSingleLabel:
    """One chosen emotion wins, nothing else. Progress is its log odds."""

    def __init__(self, gold: int, wanted: int, labels: int, *, name: str) -> None:
        self.name = name
        self._gold = gold
        self._wanted = wanted
        self._labels = labels

    def applies(self, logits: FloatArray) -> bool:
        """Predicted right, and not the wanted emotion anyway."""
        return self._gold != self._wanted and int(logits.argmax()) == self._gold

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """log(p / (1 - p)) with p the probability of the wanted label."""
        return log_odds(logits, self._wanted)

    def reached(self, logits: FloatArray) -> bool:
        """The wanted label has the highest logit."""
        return int(logits.argmax()) == self._wanted

    def target(self) -> tuple[float, ...]:
        """+1 for the gold label and -1 for the wanted one: the cross entropy is then log p(wanted) - log p(gold)."""
        return tuple(float(i == self._gold) - float(i == self._wanted) for i in range(self._labels))


class CrossedSingleLabel:
    """The probability of one emotion goes to the other side of a threshold: down where it is gold, else up.

    Args:
        label: index of the emotion.
        is_gold: whether it is the gold one.
        threshold: probability in (0, 1).
        labels: how many there are.
        name: as the user wrote the goal.
    """

    def __init__(self, label: int, *, is_gold: bool, threshold: float, labels: int, name: str) -> None:
        self.name = name
        self._label = label
        self._down = is_gold
        self._bound = log_odds_of(threshold)
        self._labels = labels

    def applies(self, logits: FloatArray) -> bool:
        """On the right side of the threshold as written."""
        return not self.reached(logits)

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """Log odds of the label, negated where they have to fall."""
        odds = log_odds(logits, self._label)
        return -odds if self._down else odds

    def reached(self, logits: FloatArray) -> bool:
        """On the other side; the threshold itself counts as above."""
        above = bool(log_odds(logits[None], self._label)[0] >= self._bound)
        return above != self._down

    def target(self) -> tuple[float, ...]:
        """+1 for a label that has to fall, -1 for one that has to rise."""
        return tuple((1.0 if self._down else -1.0) * (index == self._label) for index in range(self._labels))


def log_odds(logits: FloatArray, label: int) -> npt.NDArray[np.float64]:
    """log(p / (1 - p)) under softmax, (n,), from logits (n, labels)."""
    others = logits.astype(np.float64)
    own = others[:, label].copy()
    others[:, label] = -np.inf
    top = others.max(axis=1)
    return np.asarray(own - (np.log(np.exp(others - top[:, None]).sum(axis=1)) + top))


def log_odds_of(probability: float) -> float:
    """log(p / (1 - p)) of a probability in (0, 1)."""
    return float(np.log(probability / (1 - probability)))
