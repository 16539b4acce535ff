"""The clipped sum and the noisy descent of a private head, against definitions written out and against torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from robust_emo.training.private.contributions import Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.types import Task

NORM = 0.5


def made(seed, *, task=Task.SINGLE_LABEL, units=None, texts=30, features=6, labels=3, scale=1.0):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(texts, features)) * scale
    if task is Task.MULTI_LABEL:
        return Contributions(rows, rng.integers(0, 2, (texts, labels)).astype(float), task, units)
    return Contributions(rows, np.eye(labels)[rng.integers(0, labels, texts)], task, units)


def by_autograd(data, weights, rows):
    """Gradient of the summed loss of some texts."""
    variable = torch.tensor(weights, requires_grad=True)
    logits = torch.tensor(data.features[rows]) @ variable
    targets = torch.tensor(data.targets[rows])
    if data.task is Task.MULTI_LABEL:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum")
    else:
        loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    return torch.autograd.grad(loss, variable)[0].numpy()


def unit_by_unit(data, weights, norm):
    names = data.units or [str(row) for row in range(len(data.features))]
    total = np.zeros_like(weights)
    for name in dict.fromkeys(names):
        gradient = by_autograd(data, weights, [row for row, other in enumerate(names) if other == name])
        total += gradient * min(1.0, norm / np.linalg.norm(gradient))
    return total


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("units", [None, [f"author {row % 7}" for row in range(30)], [str(row) for row in range(30)]])
@pytest.mark.parametrize("norm", [0.1, 1.0, 1e6])
def test_the_clipped_sum_is_that_of_gradients_taken_one_by_one(task, units, norm):
    data, weights = made(0, task=task, units=units), np.random.default_rng(1).normal(size=(6, 3))
    wanted = unit_by_unit(data, weights, norm)
    found = data.clipped_sum(weights, norm)
    assert np.linalg.norm(found - wanted) <= 1e-10 * np.linalg.norm(wanted)


@given(st.integers(0, 2**32 - 1), st.sampled_from(Task), st.booleans(), st.floats(0.01, 100), st.floats(0.01, 10))
@hypothesis_settings(deadline=None, max_examples=60)
def test_one_unit_more_or_less_never_moves_the_sum_by_more_than_the_norm(seed, task, grouped, scale, norm):
    units = [f"author {row % 5}" for row in range(30)] if grouped else None
    data, weights = made(seed, task=task, units=units, scale=scale), np.random.default_rng(seed).normal(size=(6, 3))
    stays = [row for row in range(30) if (units[row] != "author 2" if units else row != 2)]
    fewer = Contributions(
        data.features[stays], data.targets[stays], task, [units[row] for row in stays] if units else None
    )
    moved = np.linalg.norm(data.clipped_sum(weights, norm) - fewer.clipped_sum(weights, norm))
    assert moved <= norm * (1 + 1e-9)
    assert fewer.count == data.count - 1


def test_a_steeper_loss_does_not_move_a_clipped_sum():
    """Where all units are clipped, only directions count: features a thousand times as large change nothing."""
    data = made(3)
    steep = Contributions(data.features * 1000, data.targets, data.task)
    weights = np.zeros((6, 3))
    plain, steeper = data.clipped_sum(weights, 1e-3), steep.clipped_sum(weights, 1e-3)
    assert np.linalg.norm(plain - steeper) <= 1e-9 * np.linalg.norm(plain)


def test_extreme_weights_overflow_nowhere():
    for task in Task:
        data = made(6, task=task)
        assert np.isfinite(data.clipped_sum(np.full((6, 3), 1e6), NORM)).all()


def run(data, *, noise=0.0, stepped=lambda step: None, **changes):
    numbers = {"max_grad_norm": NORM, "steps": 6, "learning_rate": 0.7, "momentum": 0.9} | changes
    return descend(data, Schedule(**numbers), noise_multiplier=noise, noise=np.random.default_rng(0), stepped=stepped)


def test_without_noise_and_clipping_it_is_torchs_own_descent():
    data = made(7)
    weights = torch.zeros(6, 3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=0.7, momentum=0.9)
    later = []
    for step in range(6):
        optimiser.zero_grad()
        logits = torch.tensor(data.features) @ weights
        torch.nn.functional.cross_entropy(logits, torch.tensor(data.targets)).backward()
        optimiser.step()
        if step >= 3:
            later.append(weights.detach().numpy().copy())
    assert run(data, max_grad_norm=1e6) == pytest.approx(np.mean(later, axis=0))


def test_the_noise_has_the_deviation_that_is_counted():
    """Of data that pulls nowhere only noise is left; its variance is tested at one in a million."""
    nothing = Contributions(np.zeros((50, 200)), np.eye(2)[np.zeros(50, dtype=int)], Task.SINGLE_LABEL)
    weights = run(nothing, noise=3.0, steps=1, learning_rate=1.0, momentum=0.0)
    squares = float(((weights * 50 / (3.0 * NORM)) ** 2).sum())
    low, high = chi2.ppf([5e-7, 1 - 5e-7], weights.size)
    assert low < squares < high


def test_every_step_has_noise_of_its_own():
    nothing = Contributions(np.zeros((50, 200)), np.eye(2)[np.zeros(50, dtype=int)], Task.SINGLE_LABEL)
    steps = []
    numbers = {"max_grad_norm": 1.0, "steps": 5, "learning_rate": 1.0, "momentum": 0.0}
    last = run(nothing, noise=1.0, stepped=steps.append, **numbers)
    # The mean of the weights after steps 3, 4 and 5: three independent noises whole, the next to 2/3, the last to 1/3.
    variance = 3 + (2 / 3) ** 2 + (1 / 3) ** 2
    low, high = chi2.ppf([5e-7, 1 - 5e-7], last.size)
    assert low < float(((last * 50) ** 2).sum() / variance) < high
    assert steps == [1, 2, 3, 4, 5]


def test_noise_of_the_system_is_standard_normal_and_never_the_same():
    """Tested at one in a million, on its distribution and on the independence of neighbours."""
    drawn = SystemNoise().normal(scale=2.0, size=(400, 250)) / 2.0
    assert drawn.shape == (400, 250)
    assert kstest(drawn.ravel(), "norm").pvalue > 1e-6
    assert abs(np.corrcoef(drawn.ravel()[1:], drawn.ravel()[:-1])[0, 1]) < 5 / np.sqrt(drawn.size)
    assert not np.isclose(drawn, SystemNoise().normal(scale=1.0, size=(400, 250))).all()


@pytest.mark.parametrize(
    ("settings", "units", "steps", "rate"),
    [
        ({"epsilon": 1.0}, 3257, 40, 5.43),  # few units or a small epsilon: short steps, no fewer of them
        ({"epsilon": 8.0}, 3257, 109, 15.94),
        ({"epsilon": 8.0}, 16_000, 533, 16.0),
        ({"epsilon": 8.0}, 1_000_000, 1000, 16.0),
        ({"epsilon": 8.0, "steps": 100}, 3257, 100, 16.0),
        ({"epsilon": 1.0, "steps": 400}, 3257, 400, 0.543),
        ({"epsilon": 8.0, "learning_rate": 4.0}, 3257, 434, 4.0),
        ({"noise_multiplier": 3.0}, 16_000, 40, 8.0),
        ({"noise_multiplier": 3.0, "steps": 90, "learning_rate": 1.0}, 16_000, 90, 1.0),
    ],
)
def test_how_long_a_head_learns_depends_on_units_and_epsilon(settings, units, steps, rate):
    schedule = PrivateSettings(**settings).schedule(units)
    assert schedule.steps == steps
    assert schedule.learning_rate == pytest.approx(rate, rel=1e-3)
    assert PrivateSettings(**settings).planned(units).steps.steps == steps
