"""Whether each step adds noise of the deviation that is counted, to every weight, and takes an empty sample."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from scipy.stats import chi2
from torch import Tensor

from robust_emo.training.private.contributions import Array
from robust_emo.training.private.fine_tuning.clipping import flat
from robust_emo.training.private.fine_tuning.training import Chosen, Training
from robust_emo.training.private.integrity import FALSE_ALARM, IntegrityCheck, deviation


def check_noise(training: Training, chosen: Chosen, clipped: Sequence[Tensor]) -> Iterator[IntegrityCheck]:
    """Take two steps on an empty sample, and two on the units `chosen`, with all of the noise.

    Args:
        clipped: the clipped sum of `chosen`, for each parameter.
    """
    scale = training.steps.noise_multiplier * training.sums.max_grad_norm
    if not np.isfinite(scale) or scale <= 0:
        return
    nothing = flat(clipped) * 0
    try:
        empty = [_drawn(training, [], nothing) / scale for _ in range(2)]
    except Exception:  # whatever a model raises over no text at all
        yield IntegrityCheck("empty sample", "A sample without a text is a step like any other.", 1.0, 0.0)
        return
    yield IntegrityCheck("empty sample", "A sample without a text is a step like any other.", 0.0, 0.0)
    full = [_drawn(training, chosen, flat(clipped)) / scale for _ in range(2)]
    standard = np.stack([*empty, *full])
    yield deviation("noise", "The noise of a step has the deviation that is counted.", standard)
    yield _worst_layer(standard, [each.numel() for each in clipped])
    yield deviation("noise of steps", "Each step has noise of its own.", (standard[0] - standard[1]) / np.sqrt(2))


def _drawn(training: Training, chosen: Chosen, clipped: Tensor) -> Array:
    """What a step adds to the clipped sum."""
    parameters = training.sums.parameters
    training.step(_Still(parameters), chosen, noise_multiplier=training.steps.noise_multiplier)
    given = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
    return np.asarray((flat(given) * training.expected - clipped).cpu().numpy())


class _Still(torch.optim.Optimizer):
    """Moves nothing, so that one step after the other can be looked at."""

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        super().__init__(parameters, {})

    def step(self, closure: object = None) -> None:  # type: ignore[override]
        """Nothing happens."""


def _worst_layer(standard: Array, sizes: Sequence[int]) -> IntegrityCheck:
    """The weight whose noise is the least credible; a bias without any would hide among a million others."""
    ends = np.cumsum(sizes)
    least = 1.0
    for first, end in zip(ends - sizes, ends, strict=True):
        found = standard[:, first:end]
        total = float((found**2).sum())
        least = min(least, 2 * float(min(chi2.cdf(total, found.size), chi2.sf(total, found.size))))
    alarm = FALSE_ALARM / len(sizes)
    return IntegrityCheck(
        "noise of each weight",
        "So it has in every single layer.",
        float(np.log(max(least, 1e-300)) / np.log(alarm)),
        1.0,
    )
