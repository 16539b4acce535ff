"""The check before a private fine-tuning: right code passes, and every silent trap is found when it is planted."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_encoders import tiny_training
from torch import nn

from robust_emo.errors import ExitCode
from robust_emo.training.private.fine_tuning import training as module
from robust_emo.training.private.fine_tuning.clipping import GhostSum, HookSum, backward
from robust_emo.training.private.fine_tuning.inputs import physical_batch
from robust_emo.training.private.fine_tuning.integrity import check_fine_tuning
from robust_emo.training.private.fine_tuning.training import Training
from robust_emo.training.private.integrity import IntegrityError
from robust_emo.types import Task


def refused(training, names):
    with pytest.raises(IntegrityError, match=rf"broken \(({names})\).*nothing was trained") as raised:
        check_fine_tuning(training)
    assert raised.value.exit_code is ExitCode.INCONCLUSIVE


def as_kind(training, kind):
    """The same training by another kind of training or of sums."""
    if issubclass(kind, Training):
        fields = {each.name: getattr(training, each.name) for each in dataclasses.fields(training)}
        return kind(**fields)
    training.sums.__class__ = kind
    return training


@pytest.mark.parametrize("authors", [None, 100])
@pytest.mark.parametrize("noise", [0.4, 20.0])
def test_right_code_passes_and_leaves_the_model_as_it_was(authors, noise):
    training = tiny_training(noise=noise, authors=authors)
    before = {name: value.clone() for name, value in training.sums.model.state_dict().items()}
    checks = check_fine_tuning(training)
    assert len({check.name for check in checks}) == len(checks) == 20
    after = training.sums.model.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not any(total.any() for total in training.sums.taken())


def test_position_ids_that_are_not_expanded():
    training = tiny_training("bert", "full", train_embeddings=True, grad_mode="hooks")
    with pytest.raises(IntegrityError, match=r"broken \(gradients\): a layer looks something up once"):
        check_fine_tuning(replace(training, expanded=()))


def test_position_ids_that_are_not_expanded_in_ghost_mode():
    training = tiny_training("bert", "full", train_embeddings=True, grad_mode="ghost")
    with pytest.raises((IntegrityError, RuntimeError)):  # Opacus itself stumbles over them
        check_fine_tuning(replace(training, expanded=()))


class PlainLoss(GhostSum):
    """As `outputs.loss.backward()`: clipping is passed by."""

    def add(self, batch, *, steepness=1.0):
        with self.paused():
            backward(self.losses(batch, steepness).sum())
        for total, parameter in zip(self._totals, self.parameters, strict=True):
            total += parameter.grad
        self._clear()


class LastBackwardOnly(GhostSum):
    """Two backwards in a step: the first is dropped, as Opacus's wrapped loss does by its `zero_grad`."""

    def add(self, batch, *, steepness=1.0):
        self._totals = [torch.zeros_like(each) for each in self.parameters]
        super().add(batch, steepness=steepness)


@pytest.mark.parametrize(("kind", "found"), [(PlainLoss, "clipping"), (LastBackwardOnly, "gradients")])
def test_ghost_mode_used_wrongly(kind, found):
    refused(as_kind(tiny_training(grad_mode="ghost"), kind), found)


class NotClipped(HookSum):
    def _factors(self, norms):
        return torch.ones_like(norms)


class ClippedByAThousandth(HookSum):
    """A norm that is forgotten to be scaled with the loss."""

    def add(self, batch, *, steepness=1.0):
        kept, self.max_grad_norm = self.max_grad_norm, self.max_grad_norm * steepness
        super().add(batch, steepness=steepness)
        self.max_grad_norm = kept


class ClippedTogether(HookSum):
    """The batch and not the unit."""

    def _factors(self, norms):
        return super()._factors(norms.norm().expand_as(norms))


class ClippedByTexts(HookSum):
    """An author's texts one by one."""

    def add(self, batch, *, steepness=1.0):
        super().add(replace(batch, members=None, units=len(batch.targets)), steepness=steepness)


@pytest.mark.parametrize(
    ("kind", "authors", "found"),
    [
        (NotClipped, None, "clipping"),
        (ClippedByAThousandth, None, "loss times 1000"),
        (ClippedTogether, None, "clipping|gradients"),
        (ClippedTogether, 30, "clipping|gradients"),
        (ClippedByTexts, 100, "clipping"),
        (ClippedByTexts, 30, "clipping"),
    ],
)
def test_clipping_that_does_not_clip_each_unit(kind, authors, found):
    refused(as_kind(tiny_training(authors=authors), kind), found)


class StatisticsOfTheBatch(nn.Module):
    """Each text's features depend on the others', as in a batch norm."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, hidden, *others, **named):
        found = self.inner(hidden, *others, **named)
        return found - found.mean(0, keepdim=True)


def test_statistics_of_the_batch():
    training = tiny_training("bert", "last", last_layers=1)
    training.sums.model.dropout = StatisticsOfTheBatch(training.sums.model.dropout)
    refused(training, "gradients.*")


@pytest.mark.parametrize("task", Task)
def test_statistics_of_the_batch_where_all_texts_are_alike(task):
    """Texts of one label that begin alike: what the mean takes from each cancels out, down to rounding errors. One draw
    in some thousands was like that."""
    training = tiny_training("bert", "last", last_layers=1, task=task)
    training.sums.model.dropout = StatisticsOfTheBatch(training.sums.model.dropout)
    alike = [unit for unit in training.units if training.data.ids[unit[0]][0] == training.data.ids[0][0]]
    refused(replace(training, units=alike), "gradients.*")


class TornUnits(Training):
    """A unit that is larger than a batch is clipped piece by piece."""

    def batches(self, chosen):
        for number in chosen:
            unit = list(self.units[number])
            for start in range(0, len(unit), self.sizes.largest):
                rows = unit[start : start + self.sizes.largest]
                yield physical_batch(self.data, [rows], expanded=self.expanded, device=self.device)


def test_units_that_are_torn_apart():
    refused(as_kind(tiny_training(authors=20), TornUnits), "clipping.*|sensitivity.*")


class CountsTexts(nn.Module):
    """A buffer that learns from private texts, as the running mean of a batch norm."""

    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, hidden):
        self.seen += hidden.detach().abs().mean()
        return hidden


def test_a_buffer_that_changes():
    training = tiny_training("bert", "last", last_layers=1)
    training.sums.model.dropout = CountsTexts()
    refused(training, "frozen weights and buffers")


class HeadBeside(Training):
    """The head has an optimiser of its own, without clipping and noise."""

    def step(self, optimiser, chosen, *, noise_multiplier):
        super().step(optimiser, chosen, noise_multiplier=noise_multiplier)
        if len(chosen):
            head = self.sums.parameters[-1]
            batch = physical_batch(self.data, [self.units[n] for n in chosen], expanded=self.expanded, device="cpu")
            with self.sums.paused():
                (gradient,) = torch.autograd.grad(self.sums.losses(batch).sum(), [head])
            with torch.no_grad():
                head -= 0.01 * gradient


class FrozenMoves(Training):
    def step(self, optimiser, chosen, *, noise_multiplier):
        super().step(optimiser, chosen, noise_multiplier=noise_multiplier)
        with torch.no_grad():
            next(each for each in self.sums.model.parameters() if not each.requires_grad).mul_(1.001)


class DividedByTheTrueSize(Training):
    """Which is a secret."""

    @property
    def expected(self):
        return 20.0

    def step(self, optimiser, chosen, *, noise_multiplier):
        plain = as_kind(self, Training)
        wrong = replace(plain.steps, sample_rate=max(len(chosen), 1) / len(self.units))
        replace(plain, steps=wrong).step(optimiser, chosen, noise_multiplier=noise_multiplier)


class ForgottenInTheOptimiser(Training):
    def optimiser(self, parameters):
        return torch.optim.Adam(list(parameters)[1:], lr=self.learning_rate)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (HeadBeside, "outside the sum"),
        (FrozenMoves, "frozen weights and buffers"),
        (DividedByTheTrueSize, "update"),
        (ForgottenInTheOptimiser, "shared weights"),
    ],
)
def test_weights_that_move_outside_the_clipped_sum(kind, found):
    refused(as_kind(tiny_training("bert", "last"), kind), found)


class WeakNoise(Training):
    def step(self, optimiser, chosen, *, noise_multiplier):
        super().step(optimiser, chosen, noise_multiplier=0.9 * noise_multiplier)


class NoNoiseOnTexts(Training):
    """Only the empty sample has some."""

    def step(self, optimiser, chosen, *, noise_multiplier):
        super().step(optimiser, chosen, noise_multiplier=noise_multiplier * (len(chosen) == 0))


class CrashesOnEmpty(Training):
    """Gives the model a batch without a text, as Opacus's loader does."""

    def batches(self, chosen):
        if not len(chosen):
            self.sums.model(input_ids=torch.zeros((0, 0), dtype=torch.long)).logits.sum().backward()
            raise IndexError("no text")
        return super().batches(chosen)


@pytest.mark.parametrize(
    ("kind", "found"),
    [(WeakNoise, "noise.*"), (NoNoiseOnTexts, "noise.*"), (CrashesOnEmpty, "empty sample")],
)
def test_noise_of_another_scale_and_empty_samples(kind, found):
    refused(as_kind(tiny_training("bert", "last"), kind), found)


class SeededNoise:
    def normal(self, *, scale, size):
        return np.random.default_rng(int(np.prod(size))).normal(scale=scale, size=size)


def test_noise_that_is_the_same_in_all_steps():
    refused(replace(tiny_training("bert", "last"), noise=SeededNoise()), "noise.*")


def test_a_single_weight_without_noise(monkeypatch):
    right = module.private_step

    def step(sums, batches, optimiser, **settings):
        right(sums, batches, optimiser, **settings)
        sums.parameters[-1].grad.zero_()

    training = tiny_training("bert", "last")
    monkeypatch.setattr(module, "private_step", step)
    with pytest.raises(IntegrityError):
        check_fine_tuning(training)
