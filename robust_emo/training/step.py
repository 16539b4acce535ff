"""One optimiser step. Its dropout depends on (seed, step, process) only, so that a resumed run repeats it exactly."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from robust_emo.training.adversaries.settings import Adversary
from robust_emo.training.batches import Batch
from robust_emo.training.loss import Loss
from robust_emo.training.precision import Precision, autocast


@dataclass(frozen=True, slots=True)
class Objective:
    """What is lowered on one batch: the sum of one or more terms; adversarial training brings its own.

    Each term is differentiated before the next is computed. So a term may depend on a gradient that the one before it
    left at the input, and the graphs of two terms are never in memory together.
    """

    terms: Callable[[nn.Module, Batch, int], Iterator[Tensor]]
    """Takes the model, a batch and the seed of its dropout, which torch was just given; yields scalars."""
    count: int = 1
    """How many terms there are."""
    adversary: Adversary | None = None
    """The one that it is trained against."""


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

    def terms(model: nn.Module, batch: Batch, _: int) -> Iterator[Tensor]:
        yield loss(model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits, batch.targets)

    return Objective(terms)


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
        seed = _step_seed(learner.seed, step, number, accelerator.process_index)
        torch.manual_seed(seed)
        terms = learner.objective.terms(learner.model, batch.to(device), seed)
        for left in reversed(range(learner.objective.count)):
            last = number == len(batches) - 1 and left == 0
            with nullcontext() if last else accelerator.no_sync(learner.model):
                with autocast(device, learner.precision):
                    term = next(terms) * (len(batch.targets) / texts)
                accelerator.backward(term)
            total += term.detach()
    nn.utils.clip_grad_norm_(learner.model.parameters(), learner.max_grad_norm)
    learner.optimiser.step()
    learner.optimiser.zero_grad()
    return float(accelerator.reduce(total, reduction="mean"))


def _step_seed(seed: int, step: int, number: int, rank: int) -> int:
    digest = hashlib.blake2b(f"{seed}/{step}/{number}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1  # torch wants a signed 64-bit number
