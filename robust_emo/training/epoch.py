"""One pass over the training data, from any step on."""

from collections.abc import Callable, Sequence

from robust_emo.training.batches import Encoded, collate, share
from robust_emo.training.optimiser import rate_factor, set_rate
from robust_emo.training.step import Learner, train_step

AfterStep = Callable[[int, float], None]
"""Called with (steps of this epoch done, sum of their losses); may raise to stop."""


def steps_per_epoch(batches: int, accumulation: int) -> int:
    """Optimiser steps that `batches` batches make."""
    return -(-batches // accumulation)


def run_epoch(
    learner: Learner,
    data: Encoded,
    batches: Sequence[Sequence[int]],
    *,
    epoch: int,
    epochs: int,
    accumulation: int,
    warmup: float,
    after_step: AfterStep,
    start: int = 0,
    loss_sum: float = 0.0,
) -> float:
    """Train on `batches` in their order, each shared among the processes.

    Args:
        batches: of the whole epoch, from :func:`~robust_emo.training.batches.plan`.
        epoch: number of this epoch, from 0.
        start: steps of this epoch that are already done.
        loss_sum: sum of the losses of those steps.

    Returns:
        Mean loss of all steps of the epoch.
    """
    steps = steps_per_epoch(len(batches), accumulation)
    data = data.in_epoch(epoch)
    rank, world = learner.accelerator.process_index, learner.accelerator.num_processes
    for number in range(start, steps):
        step = epoch * steps + number
        set_rate(learner.optimiser, rate_factor(step, total=epochs * steps, warmup=warmup))
        parts = batches[number * accumulation : (number + 1) * accumulation]
        loss_sum += train_step(
            learner, [collate(data, share(part, rank=rank, world_size=world)) for part in parts], step
        )
        after_step(number + 1, loss_sum)
    return loss_sum / steps
