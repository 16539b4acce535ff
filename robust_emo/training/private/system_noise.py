"""Gaussian noise from the operating system's generator of secrets."""

import os
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri


class Noise(Protocol):
    """Where noise comes from; a numpy Generator is one, for tests."""

    def normal(self, *, scale: float, size: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """Independent Gaussian numbers with mean 0 and this standard deviation."""
        ...


class SystemNoise:
    """Nobody can draw it again: numpy's generators could be, by whoever guesses their state from what they gave."""

    def normal(self, *, scale: float, size: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """By the inverse distribution function of 53 random bits."""
        bits = np.frombuffer(os.urandom(8 * int(np.prod(size))), dtype=np.uint64) >> np.uint64(11)
        return np.asarray(ndtri((bits + 0.5) / 2.0**53) * scale).reshape(size)
