"""AdamW with weight-decay groups, faster new layers, and a schedule that is a pure function of the step."""

from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn

from robust_emo.training.hyperparameters import Hyperparameters


def make_optimiser(model: nn.Module, settings: Hyperparameters, *, fresh: Collection[str] = ()) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2019) over the trainable parameters.

    Biases and norms (fewer than two dimensions) are not decayed. Parameters named in `fresh` learn
    `settings.head_factor` times faster.
    """
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((parameter.ndim >= 2, name in fresh), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "weight_decay": settings.weight_decay if decayed else 0.0,
                "lr": settings.learning_rate * (settings.head_factor if new else 1.0),
            }
            for (decayed, new), parameters in groups.items()
        ],
        fused=True,
    )


def rate_factor(step: int, *, total: int, warmup: float) -> float:
    """Factor on the peak learning rate at `step` (from 0): linear warm-up, then linear decay to zero at `total`."""
    warm = int(warmup * total)
    if step < warm:
        return (step + 1) / (warm + 1)
    return max(0.0, (total - step) / max(1, total - warm))


def set_rate(optimiser: torch.optim.Optimizer, factor: float) -> None:
    """Set every group's rate to its peak times `factor`."""
    for group in optimiser.param_groups:
        group.setdefault("initial_lr", group["lr"])
        group["lr"] = group["initial_lr"] * factor


def optimiser_tensors(optimiser: torch.optim.Optimizer, model: nn.Module) -> dict[str, Tensor]:
    """State of the optimiser as flat tensors named `<state>/<parameter>`."""
    return {
        f"{key}/{name}": value
        for name, parameter in model.named_parameters()
        for key, value in optimiser.state.get(parameter, {}).items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Undo :func:`optimiser_tensors`; the optimiser must have been made for the same model."""
    parameters = dict(model.named_parameters())
    for key, value in tensors.items():
        state, name = key.split("/", 1)
        parameter = parameters[name]
        # fused AdamW keeps its step counter on the parameter's device, like its moments
        optimiser.state[parameter][state] = value.to(parameter.device)
