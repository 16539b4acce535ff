"""Whether a private training does what its ledger counts, tried on the data itself before every training.

Wrong code for private training is silent: the loss falls, the accountant counts, and the promise is void. So what the
promise rests on is measured each time: gradients taken one by one, clipping, and the noise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.stats import chi2

from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.types import Task

_UNITS = 64  # looked at one by one
_TOLERANCE = 1e-4  # of a norm
_NO_NORM = 1e12  # no gradient is as long
_DRAWS = 32  # of noise for all weights
FALSE_ALARM = 1e-6  # of the check of the noise, on each side

Descent = Callable[..., Array]


class IntegrityError(RobustEmoError):
    """A private training would not have kept its promise; nothing was trained."""

    exit_code = ExitCode.INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class IntegrityCheck:
    """One measurement and the most that it may come to."""

    name: str
    meaning: str
    """One sentence."""
    measured: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether it is in its limit; what is not a number is not."""
        return self.measured <= self.limit


def check_integrity(
    data: Contributions, schedule: Schedule, *, noise_multiplier: float, descent: Descent = descend
) -> tuple[IntegrityCheck, ...]:
    """Measure what the ledger rests on, on at most 64 units of `data`.

    Args:
        noise_multiplier: that of the training.
        descent: what will train.

    Raises:
        IntegrityError: something is out of its limit; the message names it.
    """
    rng = np.random.default_rng()
    some = _some_units(data, rng)
    weights = rng.normal(size=(data.features.shape[1], data.targets.shape[1]))
    norm = schedule.max_grad_norm
    checks = (
        _gradients(some, weights),
        _clipping(some, weights, norm),
        _steepness(some),
        _sensitivity(some, weights, norm),
        _step(some, schedule, descent),
        *_noise(some, schedule, noise_multiplier, descent),
    )
    refuse_broken(checks)
    return checks


def refuse_broken(checks: Sequence[IntegrityCheck]) -> None:
    """Let nothing be trained unless all checks hold.

    Raises:
        IntegrityError: one does not.
    """
    if broken := [check for check in checks if not check.holds]:
        first = broken[0]
        raise IntegrityError(
            f"private training is broken ({first.name}): {first.meaning} Measured {first.measured:.3g}, at most "
            f"{first.limit:.3g} allowed; nothing was trained"
        )


def _gradients(data: Contributions, weights: Array) -> IntegrityCheck:
    """Without clipping, the sum is that of gradients taken text by text by torch's own differentiation."""
    wanted = sum(_by_torch(data, weights, rows) for rows in _rows(data))
    found = data.clipped_sum(weights, _NO_NORM)
    return IntegrityCheck(
        "gradients",
        "Gradients are those that differentiating unit by unit gives.",
        _distance(found, np.asarray(wanted)),
        _TOLERANCE,
    )


def _clipping(data: Contributions, weights: Array, norm: float) -> IntegrityCheck:
    """With it, that of the same gradients, each shortened to the norm; at a norm that half of the units are above."""
    gradients = [_by_torch(data, weights, rows) for rows in _rows(data)]
    lengths = [float(np.linalg.norm(gradient)) for gradient in gradients]
    middle = min(norm, float(np.median(lengths))) or norm
    wanted = sum(g * min(1.0, middle / max(n, 1e-300)) for g, n in zip(gradients, lengths, strict=True))
    return IntegrityCheck(
        "clipping",
        "The sum is that of gradients clipped unit by unit.",
        _distance(data.clipped_sum(weights, middle), np.asarray(wanted)),
        _TOLERANCE,
    )


def _steepness(data: Contributions) -> IntegrityCheck:
    """At zero weights a thousand times the features is a thousand times the gradient, and clipped the same."""
    nothing, tiny = np.zeros((data.features.shape[1], data.targets.shape[1])), 1e-6
    steep = replace(data, features=data.features * 1000)
    plain = data.clipped_sum(nothing, tiny)
    return IntegrityCheck(
        "loss times 1000",
        "A loss a thousand times as steep gives the same clipped update.",
        _distance(steep.clipped_sum(nothing, tiny), plain),
        1e-3,
    )


def _sensitivity(data: Contributions, weights: Array, norm: float) -> IntegrityCheck:
    """Leave out every unit in turn."""
    whole, most = data.clipped_sum(weights, norm), 0.0
    for rows in _rows(data):
        rest = _without(data, rows)
        most = max(most, float(np.linalg.norm(whole - rest.clipped_sum(weights, norm))))
    return IntegrityCheck(
        "sensitivity", "No unit moves the sum by more than the clipping norm.", most / norm, 1 + _TOLERANCE
    )


def _step(data: Contributions, schedule: Schedule, descent: Descent) -> IntegrityCheck:
    """One step without noise is the clipped mean, times the learning rate: nothing else is read."""
    one = replace(schedule, steps=1)
    found = descent(data, one, noise_multiplier=0.0, noise=SystemNoise())
    nothing = np.zeros_like(found)
    wanted = -schedule.learning_rate * data.clipped_sum(nothing, schedule.max_grad_norm) / data.count
    return IntegrityCheck(
        "update", "Weights move by the clipped sum alone.", _distance(found, np.asarray(wanted)), _TOLERANCE
    )


def _noise(
    data: Contributions, schedule: Schedule, noise_multiplier: float, descent: Descent
) -> tuple[IntegrityCheck, ...]:
    """Of texts that pull nowhere only noise is left."""
    still = replace(data, features=np.zeros_like(data.features))
    scale = noise_multiplier * schedule.max_grad_norm / data.count

    def drawn(steps: int) -> Array:
        noisy = replace(schedule, steps=steps, momentum=0.0, learning_rate=1.0)
        found = [descent(still, noisy, noise_multiplier=noise_multiplier, noise=SystemNoise()) for _ in range(_DRAWS)]
        return np.asarray(found) / scale

    one, other = drawn(1), drawn(1)
    # Weights after two steps are the sum of two noises, and the mean of the second half is these weights.
    both = drawn(2) / np.sqrt(2)
    return (
        deviation("noise", "The noise of a step has the deviation that is counted.", one),
        deviation("noise of steps", "Each step has noise of its own.", both),
        deviation("noise of trainings", "Each training has noise of its own.", (one - other) / np.sqrt(2)),
    )


def deviation(name: str, meaning: str, standard: Array) -> IntegrityCheck:
    """How far the variance of what should be standard normal is from 1, over what chance allows."""
    count = standard.size
    low, high = chi2.ppf([FALSE_ALARM, 1 - FALSE_ALARM], count) / count
    variance = float((standard**2).mean())
    allowed = high - 1 if variance > 1 else 1 - low
    return IntegrityCheck(name, meaning, abs(variance - 1), float(allowed))


def _distance(found: Array, wanted: Array) -> float:
    """Norm of the difference over that of what is wanted."""
    return float(np.linalg.norm(found - wanted) / max(float(np.linalg.norm(wanted)), 1e-300))


def _by_torch(data: Contributions, weights: Array, rows: Sequence[int]) -> Array:
    variable = torch.tensor(weights, requires_grad=True)
    logits = torch.from_numpy(data.features[rows]) @ variable
    targets = torch.from_numpy(data.targets[rows])
    if data.task is Task.MULTI_LABEL:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum")
    else:
        loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, variable)
    return gradient.numpy()


def _names(data: Contributions) -> Sequence[str]:
    return data.units if data.units is not None else [str(row) for row in range(len(data.features))]


def _rows(data: Contributions) -> list[list[int]]:
    """Of each unit."""
    found: dict[str, list[int]] = {}
    for row, name in enumerate(_names(data)):
        found.setdefault(name, []).append(row)
    return list(found.values())


def _taken(data: Contributions, rows: Sequence[int]) -> Contributions:
    units = None if data.units is None else [data.units[row] for row in rows]
    return replace(data, features=data.features[rows], targets=data.targets[rows], units=units)


def _without(data: Contributions, rows: Sequence[int]) -> Contributions:
    gone = set(rows)
    return _taken(data, [row for row in range(len(data.features)) if row not in gone])


def _some_units(data: Contributions, rng: np.random.Generator) -> Contributions:
    units = _rows(data)
    chosen = rng.permutation(len(units))[:_UNITS]
    return _taken(data, sorted(row for unit in chosen for row in units[unit]))
