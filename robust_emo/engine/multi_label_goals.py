"""Goals against models that give any number of emotions to a text.

*Right* always means the whole label set: a text with one wrong emotion is no example to attack.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray

_HEAVY = 1e3
"""Weight of the labels that matter in a gradient target: under it the pull of all other labels vanishes."""


class LabelFlip:
    """One of some labels has to change sides. Progress is the largest signed logit among them.

    Untargeted: any label. Added: one that is not gold. Dropped: one that is gold. Targeted: one that was named.

    Args:
        gold: one flag per label.
        may_flip: the labels whose change counts, one flag per label; none where the goal has no sense for the example.
        name: as the user wrote the goal.
        threshold: probability in (0, 1) that decides whether a label of `may_flip` is given.
    """

    def __init__(self, gold: Sequence[bool], may_flip: Sequence[bool], *, name: str, threshold: float = 0.5) -> None:
        self.name = name
        self._gold = np.asarray(gold, dtype=bool)
        self._chosen = np.flatnonzero(may_flip)
        self._sign = np.where(self._gold, -1.0, 1.0)
        self._bound = float(np.log(threshold / (1 - threshold)))
        self._every = len(self._chosen) == len(self._gold)

    def applies(self, logits: FloatArray) -> bool:
        """The whole label set is right, and some label can flip that has not already."""
        right = bool(np.all((logits >= 0) == self._gold))
        return right and len(self._chosen) > 0 and not self.reached(logits)

    def progress(self, logits: FloatArray) -> npt.NDArray[np.float64]:
        """Largest of (-logit of gold labels, +logit of the others) among the labels that count."""
        signed = (logits.astype(np.float64) - self._bound) * self._sign
        return np.asarray(signed[:, self._chosen].max(axis=1))

    def reached(self, logits: FloatArray) -> bool:
        """Some label that counts is on the wrong side of its threshold (the threshold itself counts as given)."""
        given = logits >= self._bound
        return bool(np.any((given != self._gold)[self._chosen]))

    def target(self) -> tuple[float, ...]:
        """0/1 gold flags; where only some labels count, those weigh a thousand times as much."""
        flags = self._gold.astype(float)
        if not self._every:
            flags[self._chosen] = np.where(self._gold[self._chosen], _HEAVY, -_HEAVY)
        return tuple(flags.tolist())
