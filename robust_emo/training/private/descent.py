"""Noisy gradient descent on all of the data: DP-SGD (Abadi et al. 2016) with a sampling rate of 1."""

from collections.abc import Callable

import numpy as np

from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.system_noise import Noise


def descend(
    data: Contributions,
    settings: PrivateSettings,
    *,
    noise_multiplier: float,
    noise: Noise,
    stepped: Callable[[int], None] = lambda step: None,
) -> Array:
    """Weights (features, labels): the mean of those after each step of the second half, from 0 on.

    Every step looks at the data through the clipped sum plus noise alone; momentum (Polyak 1964) and mean are made of
    these and cost nothing.

    Args:
        settings: norm, steps, learning rate (of the sum over the number of units) and momentum.
        noise_multiplier: standard deviation of the noise on each weight of the sum, over the norm.
        noise: whoever can draw the same can take it off again.
        stepped: called after each step with its number, from 1.
    """
    shape = (data.features.shape[1], data.targets.shape[1])
    weights, velocity, total = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    first = settings.steps // 2
    for step in range(settings.steps):
        drawn = noise.normal(scale=noise_multiplier * settings.max_grad_norm, size=shape)
        gradient = (data.clipped_sum(weights, settings.max_grad_norm) + drawn) / data.count
        velocity = settings.momentum * velocity + gradient
        weights = weights - settings.learning_rate * velocity
        if step >= first:
            total += weights
        stepped(step + 1)
    return total / (settings.steps - first)
