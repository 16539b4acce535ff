"""`robust-emo train --method private --trained ...` as users meet it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from command_line import refused
from safetensors.numpy import load_file
from sentences import emotion_rows, write_rows
from tiny_encoders import tiny_data, tiny_training
from transformers import AutoModelForSequenceClassification

from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.training.private.accounting import NoisySteps, epsilon
from robust_emo.training.private.fine_tuning import train
from robust_emo.training.private.fine_tuning.packing import TEXTS_OF_A_UNIT, Sizes, packed
from robust_emo.training.private.fine_tuning.settings import FineTuning


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Texts that the public encoder (a tiny model of other texts) has not seen."""
    return write_rows(tmp_path_factory.mktemp("private") / "secrets.csv", emotion_rows(500, seed=11))


def started(cli, data, base, out, *options):
    return cli("train", data, "--out", out, "--method", "private", "--base", base, "-q", *options)


@pytest.mark.parametrize("part", ["lora", "full"])
def test_a_plain_model_directory_with_its_ledger(part, data, tiny_model, tmp_path, cli):
    out = tmp_path / "model"
    settings = ("--trained", part, "--epsilon", 8, "--steps", 12, "--batch-size", 200, "--learning-rate", 0.01)
    ended = started(cli, data, tiny_model, out, *settings, "--json")
    assert ended.code == 0, ended.err
    manifest, printed = read_manifest(out), json.loads(ended.out)
    ledger = manifest.privacy
    assert (ledger.sampling, ledger.steps, ledger.unit) == ("poisson", 12, "example")
    assert ledger.sample_rate == pytest.approx(200 / ledger.units)
    spent = NoisySteps(ledger.noise_multiplier, ledger.sample_rate, ledger.steps)
    assert ledger.epsilon == epsilon(spent, delta=ledger.delta) == printed["privacy"]["epsilon"]
    assert 7.9 < ledger.epsilon <= 8
    assert {record.name for record in ledger.integrity} >= {"gradients", "clipping", "sample: sizes", "noise"}
    assert "measured" not in (out / "robust_emo.json").read_text()  # numbers taken of private texts
    kept = json.loads((out.with_name("model.data") / "integrity.json").read_text())
    assert all(check["measured"] <= check["limit"] for check in kept)
    assert manifest.hyperparameters["trained"] == part
    assert not (out / "adapter").exists()
    plain = AutoModelForSequenceClassification.from_pretrained(out, local_files_only=True)
    assert plain.config.id2label == dict(enumerate(manifest.labels))
    assert type(load_classifier(out).model) is type(plain)
    before, after = load_file(tiny_model / "model.safetensors"), load_file(out / "model.safetensors")
    same = {name for name in before if np.array_equal(before[name], after[name])}
    assert {name for name in before if "embeddings" in name} <= same
    changed = {name for name in before if name not in same}
    assert any(".layer." in name and name.endswith("weight") for name in changed)
    assert manifest.metrics["test"].accuracy > 0.4  # four emotions: it has learnt something


def test_it_learns_where_there_is_little_noise():
    training = tiny_training("bert", "full", batch_size=60, learning_rate=0.02)
    training = replace(training, steps=NoisySteps(0.01, 0.5, 60))
    losses = []
    for _ in range(2):
        (batch,) = replace(training, sizes=replace(training.sizes, largest=120)).batches(range(120))
        with training.sums.paused():
            losses.append(float(training.sums.losses(batch).mean().detach()))
        training.run()
    assert losses[1] < 0.5 * losses[0]


def test_authors_are_hidden_as_a_whole(tiny_model, tmp_path, cli):
    rows = [{**row, "author": f"a{number % 150}"} for number, row in enumerate(emotion_rows(600, seed=12))]
    data, out = write_rows(tmp_path / "authors.csv", rows), tmp_path / "model"
    settings = ("--trained", "bitfit", "--noise-multiplier", 2, "--steps", 2, "--batch-size", 20)
    ended = started(cli, data, tiny_model, out, *settings, "--unit", "author", "--group-column", "author")
    assert ended.code == 0, ended.err
    ledger = read_manifest(out).privacy
    assert ledger.unit == "author"
    assert ledger.units <= 150
    assert ledger.sample_rate == 20 / ledger.units


def test_an_author_puts_in_few_texts_and_stays_whole():
    data = tiny_data()
    training = replace(tiny_training(authors=100), units=[list(range(60)), *([row] for row in range(60, 120))])
    sizes = [batch.units for batch in training.batches([0])]
    assert sizes == [1]
    (batch,) = training.batches([0])
    assert len(batch.targets) == TEXTS_OF_A_UNIT < 60
    units = [list(range(first, first + 3)) for first in range(0, 120, 3)]
    together = list(packed(units, data.lengths, Sizes(per_token=1, per_text=0, memory=60)))
    assert sorted(unit[0] for batch in together for unit in batch) == list(range(0, 120, 3))
    assert len(together) > 1


def test_physical_batches_fit_the_memory():
    small = Sizes(per_token=100, per_text=1000, memory=20_000)
    assert [small.texts(tokens) for tokens in (1, 10, 100, 1000)] == [18, 10, 1, 1]
    assert replace(small, largest=4).texts(1) == 4


def test_the_training_asks_before_it_trains(data, tiny_model, tmp_path, cli, monkeypatch):
    class NotClipped(train.HookSum):
        def _factors(self, norms):
            return norms * 0 + 1

    monkeypatch.setattr(train, "HookSum", NotClipped)
    ended = started(cli, data, tiny_model, tmp_path / "m", "--trained", "lora", "--epsilon", 8, "--steps", 1)
    assert ended.code == 3
    assert "private training is broken (clipping)" in ended.err
    assert list(tmp_path.iterdir()) == []


REFUSED = {
    "a mode of the head": (("--grad-mode", "ghost"), "--grad-mode is not for --method private but with --trained"),
    "a batch of the head": (("--batch-size", 8), "--batch-size is not for --method private but with --trained"),
    "a second encoder": (("--trained", "lora", "--public-base", "x"), "--public-base is for --trained head"),
    "resumption of the head": (("--resume",), "--resume is not for --method private but with --trained"),
    "embeddings of adapters": (("--trained", "lora", "--train-embeddings"), "needs --trained full"),
    "too large a sample": (("--trained", "lora", "--batch-size", 9999), "expects batch_size 9999 of"),
    "too many layers": (("--trained", "last", "--last-layers", 99), "--last-layers must be at most"),
    "no epsilon": (("--trained", "lora", "--epsilon", 0), "epsilon must be finite and above 0"),
    "no steps": (("--trained", "lora", "--steps", 0), "steps must be at least 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_use_is_refused_in_a_line(case, data, tiny_model, tmp_path, cli):
    options, message = REFUSED[case]
    refused(started(cli, data, tiny_model, tmp_path / "m", "--epsilon", 8, *options), message)
    assert list(tmp_path.iterdir()) == []


def test_ghost_mode_is_refused_where_authors_are_hidden():
    with pytest.raises(train.InputError, match="norms of texts, not those of authors"):
        tiny_training(authors=100, grad_mode="ghost")


@pytest.mark.parametrize("option", [("--trained", "lora"), ("--grad-mode", "ghost"), ("--train-embeddings",)])
def test_options_need_the_method(option, data, tmp_path, cli):
    refused(cli("train", data, "--out", tmp_path / "m", *option), f"{option[0]} needs --method private")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "either epsilon"),
        ({"epsilon": 8.0, "noise_multiplier": 1.0}, "got both"),
        ({"epsilon": 8.0, "trained": "some"}, "trained must be one of"),
        ({"epsilon": 8.0, "grad_mode": "some"}, "grad_mode must be"),
        ({"epsilon": 8.0, "lora_rank": 0}, "lora rank"),
        ({"epsilon": 8.0, "delta": 2.0}, "delta must be"),
    ],
)
def test_settings_are_checked_once(settings, message):
    with pytest.raises(train.InputError, match=message):
        FineTuning(**{"trained": "lora", **settings})


def test_defaults_depend_on_nothing_but_the_number_of_units():
    settings = FineTuning(trained="lora", epsilon=8.0)
    assert settings.planned(800).steps.sample_rate == pytest.approx(1 / 8)
    assert settings.planned(100_000).steps.sample_rate == pytest.approx(2048 / 100_000)
