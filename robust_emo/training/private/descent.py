"""Noisy gradient descent on all of the data: DP-SGD (Abadi et al. 2016) with a sampling rate of 1."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.system_noise import Noise


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a head is moved."""

    steps: int
    learning_rate: float
    """Of the sum over the number of units."""
    momentum: float
    """In [0, 1)."""
    max_grad_norm: float
    """What the gradient of a unit is clipped to."""


def descend(
    data: Contributions,
    schedule: Schedule,
    *,
    noise_multiplier: float,
    noise: Noise,
    stepped: Callable[[int], None] = lambda step: None,
) -> Array:
    """Weights (features, labels): the mean of those after each step of the second half, from 0 on.

    Every step looks at the data through the clipped sum plus noise alone; momentum (Polyak 1964) and mean are made of
    these and cost nothing.

    Args:
        schedule: how.
        noise_multiplier: standard deviation of the noise on each weight of the sum, over the norm.
        noise: whoever can draw the same can take it off again.
        stepped: called after each step with its number, from 1.
    """
    shape = (data.features.shape[1], data.targets.shape[1])
    weights, velocity, total = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    first = schedule.steps // 2
    for step in range(schedule.steps):
        drawn = noise.normal(scale=noise_multiplier * schedule.max_grad_norm, size=shape)
        gradient = (data.clipped_sum(weights, schedule.max_grad_norm) + drawn) / data.count
        velocity = schedule.momentum * velocity + gradient
        weights = weights - schedule.learning_rate * velocity
        if step >= first:
            total += weights
        stepped(step + 1)
    return total / (schedule.steps - first)
