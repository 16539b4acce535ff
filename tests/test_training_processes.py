"""Two processes under torchrun train one model: the path of several GPUs, on CPUs with gloo."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest

DATA = Path(__file__).parent / "data" / "emotions.csv"
TWO = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
# 48 training texts: two epochs of batches of 2 x 5, the last of which holds 8, two of them to a step
OPTIONS = (
    "--base",
    "scratch:tiny",
    "--batch-size",
    "5",
    "--grad-accumulation",
    "2",
    "--epochs",
    "2",
    "--device",
    "cpu",
)


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The model of two processes, and what they printed."""
    out = tmp_path_factory.mktemp("processes") / "model"
    train = ("-m", "robust_emo.cli.main", "train", str(DATA), "--out", str(out))
    command = [*TWO, *train, *OPTIONS, "--precision", "fp32", "-q", "--json"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return out, done.stdout


def test_two_processes_end_with_one_whole_model_and_one_report(together):
    out, printed = together
    shown = json.loads(printed)  # one process prints, once
    manifest = read_manifest(out)
    assert manifest.metrics["test"].n == shown["test"]["n"] == 6
    assert len(manifest.history) == 2
    assert load_classifier(out).labels == manifest.labels
    assert [path.name for path in out.parent.iterdir()] == ["model"]


def test_every_file_may_be_read_by_whom_the_umask_lets(together):
    out, _ = together
    modes = {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()}
    assert modes == {stat.S_IMODE(out.stat().st_mode) & 0o666}
