"""Canaries go into the training data by their coins, into nothing else, and are not drawn again."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from command_line import refused
from sentences import emotion_rows, write_rows

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import MARGIN, OVER_EXPECTED
from robust_emo.canaries.sealed import open_seal
from robust_emo.data.dataset import read_dataset
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.observer import SilentObserver
from robust_emo.training.private.canary_units import CanaryUnits
from robust_emo.training.private.contributions import Contributions
from robust_emo.training.train import train
from robust_emo.types import Task

SETTINGS = replace(Hyperparameters.recommended("scratch:tiny", "standard"), batch_size=8, epochs=2, precision="fp32")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("canary") / "emotions.csv", emotion_rows(240, seed=3))


class Stopped(Exception):
    pass


class Watching(SilentObserver):
    """Keeps notes, and may stop a training after some steps."""

    def __init__(self, stop_after=None):
        self.notes, self.left, self.texts = [], stop_after, None

    def noted(self, message):
        self.notes.append(message)

    def stepped(self, *arguments, **named):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Stopped


def trained(data, out, observer=None, **options):
    return train(
        str(data), out, base="scratch:tiny", settings=SETTINGS, device="cpu", observer=observer, **options
    ).manifest


def sealed_of(out):
    seal = read_manifest(out).canaries
    return open_seal(seal, seal.located(out))


def test_heads_are_trained_on_and_nothing_else_knows_of_canaries(data, tmp_path, monkeypatch):
    import robust_emo.training.train as module

    shown, observer = {}, Watching()

    def fit(model, train, validation, *arguments, **named):
        shown.update(train=train.texts, validation=validation.texts)
        return real(model, train, validation, *arguments, **named)

    real = module.fit
    monkeypatch.setattr(module, "fit", fit)
    out = tmp_path / "m"
    manifest = trained(data, out, observer, canaries=CanaryPlan(count=40))
    sealed = sealed_of(out)
    texts = {canary.text for canary in sealed.canaries}
    heads = {canary.text for canary in sealed.inserted}
    assert 5 < len(heads) < 35
    assert set(shown["train"]) & texts == heads
    assert not set(shown["validation"]) & texts
    for name in ("train", "validation", "test"):
        file = read_dataset(manifest.data[name].located(out), task=Task.SINGLE_LABEL)
        assert not {example.text for example in file.examples} & texts
        assert len(file.examples) == manifest.data[name].rows
    assert len(shown["train"]) == manifest.data["train"].rows + len(heads)
    assert (manifest.canaries.count, manifest.canaries.path) == (40, "data/canaries.json")
    assert manifest.canaries.scoring == MARGIN
    written = (out / "robust_emo.json").read_text()
    assert not any(text in written for text in texts)
    note = next(note for note in observer.notes if "canaries" in note)
    assert note.startswith(f"{len(heads)} of 40 canaries were added")
    assert manifest.canaries.sha256[:16] in note


def test_the_seed_does_not_tell_the_coins(data, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for out in (one, other):
        trained(data, out, canaries=CanaryPlan(count=40))
    assert sealed_of(one).canaries != sealed_of(other).canaries
    assert read_manifest(one).data == read_manifest(other).data
    assert trained(data, tmp_path / "none").canaries is None


def test_an_interrupted_training_goes_on_with_its_canaries(data, tmp_path):
    out, plan = tmp_path / "m", CanaryPlan(count=40)
    with pytest.raises(Stopped):
        trained(data, out, Watching(stop_after=30), canaries=plan, checkpoint_minutes=0.0)
    (kept,) = (file.read_bytes() for file in (tmp_path / "m.partial").glob("checkpoint-*/canaries.json"))
    for other, message in ((None, "sha256 of the canaries was"), (CanaryPlan(count=44), "has 40 canaries")):
        with pytest.raises(Exception, match=message):
            trained(data, out, canaries=other, resume=True)
    trained(data, out, canaries=plan, resume=True)
    assert (out / "data" / "canaries.json").read_bytes() == kept
    assert not (tmp_path / "m.partial").exists()
    trained(data, out, canaries=plan, overwrite=True)
    assert (out / "data" / "canaries.json").read_bytes() != kept


def test_every_way_of_ordinary_training_takes_canaries(data, tiny_model, tmp_path, cli):
    for method in ("lora", "adversarial", "deletion"):
        out = tmp_path / method
        command = ("train", data, "--out", out, "--base", tiny_model, "--method", method, "--epochs", 1)
        ended = cli(*command, "--canaries", 40, "--canary-kind", "random", "--canary-guesses", 12, "-q")
        assert ended.code == 0, ended.err
        assert re.search(r"\d+ of 40 canaries were added", ended.err)
        seal = read_manifest(out).canaries
        assert (seal.count, seal.kind, seal.guesses) == (40, "random", 12)


def test_wrong_wishes_are_refused(data, tmp_path, cli):
    command = ("train", data, "--out", tmp_path / "m", "--base", "scratch:tiny")
    refused(cli(*command, "--canaries", 10), "10 canaries are too few")
    refused(cli(*command, "--canary-kind", "random"), "need --canaries")
    refused(cli(*command, "--canaries", 40, "--canary-kind", "nothing"), "of the kind mixed, emotion")
    refused(cli(*command, "--canaries", 40, "--canary-kind", "features"), "need a private head")
    ended = cli(*command, "--canaries", 40, "--method", "lora", "-q")
    assert (ended.code, "LoRA adapts" in ended.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


# --- private training ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["features", "mixed"])
def test_private_canaries_are_units(kind, tiny_model, tmp_path, cli):
    data = write_rows(tmp_path / "secrets.csv", emotion_rows(400, seed=11))
    out = tmp_path / "m"
    command = ("train", data, "--out", out, "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
    ended = cli(*command, "--canaries", 60, *(("--canary-kind", kind) if kind != "features" else ()))
    assert ended.code == 0, ended.err
    manifest, sealed = read_manifest(out), sealed_of(out)
    rows = json.loads((tmp_path / "m.data" / "trained_on.json").read_text())["rows"]
    assert manifest.privacy.units == rows + 60
    assert manifest.privacy.delta == 0.1 / (rows + 60)
    assert manifest.canaries.path == str(tmp_path / "m.data" / "canaries.json")
    assert (manifest.canaries.kind, manifest.canaries.scoring) == (kind, OVER_EXPECTED)
    assert all(len(canary.expected) == len(manifest.labels) for canary in sealed.canaries)
    assert {canary.features is None for canary in sealed.canaries} == {kind != "features"}
    assert "canaries.json" not in {path.name for path in out.rglob("*")}
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("m", "m.data"):
        shutil.move(tmp_path / name, moved / name)
    assert sealed_of(moved / "m") == sealed


def test_authors_and_canaries_are_units_side_by_side(tiny_model, tmp_path, cli):
    rows = [{**row, "author": f"a{number % 150}"} for number, row in enumerate(emotion_rows(600, seed=12))]
    data, out = write_rows(tmp_path / "authors.csv", rows), tmp_path / "m"
    command = ("train", data, "--out", out, "--method", "private", "--noise-multiplier", 20, "--base", tiny_model)
    ended = cli(*command, "--unit", "author", "--group-column", "author", "--canaries", 40, "-q")
    assert ended.code == 0, ended.err
    kept = read_dataset(str(tmp_path / "m.data" / "train.csv"), task=Task.SINGLE_LABEL, group_column="group").examples
    assert read_manifest(out).privacy.units == len({example.group for example in kept}) + 40


@pytest.mark.parametrize("units", [None, [f"a{number % 20}" for number in range(60)]])
def test_a_coin_is_the_zero_out_of_a_unit(units):
    """Two trainings that differ in a coin differ by one clipped contribution, and in nothing else."""
    rng = np.random.default_rng(0)
    labels = ("anger", "fear", "joy")
    data = Contributions(rng.normal(size=(60, 9)), np.eye(3)[rng.integers(3, size=60)], Task.SINGLE_LABEL, units)
    drawn = CanaryUnits.drawn(CanaryPlan(count=30, kind="features"), labels, width=8, read=None)
    weights, norm = rng.normal(size=(9, 3)), 0.2
    first = drawn.sealed.canaries[0]
    turned = replace(drawn.sealed, canaries=(replace(first, inserted=not first.inserted), *drawn.sealed.canaries[1:]))
    one, other = drawn.among(data), replace(drawn, sealed=turned).among(data)
    assert one.count == other.count == data.count + 30
    difference = one.clipped_sum(weights, norm) - other.clipped_sum(weights, norm)
    alone = Contributions(drawn.features[:1], drawn.targets[:1], Task.SINGLE_LABEL).clipped_sum(weights, norm)
    assert difference == pytest.approx(alone * (1 if first.inserted else -1), abs=1e-12)
    assert np.linalg.norm(difference) <= norm + 1e-12
    nobody = replace(drawn.sealed, canaries=tuple(replace(each, inserted=False) for each in drawn.sealed.canaries))
    without = replace(drawn, sealed=nobody).among(data).clipped_sum(weights, norm)
    assert without == pytest.approx(data.clipped_sum(weights, norm), abs=1e-12)


def test_the_head_of_a_model_with_canaries_is_loaded_like_any_other(tiny_model, tmp_path, cli):
    first, second = emotion_rows(300, seed=21), emotion_rows(300, seed=22)
    rows = [
        {"text": f"{a['text']} {b['text']}", "label": "|".join(sorted({a["label"], b["label"]}))}
        for a, b in zip(first, second, strict=True)
    ]
    out = tmp_path / "multi"
    command = ("train", write_rows(tmp_path / "multi.csv", rows), "--out", out, "--method", "private", "-q")
    options = ("--epsilon", 20, "--base", tiny_model, "--task", "multi", "--canaries", 48)
    ended = cli(*command, *options)
    assert ended.code == 0, ended.err
    assert load_classifier(out).task is Task.MULTI_LABEL
    assert len(sealed_of(out).canaries) == 48
