"""Poisson samples: right ones pass the check before a training, and other ways to make batches are found."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_encoders import tiny_training

from robust_emo.training.private.fine_tuning.integrity import check_fine_tuning
from robust_emo.training.private.fine_tuning.sampler_check import check_sampler
from robust_emo.training.private.fine_tuning.sampling import PoissonSampler
from robust_emo.training.private.integrity import IntegrityError

_rng = np.random.default_rng(0)


class Shuffled(PoissonSampler):
    """`poisson_sampling=False`: passes over the data in batches of one size, accounted as Poisson."""

    left: list = []  # noqa: RUF012 - shared on purpose

    def draw(self):
        size = max(1, round(self.units * self.rate))
        if len(self.left) < size:
            self.left[:] = _rng.permutation(self.units).tolist()
        taken, self.left[:] = self.left[:size], self.left[size:]
        return np.sort(taken)


class FixedSize(PoissonSampler):
    def draw(self):
        return np.sort(_rng.choice(self.units, max(1, round(self.units * self.rate)), replace=False))


class RandomOnEmpty(PoissonSampler):
    """`rand_on_empty`: one is drawn instead of none."""

    def draw(self):
        found = super().draw()
        return found if len(found) else _rng.integers(0, self.units, 1)


class Weighted(PoissonSampler):
    """`WeightedRandomSampler`: rare classes more often, with replacement."""

    def draw(self):
        weights = np.arange(1, self.units + 1)
        return np.sort(_rng.choice(self.units, max(1, round(self.units * self.rate)), p=weights / weights.sum()))


class RareUnitsMore(PoissonSampler):
    """Coins of their own, and unequal ones."""

    def draw(self):
        return np.flatnonzero(_rng.random(self.units) < self.rate * np.where(np.arange(self.units) % 2, 1.5, 0.5))


class Generous(PoissonSampler):
    def draw(self):
        return np.flatnonzero(_rng.random(self.units) < min(1.0, self.rate * 1.1))


class Seeded(PoissonSampler):
    def draw(self):
        return np.flatnonzero(np.random.default_rng(0).random(self.units) < self.rate)


class MostOf(PoissonSampler):
    def draw(self):
        return np.arange(self.units - 1)


SAMPLERS = (Shuffled, FixedSize, RandomOnEmpty, Weighted, RareUnitsMore, Generous, Seeded)


@pytest.mark.parametrize("kind", SAMPLERS)
@pytest.mark.parametrize(("units", "rate"), [(120, 20 / 120), (16000, 2048 / 16000)])
def test_samples_that_are_not_of_independent_coins(kind, units, rate):
    assert not all(check.holds for check in check_sampler(kind(units, rate)))


@pytest.mark.parametrize("kind", [FixedSize, RandomOnEmpty])
def test_a_wrong_sampler_stops_the_training(kind):
    training = tiny_training()
    with pytest.raises(IntegrityError, match=r"broken \(sample: .*\).*nothing was trained"):
        check_fine_tuning(replace(training, sampler=kind(training.sampler.units, training.sampler.rate)))


@pytest.mark.parametrize(("units", "rate"), [(100, 0.01), (120, 0.5), (3257, 0.03), (16000, 0.25), (500, 1.0)])
def test_right_samples_pass(units, rate):
    assert all(check.holds for _ in range(5) for check in check_sampler(PoissonSampler(units, rate)))
    if rate == 1.0:
        assert not all(check.holds for check in check_sampler(MostOf(units, rate)))
