"""One optimiser step. Its dropout depends on (seed, step, process) only, so that a resumed run repeats it exactly."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from robust_emo.training.batches import Batch
from robust_emo.training.loss import Loss
from robust_emo.training.precision import Precision, autocast

Objective = Callable[[nn.Module, Batch], Tensor]
"""The scalar to be lowered on one batch; adversarial training brings its own."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Everything a step needs that stays the same from step to step."""

    model: nn.Module
    """As wrapped by accelerate; may be a DistributedDataParallel."""
    objective: Objective
    optimiser: torch.optim.Optimizer
    accelerator: Accelerator
    precision: Precision
    max_grad_norm: float
    seed: int


def standard_objective(loss: Loss) -> Objective:
    """Plain fine-tuning: the loss of the model's logits."""

    def objective(model: nn.Module, batch: Batch) -> Tensor:
        return loss(model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits, batch.targets)

    return objective


def train_step(learner: Learner, batches: Sequence[Batch], step: int) -> float:
    """Lower the objective once over one or more accumulated batches.

    Args:
        batches: of this process, at least one; every text of them weighs the same.
        step: number of this step in the whole run, from 0.

    Returns:
        Mean objective before the step, over the batches of all processes.
    """
    accelerator, device = learner.accelerator, learner.accelerator.device
    total = torch.zeros((), device=device)
    texts = sum(len(batch.targets) for batch in batches)
    learner.model.train()
    for number, batch in enumerate(batches):
        torch.manual_seed(_step_seed(learner.seed, step, number, accelerator.process_index))
        last = number == len(batches) - 1
        with nullcontext() if last else accelerator.no_sync(learner.model):
            with autocast(device, learner.precision):
                loss = learner.objective(learner.model, batch.to(device)) * (len(batch.targets) / texts)
            accelerator.backward(loss)
        total += loss.detach()
    nn.utils.clip_grad_norm_(learner.model.parameters(), learner.max_grad_norm)
    learner.optimiser.step()
    learner.optimiser.zero_grad()
    return float(accelerator.reduce(total, reduction="mean"))


def _step_seed(seed: int, step: int, number: int, rank: int) -> int:
    digest = hashlib.blake2b(f"{seed}/{step}/{number}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1  # torch wants a signed 64-bit number
