"""Whether to compute in bf16: measured on this device with this model and batch, not assumed."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

import torch

from robust_emo.errors import InputError
from robust_emo.training.hyperparameters import PrecisionName

Precision = Literal["fp32", "bf16"]

_REPEATS = 3
_WORTH = 1.2  # a smaller gain is within the noise of a busy machine, and fp32 is the safer choice


@dataclass(frozen=True, slots=True)
class PrecisionChoice:
    """What was chosen and why."""

    name: Precision
    reason: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Shortest seconds of one forward and backward pass by precision; empty where nothing was measured."""


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """Run matrix products in bf16 inside, or change nothing for fp32."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def choose_precision(
    requested: PrecisionName, device: torch.device, forward_backward: Callable[[Precision], None]
) -> PrecisionChoice:
    """Pick the precision.

    Args:
        requested: `auto` measures on CPUs (one to two seconds) and takes bf16 on GPUs that have it.
        forward_backward: computes and differentiates the loss of one real batch in the given precision.

    Raises:
        InputError: bf16 was asked for on a GPU that does not have it.
    """
    if device.type == "cuda":
        return _on_cuda(requested)
    if requested != "auto":
        return PrecisionChoice(requested, "asked for")
    if device.type != "cpu":
        return PrecisionChoice("fp32", f"no bf16 on {device.type}")
    seconds = _measure(forward_backward)
    gain = seconds["fp32"] / seconds["bf16"]
    name: Precision = "bf16" if gain >= _WORTH else "fp32"
    return PrecisionChoice(name, f"bf16 is {gain:.2f} times as fast as fp32 here", seconds)


def _on_cuda(requested: PrecisionName) -> PrecisionChoice:
    if requested == "fp32":
        return PrecisionChoice("fp32", "asked for")
    supported = torch.cuda.is_bf16_supported(including_emulation=False)
    if requested == "bf16" and not supported:
        raise InputError("this GPU has no bf16; use --precision fp32")
    if requested == "bf16":
        return PrecisionChoice("bf16", "asked for")
    return PrecisionChoice("bf16", "the GPU has bf16") if supported else PrecisionChoice("fp32", "the GPU has no bf16")


def _measure(forward_backward: Callable[[Precision], None]) -> dict[str, float]:
    """Best of several: the shortest time is the one that other programs disturbed least."""
    names: tuple[Precision, ...] = ("fp32", "bf16")
    for name in names:
        forward_backward(name)  # the first pass pays for allocation and kernel selection
    seconds: dict[str, float] = dict.fromkeys(names, float("inf"))
    for _ in range(_REPEATS):
        for name in names:
            start = time.perf_counter()
            forward_backward(name)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds
