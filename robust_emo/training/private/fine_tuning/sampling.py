"""Who takes part in a step: every unit by a coin of its own, as the accountant of Poisson samples assumes."""

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BITS = 53


@dataclass(frozen=True, slots=True)
class PoissonSampler:
    """Independent coins from the operating system's generator of secrets; a sample may be empty.

    Batches of a fixed size, reshuffled passes over the data and samples with replacement are other mechanisms, with
    other costs (Chua et al. 2024, "How Private are DP-SGD Implementations?").
    """

    units: int
    rate: float
    """Chance of each unit, in (0, 1]."""

    def draw(self) -> npt.NDArray[np.int64]:
        """Numbers of the units of one step, ascending."""
        coins = np.frombuffer(os.urandom(8 * self.units), dtype=np.uint64) >> np.uint64(64 - _BITS)
        return np.flatnonzero(coins < self.rate * 2.0**_BITS)
