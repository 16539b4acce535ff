"""Canaries in a private training: units like any other, of whom those whose coin fell so have a nulled contribution.

That is what neighbours are in the ledger (zero-out): a coin is exactly what (ε, δ) hides, and the number of units tells
nothing of how the coins fell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robust_emo.canaries.drawing import draw_canaries, draw_directions
from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import OVER_EXPECTED
from robust_emo.canaries.sealed import SealedCanaries
from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.features import BIAS
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.types import Example


@dataclass(frozen=True, slots=True)
class CanaryUnits:
    """What a head reads of the canaries and what it should answer."""

    sealed: SealedCanaries
    features: Array
    """(canaries, features), the constant included, whether inserted or not."""
    targets: Array
    """(canaries, labels), 0 or 1."""

    @classmethod
    def drawn(
        cls, plan: CanaryPlan, labels: Sequence[str], *, width: int, read: Callable[[Sequence[Example]], Array]
    ) -> "CanaryUnits":
        """Draw them.

        Args:
            plan: how many of which kind.
            labels: of the training data.
            width: of the features, without the constant.
            read: gives the features of texts, the constant included.
        """
        if plan.kind == "features":
            sealed = draw_directions(plan, labels, width=width)
            rows = np.asarray([canary.features for canary in sealed.canaries])
            features = np.concatenate([rows, np.full((len(rows), 1), BIAS)], axis=1)
        else:
            sealed = draw_canaries(plan, labels)
            texts = [
                Example(str(number), each.text or "", (each.label,)) for number, each in enumerate(sealed.canaries)
            ]
            features = read(texts)
        gold = [[label == canary.label for label in sealed.labels] for canary in sealed.canaries]
        return cls(sealed, features, np.asarray(gold, dtype=np.float64))

    def among(self, data: Contributions) -> Contributions:
        """All units of a training: those of the data, and every canary, nulled where it was not inserted."""
        return self._among(data, [canary.inserted for canary in self.sealed.canaries])

    def with_expected(self, data: Contributions, schedule: Schedule) -> SealedCanaries:
        """The canaries with the logits that somebody expects who knows the data, but neither coins nor noise.

        The mean of two trainings without noise, one with all canaries and one with none. It is never released: it is
        sealed with the coins. Without it what other texts do to a canary would drown what its coin does.

        Args:
            data: without canaries.
            schedule: of the training.
        """
        count = len(self.sealed.canaries)
        weights = [
            descend(self._among(data, [there] * count), schedule, noise_multiplier=0.0, noise=SystemNoise())
            for there in (False, True)
        ]
        logits = self.features @ (weights[0] + weights[1]) / 2
        canaries = (
            replace(canary, expected=tuple(row))
            for canary, row in zip(self.sealed.canaries, logits.tolist(), strict=True)
        )
        return replace(self.sealed, scoring=OVER_EXPECTED, canaries=tuple(canaries))

    def _among(self, data: Contributions, inserted: Sequence[bool]) -> Contributions:
        there = np.asarray(inserted)[:, None]
        names = [f"canary-{self.sealed.salt}-{number}" for number in range(len(inserted))]
        return Contributions(
            features=np.concatenate([data.features, self.features * there]),
            targets=np.concatenate([data.targets, self.targets]),
            task=data.task,
            units=None if data.units is None else [*data.units, *names],
        )
