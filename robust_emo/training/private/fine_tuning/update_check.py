"""Whether a step moves the trained weights by the clipped sum, and nothing else."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from robust_emo.training.private.fine_tuning.clipping import flat
from robust_emo.training.private.fine_tuning.training import Chosen, Training
from robust_emo.training.private.integrity import IntegrityCheck

_TOLERANCE = 1e-4
_EXACT = 1e-6


def check_update(training: Training, chosen: Chosen, clipped: Sequence[Tensor]) -> Iterator[IntegrityCheck]:
    """Take one step without noise on the units `chosen`.

    Args:
        clipped: their clipped sum, for each parameter.
    """
    sums = training.sums
    before = {name: value.detach().clone() for name, value in _state(sums.model)}
    started = [parameter.detach().clone() for parameter in sums.parameters]
    optimiser = training.optimiser(sums.parameters)
    training.step(optimiser, chosen, noise_multiplier=0.0)
    given = [torch.zeros_like(each) if each.grad is None else each.grad for each in sums.parameters]
    found, wanted = flat(given), flat(clipped) / training.expected
    yield IntegrityCheck(
        "update",
        "The optimiser is given the clipped sum over the expected number of units.",
        float((found - wanted).norm() / wanted.norm().clamp(min=1e-300)),
        _TOLERANCE,
    )
    moved = _moved(training, started, given)
    yield IntegrityCheck(
        "outside the sum",
        "No trained weight moves but as the optimiser moves it by that sum.",
        max(float((new.detach() - old).abs().max()) for new, old in zip(sums.parameters, moved, strict=True)),
        _EXACT,
    )
    trained = {id(parameter) for parameter in sums.parameters}
    changed = sum(
        id(value) not in trained and not torch.equal(value, before[name]) for name, value in _state(sums.model)
    )
    yield IntegrityCheck("frozen weights and buffers", "Nothing else in the model changes.", float(changed), 0.0)
    yield IntegrityCheck(
        "shared weights",
        "Each trained weight is given to the optimiser once.",
        float(_miscounted(training, optimiser)),
        0.0,
    )


def _moved(training: Training, started: Sequence[Tensor], given: Sequence[Tensor]) -> list[Tensor]:
    """Where the optimiser's own rule brings the weights that it is given these gradients of."""
    copies = [nn.Parameter(value.clone()) for value in started]
    for copy, gradient in zip(copies, given, strict=True):
        copy.grad = gradient.clone()
    training.optimiser(copies).step()
    return [copy.detach() for copy in copies]


def _state(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """All weights and all buffers, whether they are saved or not."""
    yield from model.named_parameters()
    yield from model.named_buffers()


def _miscounted(training: Training, optimiser: torch.optim.Optimizer) -> int:
    """Weights that are trained and not held once, whatever the number of layers that share them."""
    held = [id(each) for group in optimiser.param_groups for each in group["params"]]
    wanted = [id(each) for each in training.sums.model.parameters() if each.requires_grad]
    return sum(held.count(each) != 1 for each in wanted) + sum(each not in wanted for each in held)
