"""Whether a private fine-tuning does what its ledger counts, tried on its own model and texts before every training.

Gradients are taken again unit by unit, without anything attached to the model; all weights that are trained are shaken
first, since adapters and heads that start at zero would hide what is wrong behind them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from robust_emo.training.batches import Encoded
from robust_emo.training.private.fine_tuning.clipping import flat, no_hook_warnings
from robust_emo.training.private.fine_tuning.inputs import physical_batch
from robust_emo.training.private.fine_tuning.noise_check import check_noise
from robust_emo.training.private.fine_tuning.packing import Rows, shortest_first
from robust_emo.training.private.fine_tuning.sampler_check import check_sampler
from robust_emo.training.private.fine_tuning.training import Training
from robust_emo.training.private.fine_tuning.update_check import check_update
from robust_emo.training.private.integrity import IntegrityCheck, refuse_broken
from robust_emo.types import Task

_UNITS = 8  # looked at one by one
_TEXTS = 2  # of a unit that has several
_TOGETHER = 4  # texts in a physical batch: two such units, and several batches make a step
_LARGE = _TOGETHER + 1  # texts of one unit, which no batch may tear apart
_LEFT_OUT = 4  # units, in turn
_TOLERANCE = 1e-4  # of a norm
_SMALL = 1e-3  # share of the whole gradient under which a layer's own norm says nothing
_NO_NORM = 1e12  # no gradient is as long
_SHAKEN = 0.02


@dataclass(frozen=True)
class Reference:
    """Gradients taken by torch unit by unit."""

    gradients: Sequence[Sequence[Tensor]]
    """Of each unit, those of each parameter."""

    @property
    def norms(self) -> Tensor:
        """(units,)."""
        return torch.stack([flat(each).norm() for each in self.gradients])

    def clipped(self, norm: float, leaving_out: int | None = None) -> list[Tensor]:
        """The sum over the units, each clipped to `norm`, for each parameter."""
        factors = norm / self.norms.clamp(min=norm)
        return [
            sum((f * g.double() for n, (f, g) in enumerate(zip(factors, unit, strict=True)) if n != leaving_out),
                start=torch.zeros_like(unit[0], dtype=torch.float64))
            for unit in zip(*self.gradients, strict=True)
        ]  # fmt: skip


def check_fine_tuning(training: Training) -> tuple[IntegrityCheck, ...]:
    """Measure what the ledger rests on; the model is left as it was.

    Raises:
        IntegrityError: something is out of its limit; the message names it.
    """
    some = _some_units(training)
    chosen = range(len(some.units))
    with _shaken(training):
        reference = Reference([_by_torch(some, unit) for unit in some.units])
        norm = training.sums.max_grad_norm
        checks = [
            *_gradients(some, reference),
            _clipping(some, reference),
            _steepness(some, reference),
            _sensitivity(some, norm),
        ]
        checks += check_update(some, chosen, reference.clipped(norm))
        checks += check_noise(some, chosen, reference.clipped(norm))
    checks += check_sampler(training.sampler)
    refuse_broken(checks)
    return tuple(checks)


def _some_units(training: Training) -> Training:
    """The same on a few of the units and of their texts; half of the units have several.

    Batches hold several units where memory allows, and neighbours in them different labels: a unit alone hides what
    units do to each other, and where all have one label, what a layer takes from all alike cancels out.
    """
    order = np.random.default_rng().permutation(len(training.units)).tolist()
    several = [number for number in order if len(training.units[number]) > 1][: _UNITS // 2]
    chosen = (several + [number for number in order if number not in several])[:_UNITS]
    units = [training.units[number][: _TEXTS if place else _LARGE] for place, number in enumerate(chosen)]
    sizes = replace(training.sizes, largest=min(training.sizes.largest, _TOGETHER))
    return replace(training, data=_labels_in_turn(training.data, units), units=units, sizes=sizes)


def _labels_in_turn(data: Encoded, units: Sequence[Rows]) -> Encoded:
    """The same texts, with one label after the other for the units from the shortest to the longest, as batches take
    them; gradients have to be right for any label."""
    count = len(data.labels)
    each = np.arange(count) if data.task is Task.SINGLE_LABEL else np.eye(count + 1, count)  # and one without any
    in_turn, targets = torch.as_tensor(each, dtype=data.targets.dtype), data.targets.clone()
    for place, unit in enumerate(shortest_first(units, data.lengths)):
        targets[list(unit)] = in_turn[place % len(in_turn)]
    return replace(data, targets=targets)


def _by_torch(training: Training, unit: Rows) -> list[Tensor]:
    """Text by text, with nothing but token ids: what the model looks up by itself is right for one text."""
    sums = training.sums
    total = [torch.zeros_like(parameter) for parameter in sums.parameters]
    for row in unit:
        batch = physical_batch(training.data, [[row]], expanded=(), device=training.device)
        with sums.paused(), no_hook_warnings():
            found = torch.autograd.grad(sums.losses(batch).sum(), sums.parameters, allow_unused=True)
        total = [old if new is None else old + new for old, new in zip(total, found, strict=True)]
    return total


def _summed(training: Training, norm: float, *, steepness: float = 1.0, leaving_out: int | None = None) -> list[Tensor]:
    """What the training makes of all units, clipped to another norm."""
    sums = training.sums
    kept, sums.max_grad_norm = sums.max_grad_norm, norm
    try:
        for batch in training.batches([n for n in range(len(training.units)) if n != leaving_out]):
            sums.add(batch, steepness=steepness)
        return sums.taken()
    finally:
        sums.max_grad_norm = kept


def _gradients(training: Training, reference: Reference) -> Iterator[IntegrityCheck]:
    found, wanted = _summed(training, _NO_NORM), reference.clipped(_NO_NORM)
    meaning = "Gradients are those that differentiating text by text gives."
    yield IntegrityCheck("gradients", meaning, _distance(found, wanted), _TOLERANCE)
    # The gradients of attention's key biases are nothing but rounding errors: a floor on what is compared with.
    floor = _SMALL * float(flat(wanted).norm())
    worst = max(
        float((one.double() - other).norm()) / max(float(other.norm()), floor, 1e-300)
        for one, other in zip(found, wanted, strict=True)
    )
    yield IntegrityCheck("gradients of each weight", "So they are in every single layer.", worst, _TOLERANCE)


def _clipping(training: Training, reference: Reference) -> IntegrityCheck:
    """At a norm that half of the units are above."""
    middle = float(reference.norms.median())
    return IntegrityCheck(
        "clipping",
        "The sum is that of gradients clipped unit by unit.",
        _distance(_summed(training, middle), reference.clipped(middle)),
        _TOLERANCE,
    )


def _steepness(training: Training, reference: Reference) -> IntegrityCheck:
    short = 0.1 * float(reference.norms.min())
    steep = _summed(training, short, steepness=1000.0)
    return IntegrityCheck(
        "loss times 1000",
        "A loss a thousand times as steep gives the same clipped update.",
        _distance(steep, _summed(training, short)),
        1e-3,
    )


def _sensitivity(training: Training, norm: float) -> IntegrityCheck:
    """What one text does to the gradients of others, as by statistics of a batch, is found here."""
    whole, most = flat(_summed(training, norm)), 0.0
    for number in range(min(_LEFT_OUT, len(training.units))):
        rest = flat(_summed(training, norm, leaving_out=number))
        most = max(most, float((whole - rest).norm()))
    return IntegrityCheck(
        "sensitivity", "No unit moves the sum by more than the clipping norm.", most / norm, 1 + _TOLERANCE
    )


def _distance(found: Sequence[Tensor], wanted: Sequence[Tensor]) -> float:
    """Norm of the difference over that of what is wanted."""
    return float((flat(found) - flat(wanted)).norm() / flat(wanted).norm().clamp(min=1e-300))


@contextmanager
def _shaken(training: Training) -> Iterator[None]:
    """Inside, all trained weights are moved a little; then they are exactly what they were."""
    parameters = training.sums.parameters
    before = [parameter.detach().clone() for parameter in parameters]
    generator = torch.Generator().manual_seed(time.time_ns())
    with torch.no_grad():
        for parameter in parameters:
            moved = torch.randn(parameter.shape, generator=generator) * _SHAKEN
            parameter.add_(moved.to(parameter.device))
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, value in zip(parameters, before, strict=True):
                parameter.copy_(value)
                parameter.grad = None
        training.sums.taken()
