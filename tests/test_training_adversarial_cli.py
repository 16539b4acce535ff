"""`robust-emo train --method adversarial` as a user meets it: manifest, LoRA, interruption, refusals, processes."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from robust_emo.cli.main import main
from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.training.adversaries.settings import ADVERSARIES, Fgm
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.interruption import TrainingInterrupted
from robust_emo.training.observer import SilentObserver
from robust_emo.training.train import train as train_model

DATA = Path(__file__).parent / "data" / "emotions.csv"
TINY = ("--base", "scratch:tiny", "--epochs", "2", "--batch-size", "8", "--precision", "fp32", "-q")
ADVERSARIAL = ("--method", "adversarial")


def train(out, *options):
    command = ["train", str(DATA), "--out", str(out), *TINY, *options]
    result = CliRunner().invoke(main, command, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def test_fast_gradients_are_the_default_and_everything_is_recorded(tmp_path):
    train(tmp_path / "model", *ADVERSARIAL)
    manifest = read_manifest(tmp_path / "model")
    assert manifest.method == "adversarial"
    assert manifest.hyperparameters["adversary"] == {"name": "fgm", "norm": 0.25, "share": 0.5}
    assert manifest.hyperparameters["learning_rate"] == 5e-4  # as recommended for the base
    assert len(manifest.history) == 2
    for record in manifest.history:
        assert record.seconds > 0
        assert record.peak_memory > 2**20
    assert load_classifier(tmp_path / "model").labels == ("anger", "joy", "sadness")


def test_the_numbers_of_an_adversary_reach_it(tmp_path):
    numbers = ("--adversary-norm", "0.5", "--adversary-steps", "2", "--adversary-step-size", "0.7")
    train(tmp_path / "model", *ADVERSARIAL, "--adversary", "freelb", *numbers)
    found = read_manifest(tmp_path / "model").hyperparameters["adversary"]
    assert found == {"name": "freelb", "norm": 0.5, "steps": 2, "step_size": 0.7}


def test_a_lora_rank_makes_adversarial_lora(tmp_path):
    options = ("--base", "minilm", "--lora-rank", "2", "--epochs", "1", "--max-length", "16", "--keep-adapter")
    train(tmp_path / "model", *ADVERSARIAL, "--adversary", "pgd", *options)
    manifest = read_manifest(tmp_path / "model")
    assert (manifest.method, manifest.hyperparameters["learning_rate"]) == ("adversarial", 1e-3)
    assert manifest.hyperparameters["lora"]["rank"] == 2
    assert manifest.hyperparameters["adversary"]["name"] == "pgd"
    assert (tmp_path / "model" / "adapter" / "adapter_model.safetensors").exists()


class InterruptAt(SilentObserver):
    """Presses Ctrl-C after one step of the run."""

    def __init__(self, step):
        self.step = step

    def stepped(self, *, step, loss, learning_rate):
        if step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_interrupted_training_ends_in_the_same_weights(tmp_path, name):
    settings = replace(
        Hyperparameters.recommended("scratch:tiny", "standard"),
        **{"epochs": 2, "batch_size": 4, "precision": "fp32", "grad_accumulation": 2, "adversary": ADVERSARIES[name]()},
    )
    weights = []
    for out, stops in ((tmp_path / "straight", ()), (tmp_path / "broken", (3, 9))):
        for number, step in enumerate((*stops, None)):
            arguments = {"base": "scratch:tiny", "settings": settings, "resume": number > 0}
            if step is None:
                train_model(str(DATA), out, **arguments)
            else:
                with pytest.raises(TrainingInterrupted, match=f"after step {step} of 12"):
                    train_model(str(DATA), out, **arguments, observer=InterruptAt(step))
        weights.append((out / "model.safetensors").read_bytes())
        assert all(record.seconds > 0 for record in read_manifest(out).history)
    assert weights[0] == weights[1]


def test_another_adversary_cannot_continue_a_training(tmp_path):
    settings = replace(Hyperparameters.recommended("scratch:tiny", "adversarial"), precision="fp32", batch_size=8)
    arguments = {"base": "scratch:tiny", "settings": settings}
    with pytest.raises(TrainingInterrupted):
        train_model(str(DATA), tmp_path / "model", **arguments, observer=InterruptAt(2))
    arguments["settings"] = replace(settings, adversary=Fgm(norm=0.5))
    with pytest.raises(RobustEmoError, match=r"adversary was .*0\.25.*, now .*0\.5"):
        train_model(str(DATA), tmp_path / "model", **arguments, resume=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--adversary", "fgm"), "need --method adversarial"),
        (("--adversary-norm", "1"), "need --method adversarial"),
        ((*ADVERSARIAL, "--adversary", "frelb"), "did you mean 'freelb'"),
        ((*ADVERSARIAL, "--adversary-steps", "3"), "--adversary-steps means nothing to fgm, which takes .*-norm"),
        ((*ADVERSARIAL, "--adversary", "vat", "--adversary-step-size", "1"), "--adversary-step-size means nothing"),
        ((*ADVERSARIAL, "--adversary-norm", "-1"), "fgm: norm must be finite and at least 0, got -1"),
        ((*ADVERSARIAL, "--adversary", "pgd", "--adversary-steps", "0"), "steps must be a whole number of at least 1"),
        ((*ADVERSARIAL, "--keep-adapter"), "need --method lora"),
        ((*ADVERSARIAL, "--lora-rank", "2"), "scratch"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(tmp_path, options, message):
    with pytest.raises(RobustEmoError, match=message) as caught:
        train(tmp_path / "model", *options)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_train_one_adversarial_model(tmp_path):
    """Ascents without gradients of weights, and only the last of several backward passes synchronised."""
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    train = ["-m", "robust_emo.cli.main", "train", str(DATA), *TINY, "--epochs", "1", "--device", "cpu"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    for name in ("pgd", "smart"):
        command = [*start, *train, "--grad-accumulation", "2", "--out", str(tmp_path / name), *ADVERSARIAL]
        command += ["--adversary", name]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        assert torch.isfinite(load_classifier(tmp_path / name).model.classifier.weight).all()
