"""`robust-emo train` as a user meets it: the model directory, the figures, and every refusal in one line."""

import contextlib
import csv
import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from robust_emo.cli.main import main
from robust_emo.data.fingerprint import sha256_of
from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import MANIFEST_NAME, MANIFEST_VERSION, read_manifest
from robust_emo.training.output import whole_directory
from robust_emo.types import Task

DATA = Path(__file__).parent / "data" / "emotions.csv"
TINY = ("--base", "scratch:tiny", "--epochs", "2", "--batch-size", "4", "--precision", "fp32", "-q")


def train(data, out, *options):
    result = CliRunner().invoke(main, ["train", str(data), "--out", str(out), *TINY, *options], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    out = tmp_path_factory.mktemp("trained") / "model"
    return out, train(DATA, out)


def test_the_directory_is_a_usual_one_and_nothing_else_is_left(model):
    out, _ = model
    assert [path.name for path in out.parent.iterdir()] == ["model"]
    assert {path.name for path in out.iterdir()} >= {
        "config.json", "data", "model.safetensors", MANIFEST_NAME, "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    loaded = load_classifier(out)
    assert loaded.labels == ("anger", "joy", "sadness")
    assert loaded.task is Task.SINGLE_LABEL
    assert loaded.max_length == 128
    classifier = AutoModelForSequenceClassification.from_pretrained(out)
    tokens = AutoTokenizer.from_pretrained(out)("so happy", return_tensors="pt")
    with torch.inference_mode():
        assert classifier(**tokens).logits.shape == (1, 3)
    assert str(Path.cwd()) not in (out / "config.json").read_text()


def test_an_old_model_stays_when_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    out = tmp_path / "model"
    out.mkdir()
    (out / "config.json").write_text("old")
    rename = Path.rename

    def refuse(self, target):
        if Path(target) == out and not self.name.endswith(".old"):
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="Permission denied"), whole_directory(out) as directory:
        (directory / "config.json").write_text("new")
    assert (out / "config.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_the_manifest_says_where_everything_comes_from(model):
    out, _ = model
    manifest = read_manifest(out)
    assert (manifest.base, manifest.method, manifest.precision) == ("scratch:tiny", "standard", "fp32")
    assert manifest.hyperparameters["epochs"] == 2
    assert manifest.metrics.keys() == {"validation", "test"}
    assert {name: source.rows for name, source in manifest.data.items()} == {"train": 48, "validation": 6, "test": 6}
    for source in manifest.data.values():
        assert sha256_of(source.located(out)) == source.sha256
    assert manifest.packages["torch"] == torch.__version__
    assert manifest.history[manifest.best_epoch - 1].macro_f1 == max(record.macro_f1 for record in manifest.history)


def test_the_parts_of_one_file_are_kept_and_disjoint(model):
    out, _ = model
    parts = {}
    for name in ("train", "validation", "test"):
        with (out / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            parts[name] = {row["text"] for row in csv.DictReader(file)}
    with DATA.open(encoding="utf-8", newline="") as file:
        everything = {row["text"] for row in csv.DictReader(file)}
    assert set.union(*parts.values()) == everything
    assert sum(map(len, parts.values())) == len(everything)


def test_a_table_ends_the_training(model):
    out, result = model
    manifest = read_manifest(out)
    assert "precision  recall     F1  support" in result.stdout
    assert f"{manifest.metrics['test'].macro_f1:.3f}" in result.stdout
    assert f"robust-emo audit {out}" in result.stdout


def test_json_and_named_files(tmp_path):
    test = tmp_path / "test.csv"
    test.write_text("content,mood\nso happy today,joy\nI am so sad,sadness\nI am so sad and lonely,sadness\n")
    data = tmp_path / "all.csv"
    data.write_text(DATA.read_text().replace("text,label", "content,mood", 1))
    columns = ("--text-column", "content", "--label-column", "mood")
    result = train(data, tmp_path / "model", "--validation", test, "--test", test, *columns, "--json")
    shown = json.loads(result.stdout)
    assert shown["test"]["n"] == 3
    assert shown["test"]["classes"][0]["label"] == "anger"
    manifest = read_manifest(tmp_path / "model")
    assert manifest.data["test"].path == str(test)
    assert manifest.data["test"].text_column == "content"
    assert not (tmp_path / "model" / "data").exists()
    assert "1 of 3 test texts also stand in the training data" in result.stderr


def test_multi_label_data_make_a_multi_label_model(tmp_path):
    data = tmp_path / "multi.csv"
    lines = DATA.read_text().splitlines()
    data.write_text("\n".join([lines[0], *(f"{line}|sadness" if "I " in line else line for line in lines[1:])]))
    train(data, tmp_path / "model")
    assert load_classifier(tmp_path / "model").task is Task.MULTI_LABEL
    assert read_manifest(tmp_path / "model").task is Task.MULTI_LABEL


def test_a_label_map_renames_and_drops(tmp_path):
    label_map = tmp_path / "map.json"
    label_map.write_text('{"joy": "positive", "anger": "negative", "sadness": "negative"}')
    train(DATA, tmp_path / "model", "--label-map", label_map)
    assert read_manifest(tmp_path / "model").labels == ("negative", "positive")


def test_an_existing_directory_is_only_replaced_when_asked(tmp_path, model):
    out = tmp_path / "model"
    train(DATA, out)
    with pytest.raises(RobustEmoError, match="--overwrite"):
        train(DATA, out)
    train(DATA, out, "--overwrite", "--seed", "1")
    assert read_manifest(out).seed == 1
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    with pytest.raises(RobustEmoError, match="not a model directory"):
        train(DATA, precious, "--overwrite")
    assert (precious / "thesis.txt").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--method", "loar"), "did you mean 'lora'"),
        (("--method", "lora"), "scratch"),
        (("--base", "scratch:big"), "scratch:small"),
        (("--lora-rank", "4"), "--method lora"),
        (("--epochs", "0"), "epochs must be at least 1"),
        (("--text-column", "nope"), "no column 'nope'"),
        (("--test", "nowhere.csv"), r"nowhere\.csv"),
        (("--label-map", "nowhere.json"), r"nowhere\.json"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(tmp_path, options, message):
    with pytest.raises(RobustEmoError, match=message) as caught:
        train(DATA, tmp_path / "model", *options)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_current_directory_is_no_model_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RobustEmoError, match="current directory"):
        train(DATA, ".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", [None, "--base", "--validation", "--test"])
def test_what_is_read_is_never_replaced(tmp_path, option):
    folder = tmp_path / "run"
    (folder / "inner").mkdir(parents=True)
    (folder / "config.json").write_text("{}")  # looks like a model, so --overwrite would delete it
    data = shutil.copy(DATA, folder / "emotions.csv")
    read = folder / "inner" if option == "--base" else data
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RobustEmoError, match=f"run holds {read}, which is read"):
        train(data if option is None else DATA, folder, "--overwrite", *([option, str(read)] if option else []))
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(RobustEmoError, match="holds the current directory"), contextlib.chdir(folder / "inner"):
        train(DATA, folder, "--overwrite")


def test_data_of_one_class_are_refused(tmp_path):
    data = tmp_path / "one.csv"
    data.write_text("text,label\n" + "".join(f"happy number {number},joy\n" for number in range(30)))
    with pytest.raises(RobustEmoError, match="at least 2 different labels"):
        train(data, tmp_path / "model")


def test_a_parent_that_cannot_hold_it_is_found_before_the_training(tmp_path):
    (tmp_path / "file").write_text("")  # unlike permissions, this stops root too
    with pytest.raises(RobustEmoError, match="cannot write"):
        train(DATA, tmp_path / "file" / "model")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_parent_is_found_before_the_training(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(RobustEmoError, match="cannot write"):
        train(DATA, tmp_path / "model")


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    from transformers import PreTrainedModel

    def full(self, directory, **options):
        (Path(directory) / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PreTrainedModel, "save_pretrained", full)
    with pytest.raises(OSError, match="No space left"):
        train(DATA, tmp_path / "model")
    assert {path.name for path in tmp_path.iterdir()} == {"model.partial"}  # the training can be resumed


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: "{", "cannot be read"),
        (lambda content: content.replace(f'"schema_version": "{MANIFEST_VERSION}"', '"schema_version": "9.0"'), "9.0"),
        (lambda content: content.replace('"best_epoch"', '"better_epoch"'), "best_epoch|better_epoch"),
        (lambda content: content.replace('"macro_f1": ', '"macro_f1": "high", "x": '), "macro_f1"),
    ],
)
def test_a_broken_manifest_is_an_error(tmp_path, model, damage, message):
    content = damage((model[0] / MANIFEST_NAME).read_text())
    (tmp_path / MANIFEST_NAME).write_text(content)
    with pytest.raises(RobustEmoError, match=message) as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_directory_without_manifest_has_none(tmp_path):
    assert read_manifest(tmp_path) is None


def test_tensorboard_gets_the_curves(tmp_path):
    pytest.importorskip("tensorboard")
    train(DATA, tmp_path / "model", "--tracker", "tensorboard")
    assert list((tmp_path / "runs" / "model").rglob("events.out.tfevents.*"))
