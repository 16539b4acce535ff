"""A killed training goes on to the very same model; one with other settings or data is refused."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data" / "emotions.csv"
SETTINGS = ("--base", "scratch:tiny", "--batch-size", "2", "--epochs", "4", "--patience", "4", "--threads", "1")


def start(out, *options, data=DATA):
    command = [sys.executable, "-c", "from robust_emo.cli.main import run; run()", "train", str(data), "--out", str(out), "-q", *SETTINGS, *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def train(out, *options, data=DATA):
    process = start(out, *options, data=data)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def stop_in_the_middle(out, number, *, epoch=1):
    """Send signal `number` once a checkpoint inside epoch `epoch` (from 0) is complete."""
    process = start(out, "--checkpoint-minutes", "0")
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


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "model"
    assert train(out, "--precision", "fp32") == (0, "")
    return fingerprint(out)


def test_killed_and_resumed_is_the_same_as_never_killed(tmp_path, uninterrupted):
    out = tmp_path / "model"
    code, _ = stop_in_the_middle(out, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not out.exists()
    code, errors = train(out, "--resume")
    assert (code, errors) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    # the precision was chosen by measurement; the weights can only be equal where it was the same
    chosen = json.loads((out / "robust_emo.json").read_text())["precision"]
    if chosen == "bf16":
        other = tmp_path / "other"
        assert train(other)[0] == 0
        uninterrupted = fingerprint(other)
    assert fingerprint(out)["model.safetensors"] == uninterrupted["model.safetensors"]


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "model"
    code, errors = stop_in_the_middle(out, signal.SIGINT)
    assert code == 130
    assert "--resume" in errors
    assert not out.exists()
    for different, message in (
        (("--learning-rate", "0.01"), "learning_rate was 0.0005, now 0.01"),
        (("--seed", "5", "--epochs", "5"), "epochs was 4, now 5; seed was 0, now 5"),
    ):
        code, errors = train(out, "--resume", *different)
        assert code == 2
        assert message in errors
    changed = tmp_path / "changed.csv"
    changed.write_text(DATA.read_text() + "one more line,joy\n")
    code, errors = train(out, "--resume", data=changed)
    assert code == 2
    assert "sha256 of the train data" in errors
    assert train(out, "--resume") == (0, "")


def test_without_resume_it_starts_over_and_says_so(tmp_path, uninterrupted):
    out = tmp_path / "model"
    stop_in_the_middle(out, signal.SIGTERM, epoch=0)
    code, errors = train(out, "--precision", "fp32")
    assert code == 0
    assert "starting over" in errors
    assert fingerprint(out) == uninterrupted


def test_a_damaged_checkpoint_is_an_error(tmp_path):
    folder = tmp_path / "model.partial" / "checkpoint-000001"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{")
    code, errors = train(tmp_path / "model", "--resume")
    assert code == 2
    assert "damaged" in errors
    assert len(errors.splitlines()) == 1
