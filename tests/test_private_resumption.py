"""An interrupted private training goes on, and never costs more than its ledger says."""

import json
import os
import signal
from dataclasses import replace

import pytest
import torch
from command_line import refused
from sentences import emotion_rows, write_rows
from tiny_encoders import tiny_training

from robust_emo.errors import InputError
from robust_emo.models.manifest import read_manifest
from robust_emo.training.interruption import TrainingInterrupted
from robust_emo.training.private.accounting import NoisySteps, epsilon
from robust_emo.training.private.fine_tuning.checkpoint import PrivateCheckpoints
from robust_emo.training.private.fine_tuning.training import Training

STEP = Training.step


class Steps:
    """The same coins and noise every time, by number of the step, so that two ways to the end can be compared."""

    def __init__(self, training, monkeypatch, *, failing=None):
        self.done = []

        def seeded(self_, optimiser, chosen, *, noise_multiplier):
            number = self.number
            if number == failing:
                raise RuntimeError("the machine is gone")
            fixed = replace(self_, noise=Drawn(torch.Generator().manual_seed(number)))
            STEP(fixed, optimiser, range(number % 3, len(training.units), 7), noise_multiplier=noise_multiplier)
            self.done.append(number)
            self.number += 1

        self.number = 0
        monkeypatch.setattr(Training, "step", seeded)


class Drawn:
    def __init__(self, generator):
        self._generator = generator

    def normal(self, *, scale, size):
        return (scale * torch.randn(size, generator=self._generator, dtype=torch.float64)).numpy()


def weights(training):
    return torch.cat([each.detach().flatten() for each in training.sums.parameters])


def checkpoints(folder, seconds=0.0, **configuration):
    return PrivateCheckpoints(folder / "m.partial", {"steps": 8, **configuration}, seconds)


def run(training, kept, *arguments, **others):
    with kept.locked():
        return training.run(*arguments, checkpoints=kept, **others)


def made():
    torch.manual_seed(0)  # of the base, which a file holds where users train
    return tiny_training("bert", "lora", steps=8)


def test_it_ends_where_it_would_have_ended(tmp_path, monkeypatch):
    whole = made()
    Steps(whole, monkeypatch)
    whole.run()
    begun = made()
    steps = Steps(begun, monkeypatch)
    with pytest.raises(TrainingInterrupted, match="interrupted after step 3 of 8"):
        run(begun, checkpoints(tmp_path, 1e9), interrupted=lambda: len(steps.done) == 3)
    goes_on = made()
    steps = Steps(goes_on, monkeypatch)
    steps.number, told = 3, []
    restored = run(goes_on, checkpoints(tmp_path), told.append)
    assert (restored.begun, restored.lost, steps.done) == (3, 0, [3, 4, 5, 6, 7])
    assert told == [3, 1, 1, 1, 1, 1]
    assert torch.equal(weights(goes_on), weights(whole))


def test_steps_that_a_crash_took_along_are_counted_and_not_done_again(tmp_path, monkeypatch):
    crashed = made()
    steps = Steps(crashed, monkeypatch, failing=5)
    with pytest.raises(RuntimeError, match="gone"):
        run(crashed, checkpoints(tmp_path, 1e9))  # nothing is kept but the beginning
    goes_on = made()
    steps = Steps(goes_on, monkeypatch)
    steps.number = 6
    restored = run(goes_on, checkpoints(tmp_path))
    assert (restored.begun, restored.lost) == (6, 6)
    assert steps.done == [6, 7]  # with the six before, as many as the ledger says


def test_what_several_interruptions_took_along_adds_up(tmp_path, monkeypatch):
    first = made()
    Steps(first, monkeypatch, failing=2)
    with pytest.raises(RuntimeError, match="gone"):
        run(first, checkpoints(tmp_path, 1e9))  # three begun, none kept
    second = made()
    steps = Steps(second, monkeypatch)
    steps.number = 3
    with pytest.raises(TrainingInterrupted):
        run(second, checkpoints(tmp_path, 1e9), interrupted=lambda: len(steps.done) == 2)  # two more, kept
    third = made()
    steps = Steps(third, monkeypatch)
    steps.number = 5
    restored = run(third, checkpoints(tmp_path))
    assert (restored.begun, restored.lost, steps.done) == (5, 3, [5, 6, 7])


def test_a_training_that_has_lost_all_of_its_steps_is_none(tmp_path, monkeypatch):
    training = made()
    Steps(training, monkeypatch, failing=7)
    with pytest.raises(RuntimeError, match="gone"):
        run(training, checkpoints(tmp_path, 1e9))
    with pytest.raises(InputError, match="all 8 steps of .* were begun and none was kept"):
        run(made(), checkpoints(tmp_path))


def test_no_two_trainings_count_in_one_folder(tmp_path, monkeypatch):
    training, kept = made(), checkpoints(tmp_path)
    steps = Steps(training, monkeypatch)

    def another_one(count):
        if len(steps.done) == 2:
            with pytest.raises(InputError, match="another training is at work in"):
                run(made(), checkpoints(tmp_path))
            (tmp_path / "m.partial" / "begun.json").write_text('{"begun": 5}')  # as if there were no lock

    with pytest.raises(InputError, match="something else has counted steps"):
        run(training, kept, another_one)
    assert steps.done == [0, 1]


def test_a_step_is_counted_before_it_looks_at_the_data(tmp_path, monkeypatch):
    training = made()
    Steps(training, monkeypatch, failing=0)
    with pytest.raises(RuntimeError, match="gone"):
        run(training, checkpoints(tmp_path))
    assert json.loads((tmp_path / "m.partial" / "begun.json").read_text()) == {"begun": 1}


def spoilt(folder, how):
    state, begun = folder / "m.partial" / "state.safetensors", folder / "m.partial" / "begun.json"
    if how == "cut":
        state.write_bytes(state.read_bytes()[:100])
    elif how == "no count":
        begun.unlink()
    elif how == "too low a count":
        begun.write_text('{"begun": 1}')
    elif how == "no number":
        begun.write_text('{"begun": "x"}')
    elif how == "no state":
        state.unlink()


@pytest.mark.parametrize("how", ["cut", "no count", "too low a count", "no number", "no state"])
def test_a_damaged_checkpoint_is_refused(how, tmp_path, monkeypatch):
    training = made()
    Steps(training, monkeypatch, failing=4)
    with pytest.raises(RuntimeError, match="gone"):
        run(training, checkpoints(tmp_path))
    spoilt(tmp_path, how)
    with pytest.raises(InputError, match=r"is damaged .*; start again without --resume"):
        run(made(), checkpoints(tmp_path))


def test_another_training_is_not_gone_on_with(tmp_path, monkeypatch):
    training = made()
    Steps(training, monkeypatch, failing=1)
    with pytest.raises(RuntimeError, match="gone"):
        run(training, checkpoints(tmp_path, epsilon=8.0))
    with pytest.raises(InputError, match=r"epsilon was 8\.0, now 3\.0"):
        run(made(), checkpoints(tmp_path, epsilon=3.0))


def test_as_users_meet_it(tiny_model, tmp_path, cli, monkeypatch):
    data = write_rows(tmp_path / "secrets.csv", emotion_rows(500, seed=11))
    out = tmp_path / "model"
    command = ("train", data, "--out", out, "--method", "private", "--base", tiny_model, "-q", "--trained", "lora",
               "--epsilon", 8, "--steps", 6, "--batch-size", 40)  # fmt: skip
    count = []

    def interrupted_once(self, optimiser, chosen, *, noise_multiplier):
        if len(chosen) and noise_multiplier and len(self.units) > 100:  # of the training, not of the check before
            count.append(1)
            if len(count) == 3:
                os.kill(os.getpid(), signal.SIGINT)
        STEP(self, optimiser, chosen, noise_multiplier=noise_multiplier)

    monkeypatch.setattr(Training, "step", interrupted_once)
    ended = cli(*command)
    assert ended.code == 130
    assert "interrupted after step 3 of 6; continue with the same command and --resume" in ended.err
    assert not out.exists()
    refused(cli(*command[:-1], 50, "--resume"), "batch_size was 40, now 50")
    ended = cli(*command, "--resume")
    assert ended.code == 0, ended.err
    assert len(count) == 6
    ledger = read_manifest(out).privacy
    assert (ledger.steps, len(count)) == (6, 6)
    spent = NoisySteps(ledger.noise_multiplier, ledger.sample_rate, 6)
    assert ledger.epsilon == epsilon(spent, delta=ledger.delta) <= 8
    assert not out.with_name("model.partial").exists()
    again = cli(*command, "--resume", "--overwrite")
    assert "no checkpoint to resume from; starting at the beginning" in again.err
