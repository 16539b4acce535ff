"""A killed training goes on to the very same model; one with other settings or data is refused."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from robust_emo.errors import InputError
from robust_emo.training.corpus import Reading
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.observer import SilentObserver
from robust_emo.training.train import train

DATA = Path(__file__).parent / "data" / "emotions.csv"
OPTIONS = ("--base", "scratch:tiny", "--batch-size", "2", "--epochs", "4", "--patience", "4", "--threads", "1")
SETTINGS = replace(Hyperparameters.recommended("scratch:tiny", "standard"), batch_size=2, epochs=4, patience=4)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """As in the subprocesses: equal weights want equal threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Notes(SilentObserver):
    def __init__(self):
        self.all = []

    def noted(self, message):
        self.all.append(message)


def go_on(out, data=DATA, resume=True, reading=None, **changes):
    """The same training in this process, resumed."""
    notes = Notes()
    settings = replace(SETTINGS, **changes)
    train(str(data), out, base="scratch:tiny", settings=settings, resume=resume, reading=reading, observer=notes)
    return notes.all


def start(out):
    code = "from robust_emo.cli.main import run; run()"
    often = ("-q", "--checkpoint-minutes", "0")
    command = [sys.executable, "-c", code, "train", str(DATA), "--out", str(out), *OPTIONS, *often]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def stop_in_the_middle(out, number, *, epoch=1):
    """Send signal `number` once a checkpoint inside epoch `epoch` (from 0) is complete."""
    process = start(out)
    states = out.with_name(f"{out.name}.partial")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        for path in states.glob("checkpoint-*/state.json"):
            try:
                progress = json.loads(path.read_text())["progress"]
            except OSError:  # it was replaced by the next one
                continue
            if progress["epoch"] == epoch and progress["step"] > 3:
                process.send_signal(number)
                _, errors = process.communicate(timeout=60)
                return process.returncode, errors
        time.sleep(0.005)
    process.kill()
    raise AssertionError(f"never got there: {process.communicate()}")


def fingerprint(out):
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_killed_and_resumed_is_the_same_as_never_killed(tmp_path):
    out, other = tmp_path / "model", tmp_path / "other"
    code, _ = stop_in_the_middle(out, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not out.exists()
    assert go_on(out) == []
    chosen = json.loads((out / "robust_emo.json").read_text())["precision"]
    # the precision was chosen by a measurement, which may come out otherwise the next time
    go_on(other, precision=chosen, resume=False)
    assert fingerprint(out)["model.safetensors"] == fingerprint(other)["model.safetensors"]
    assert {path.name for path in tmp_path.iterdir()} == {"model", "other"}


def test_ctrl_c_saves_and_another_configuration_is_refused(tmp_path):
    out = tmp_path / "model"
    code, errors = stop_in_the_middle(out, signal.SIGINT)
    assert code == 130
    assert "--resume" in errors
    assert not out.exists()
    with pytest.raises(InputError, match=r"epochs was 4, now 5; learning_rate was 0\.0005, now 0\.01"):
        go_on(out, learning_rate=0.01, epochs=5)
    changed = tmp_path / "changed.csv"
    changed.write_text(DATA.read_text() + "one more line,joy\n")
    with pytest.raises(InputError, match="sha256 of the train data"):
        go_on(out, data=changed)
    with pytest.raises(
        InputError, match="group_column was None, now 'text'"
    ):  # another split: test texts were trained on
        go_on(out, reading=Reading(group_column="text"))
    assert go_on(out) == []
    assert out.exists()


def test_without_resume_it_starts_over_and_says_so(tmp_path):
    out = tmp_path / "model"
    code, _ = stop_in_the_middle(out, signal.SIGTERM, epoch=0)
    assert code == 130
    (note,) = go_on(out, resume=False)
    assert "starting over" in note
    (note,) = go_on(tmp_path / "new")
    assert "no checkpoint" in note


def test_a_damaged_checkpoint_is_an_error(tmp_path):
    folder = tmp_path / "model.partial" / "checkpoint-000001"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{")
    with pytest.raises(InputError, match="damaged") as caught:
        go_on(tmp_path / "model")
    assert "\n" not in str(caught.value)
