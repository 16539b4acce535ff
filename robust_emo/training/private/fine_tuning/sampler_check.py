"""Whether samples are Poisson samples: what the accountant counts is a coin of its own for every unit and step."""

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt

import numpy as np

from robust_emo.training.private.fine_tuning.sampling import PoissonSampler
from robust_emo.training.private.integrity import IntegrityCheck

_CREDIBLE = 6.0  # standard deviations
_COINS = 4_000_000  # in all
_FEWEST, _MOST = 40, 400  # samples


def check_sampler(sampler: PoissonSampler) -> Iterator[IntegrityCheck]:
    """Draw some hundred samples; measurements are in standard deviations of what independent coins give."""
    draws = max(_FEWEST, min(_MOST, _COINS // sampler.units))
    samples = [np.asarray(sampler.draw()) for _ in range(draws)]
    twice = sum(len(sample) - len(np.unique(sample)) for sample in samples)
    yield IntegrityCheck("sample: no unit twice", "No unit is in a sample twice.", float(twice), 0.0)
    taken = np.zeros((draws, sampler.units), dtype=bool)
    for row, sample in zip(taken, samples, strict=True):
        row[sample] = True
    if sampler.rate == 1.0:
        yield IntegrityCheck("sample: all units", "A rate of 1 takes all.", float((~taken).sum()), 0.0)
        return
    for name, meaning, measured in (
        ("sample: rate", "Units are taken as often as is counted.", _rate(taken, sampler.rate)),
        ("sample: sizes", "Sizes of samples vary as those of independent coins.", _sizes(taken, sampler.rate)),
        ("sample: units", "All units have the same chance.", _units(taken, sampler.rate)),
        ("sample: steps", "A sample says nothing about the next.", _successive(taken, sampler.rate)),
        ("sample: empty", "Samples are empty as often as coins are.", _empty(sampler, draws)),
        ("sample: secret", "No two samplers draw the same.", _repeated(sampler)),
    ):
        yield IntegrityCheck(name, meaning, measured, _CREDIBLE)


def _rate(taken: np.ndarray, rate: float) -> float:
    return abs(float(taken.sum()) - taken.size * rate) / sqrt(taken.size * rate * (1 - rate))


def _sizes(taken: np.ndarray, rate: float) -> float:
    """Batches of one size have no variance at all."""
    draws, units = taken.shape
    variance = units * rate * (1 - rate)
    ratio = float(((taken.sum(axis=1) - units * rate) ** 2).mean()) / variance
    return float(abs(ratio - 1) / sqrt((2 + 1 / variance) / draws))


def _units(taken: np.ndarray, rate: float) -> float:
    """Weights make some units more frequent; passes over the data make all equally frequent."""
    draws, units = taken.shape
    variance = draws * rate * (1 - rate)
    ratio = float(((taken.sum(axis=0) - draws * rate) ** 2).mean() / variance)
    return abs(ratio - 1) / sqrt((2 + 1 / variance) / units)


def _successive(taken: np.ndarray, rate: float) -> float:
    """In a pass over the data, who was in one batch is not in the next."""
    pairs, units = len(taken) - 1, taken.shape[1]
    both = float((taken[1:] & taken[:-1]).sum())
    variance = pairs * units * (rate**2 * (1 - rate**2) + 2 * (rate**3 - rate**4))
    return float(abs(both - pairs * units * rate**2) / sqrt(variance))


def _empty(sampler: PoissonSampler, draws: int) -> float:
    """At a rate at which half of the samples are."""
    rare = replace(sampler, rate=1 - 0.5 ** (1 / sampler.units))
    empty = sum(len(rare.draw()) == 0 for _ in range(draws))
    return abs(empty - draws / 2) / sqrt(draws / 4)


def _repeated(sampler: PoissonSampler) -> float:
    one, other = (replace(sampler, rate=0.5).draw() for _ in range(2))
    return _CREDIBLE * 2 if np.array_equal(one, other) else 0.0
