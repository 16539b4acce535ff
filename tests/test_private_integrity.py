"""The integrity check of private training: right code passes, and every planted bug is found."""

import secrets
from dataclasses import replace

import numpy as np
import pytest
from sentences import emotion_rows, write_rows

from robust_emo.errors import ExitCode
from robust_emo.training.private import integrity
from robust_emo.training.private.contributions import Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.integrity import IntegrityError, check_integrity
from robust_emo.types import Task

SCHEDULE = Schedule(steps=40, learning_rate=8.0, momentum=0.9, max_grad_norm=0.5)


def made(kind=Contributions, *, task=Task.SINGLE_LABEL, units=None, texts=300):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(texts, 40))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return kind(rows, np.eye(4)[rng.integers(0, 4, texts)], task, units)


AUTHORS = [f"author {row % 90}" for row in range(300)]


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("units", [None, AUTHORS])
@pytest.mark.parametrize("noise", [0.4, 3.25, 200.0])
def test_right_code_passes_far_below_the_limits(task, units, noise):
    checks = check_integrity(made(task=task, units=units), SCHEDULE, noise_multiplier=noise)
    measured = {check.name: check.measured for check in checks}
    assert all(check.holds for check in checks)
    assert max(measured[name] for name in ("gradients", "clipping", "update", "loss times 1000")) < 1e-5


class NotClipped(Contributions):
    def clipped_sum(self, weights, norm):
        return super().clipped_sum(weights, 1e12)


class ClippedTogether(Contributions):
    """The sum is clipped, and not each unit's part."""

    def clipped_sum(self, weights, norm):
        whole = super().clipped_sum(weights, 1e12)
        return whole * min(1.0, norm / max(np.linalg.norm(whole), 1e-300))


class ClippedByTexts(Contributions):
    """An author's texts are clipped one by one: ten texts move the sum ten times as far."""

    def clipped_sum(self, weights, norm):
        return Contributions(self.features, self.targets, self.task).clipped_sum(weights, norm)


class ClippedTooLate(Contributions):
    """Features are clipped, and not gradients."""

    def clipped_sum(self, weights, norm):
        lengths = np.linalg.norm(self.features, axis=1, keepdims=True)
        shorter = replace(self, features=self.features * np.minimum(1, norm / np.maximum(lengths, 1e-300)))
        return Contributions.clipped_sum(shorter, weights, 1e12)


class WrongGradient(Contributions):
    """Off by a hundredth in one feature."""

    def clipped_sum(self, weights, norm):
        found = super().clipped_sum(weights, norm)
        found[0] *= 1.01
        return found


class BiasedByAText(Contributions):
    """The first text gets through unclipped, as a parameter outside the clipped path does."""

    def clipped_sum(self, weights, norm):
        return super().clipped_sum(weights, norm) + 3 * self.features[:1].T @ (0.25 - self.targets[:1])


def without_noise(data, schedule, *, noise_multiplier, noise, **others):
    return descend(data, schedule, noise_multiplier=0.0, noise=noise, **others)


def less_noise(data, schedule, *, noise_multiplier, noise, **others):
    return descend(data, schedule, noise_multiplier=0.9 * noise_multiplier, noise=noise, **others)


def seeded_noise(data, schedule, *, noise_multiplier, noise, **others):
    return descend(data, schedule, noise_multiplier=noise_multiplier, noise=np.random.default_rng(0), **others)


class SameEveryStep:
    """A generator that is made anew for each step."""

    def __init__(self):
        self._seed = secrets.randbits(32)

    def normal(self, **arguments):
        return np.random.default_rng(self._seed).normal(**arguments)


def repeated_noise(data, schedule, *, noise_multiplier, noise, **others):
    return descend(data, schedule, noise_multiplier=noise_multiplier, noise=SameEveryStep(), **others)


def unclipped_step(data, schedule, **others):
    return descend(data, replace(schedule, max_grad_norm=1e6), **others)


def other_rate(data, schedule, **others):
    return descend(data, replace(schedule, learning_rate=schedule.learning_rate * 2), **others)


@pytest.mark.parametrize(
    ("kind", "units", "found"),
    [
        (NotClipped, None, "clipping"),
        (ClippedTogether, None, "gradients|clipping"),
        (ClippedByTexts, AUTHORS, "clipping"),
        (ClippedTooLate, None, "gradients|clipping"),
        (WrongGradient, None, "gradients"),
        (BiasedByAText, None, "gradients|clipping"),
    ],
)
def test_planted_bugs_of_clipping_are_found(kind, units, found):
    data = made(kind, units=units)
    with pytest.raises(IntegrityError, match=rf"broken \(({found})\).*nothing was trained") as raised:
        check_integrity(data, SCHEDULE, noise_multiplier=3.25)
    assert raised.value.exit_code is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize(
    ("descent", "found"),
    [
        (without_noise, "noise"),
        (less_noise, "noise"),
        (seeded_noise, "noise|noise of trainings"),
        (repeated_noise, "noise of steps"),
        (unclipped_step, "update"),
        (other_rate, "update"),
    ],
)
def test_planted_bugs_of_the_descent_are_found(descent, found):
    with pytest.raises(IntegrityError, match=rf"broken \(({found})\)"):
        check_integrity(made(), SCHEDULE, noise_multiplier=3.25, descent=descent)


def test_sensitivity_is_measured_by_itself():
    """Behind the check of clipping hardly anything reaches it, so it is shown alone."""
    weights = np.random.default_rng(1).normal(size=(40, 4))
    assert integrity._sensitivity(made(), weights, 0.01).holds
    assert not integrity._sensitivity(made(NotClipped), weights, 0.01).holds
    assert not integrity._sensitivity(made(ClippedByTexts, units=AUTHORS), weights, 0.01).holds


def test_what_is_not_a_number_does_not_hold():
    class Undefined(Contributions):
        def clipped_sum(self, weights, norm):
            return super().clipped_sum(weights, norm) * np.nan

    with pytest.raises(IntegrityError, match="gradients"):
        check_integrity(made(Undefined), SCHEDULE, noise_multiplier=3.25)


def test_the_training_asks_before_it_trains(tiny_model, tmp_path, cli, monkeypatch):
    right = Contributions.clipped_sum
    monkeypatch.setattr(Contributions, "clipped_sum", lambda self, weights, norm: right(self, weights, 1e12))
    data = write_rows(tmp_path / "secrets.csv", emotion_rows(300, seed=5))
    out = tmp_path / "model"
    command = ("train", data, "--out", out, "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
    ended = cli(*command)
    assert ended.code == 3
    assert "private training is broken (clipping)" in ended.err
    assert not out.exists()
