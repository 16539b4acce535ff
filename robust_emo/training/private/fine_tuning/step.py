"""One step of DP-SGD (Abadi et al. 2016): the clipped sum over a Poisson sample, noise, and an optimiser."""

from collections.abc import Iterable

import torch

from robust_emo.training.private.fine_tuning.clipping import ClippedSum
from robust_emo.training.private.fine_tuning.inputs import PhysicalBatch
from robust_emo.training.private.system_noise import Noise


def private_step(
    sums: ClippedSum,
    batches: Iterable[PhysicalBatch],
    optimiser: torch.optim.Optimizer,
    *,
    noise_multiplier: float,
    expected: float,
    noise: Noise,
) -> None:
    """Move the trained parameters; their `grad` is left as the optimiser saw it.

    Args:
        batches: together the sample of this step; none at all is a sample like any other.
        noise_multiplier: standard deviation of the noise on each element of the sum, over the clipping norm.
        expected: units of a sample on average, which the sum is divided by: the true number would be a secret.
    """
    for batch in batches:
        sums.add(batch)
    scale = noise_multiplier * sums.max_grad_norm
    for parameter, total in zip(sums.parameters, sums.taken(), strict=True):
        drawn = torch.from_numpy(noise.normal(scale=scale, size=tuple(total.shape))).to(total.device)
        parameter.grad = ((total.double() + drawn) / expected).to(parameter.dtype)
    optimiser.step()
