"""`robust-emo train --method private` and `epsilon` as users meet them."""

import json
import re
import shutil
from dataclasses import asdict, fields

import numpy as np
import pytest
from command_line import refused
from safetensors.numpy import load_file, save_file
from sentences import emotion_rows, write_rows

import robust_emo
from robust_emo.data.dataset import read_dataset
from robust_emo.data.fingerprint import sha256_of
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.training.private.accounting import NoisySteps, epsilon
from robust_emo.training.private.request import PrivateRequest
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.train import train_private
from robust_emo.types import Task


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Texts that the public encoder (a tiny model of other texts) has not seen."""
    return write_rows(tmp_path_factory.mktemp("private") / "secrets.csv", emotion_rows(500, seed=11))


@pytest.fixture(scope="module")
def private(data, tiny_model, tmp_path_factory):
    """A model directory."""
    out = tmp_path_factory.mktemp("trained") / "model"
    settings = PrivateSettings(epsilon=8.0)
    train_private(PrivateRequest(data=str(data), out=out, settings=settings, base=str(tiny_model)))
    return out


def trained_on(out):
    """What the data folder says of the training data."""
    return json.loads((out.with_name(f"{out.name}.data") / "trained_on.json").read_text())


def test_the_ledger_says_what_was_spent_and_the_accountant_counted_it(private, data):
    out = private
    manifest = read_manifest(out)
    ledger, units = manifest.privacy, trained_on(out)["rows"]
    assert (ledger.accountant, ledger.unit, ledger.sampling, ledger.sample_rate) == ("prv", "example", "full batch", 1)
    assert (ledger.delta, ledger.units, ledger.neighbours) == (0.1 / units, units, "zero-out")
    assert ledger.epsilon == epsilon(NoisySteps(ledger.noise_multiplier, 1.0, ledger.steps), delta=ledger.delta)
    assert 7.98 < ledger.epsilon <= 8
    assert ledger.trained_parameters == np.prod(
        [len(manifest.labels), load_classifier(out).model.classifier.in_features + 1]
    )
    assert manifest.method == "private"
    assert {record.name for record in ledger.integrity} >= {"gradients", "clipping", "sensitivity", "noise"}
    assert "measured" not in (out / "robust_emo.json").read_text()  # numbers taken of private texts
    kept = json.loads((out.with_name("model.data") / "integrity.json").read_text())
    assert all(check["measured"] <= check["limit"] for check in kept)


def test_it_is_loaded_like_any_other_model(private):
    out = private
    manifest, victim = read_manifest(out), Victim(load_classifier(out))
    test = read_dataset(manifest.data["test"].path, labels=victim.labels, task=Task.SINGLE_LABEL).examples
    predicted = [each.labels for each in victim.predictions(victim.logits([example.text for example in test]))]
    right = sum(labels == example.labels for labels, example in zip(predicted, test, strict=True))
    assert right / len(test) == pytest.approx(manifest.metrics["test"].accuracy)
    assert right / len(test) > 0.8  # it has learnt something
    assert robust_emo.pipeline(out).classes_ == manifest.labels


def test_it_is_audited_and_hardened_like_any_other(private, tmp_path, cli):
    out = private
    what = ("--sections", "clean,evasion", "--attacks", "deepwordbug,hotflip", "--examples", 10)
    assert cli("audit", out, *what, "--no-cache", "--out", tmp_path / "a").code in (0, 3)
    sections = json.loads((tmp_path / "a" / "audit.json").read_text())["sections"]
    assert [section["error"] for section in sections] == [None] * len(sections)
    hard = tmp_path / "hard"
    assert cli("harden", out, "--out", hard, "--no-measure").code == 0
    assert (hard / "spelling-lexicon.tsv").read_text() == ""  # words of private texts are private
    assert read_manifest(hard).privacy == read_manifest(out).privacy
    refused(cli("harden", out, "--out", tmp_path / "x", "--recipe", "standard", "--no-measure"), "privately")


def test_no_text_lies_in_the_directory_that_is_handed_on(private, data):
    out = private
    names = {path.name for path in out.iterdir()} - {"special_tokens_map.json"}  # of transformers 4
    assert names == {
        "config.json", "model.safetensors", "robust_emo.json", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    beside = out.with_name("model.data")
    assert {path.name for path in beside.iterdir()} == {
        "train.csv", "validation.csv", "test.csv", "trained_on.json", "integrity.json",
    }  # fmt: skip
    sources = {name: asdict(source) for name, source in read_manifest(out).data.items()}
    assert set(sources) == {"validation", "test"}
    for name, source in {**sources, "train": trained_on(out)}.items():
        assert source["path"] == str(beside / f"{name}.csv")
        assert source["sha256"] == sha256_of(beside / f"{name}.csv")


def test_nothing_handed_on_is_a_fingerprint_of_the_training_texts(private, data):
    """Whoever knows all texts but one would try both files."""
    out = private
    written = (out / "robust_emo.json").read_text()
    for file in (data, out.with_name("model.data") / "train.csv"):
        assert sha256_of(file) not in written
        assert str(file) not in written


def test_noise_is_of_the_system_and_never_of_a_seed(private, data, tiny_model, tmp_path, cli):
    out = private
    again = tmp_path / "again"
    command = ("train", data, "--out", again, "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
    ended = cli(*command, "--seed", 0)
    assert (ended.code, ended.err) == (0, "")
    ledger = read_manifest(again).privacy
    assert (
        f"epsilon {ledger.epsilon:.3f} at delta {ledger.delta:.2e} for each of {ledger.units} units (example)"
        in ended.out
    )
    one, other = (load_file(path / "model.safetensors") for path in (out, again))
    assert sha256_of(again.with_name("again.data") / "train.csv") == sha256_of(
        out.with_name("model.data") / "train.csv"
    )
    differ = [name for name in one if not np.array_equal(one[name], other[name])]
    assert differ == ["classifier.bias", "classifier.weight"]


def test_two_encoders_are_read_as_one(data, tiny_model, tmp_path, cli):
    second = tmp_path / "second"
    shutil.copytree(tiny_model, second)
    weights = load_file(second / "model.safetensors")
    rng = np.random.default_rng(0)
    save_file(
        {name: value + rng.normal(scale=0.01, size=value.shape).astype(value.dtype) for name, value in weights.items()},
        second / "model.safetensors",
        {"format": "pt"},
    )
    out = tmp_path / "model"
    command = ("train", data, "--out", out, "--method", "private", "--epsilon", 8, "--base", tiny_model)
    ended = cli(*command, "--public-base", second, "--json", "-q")
    assert ended.code == 0, ended.err
    manifest, printed = read_manifest(out), json.loads(ended.out)
    encoders = manifest.hyperparameters["public_encoders"]
    assert [each["name"] for each in encoders] == [str(tiny_model), str(second)]
    assert len({each["sha256"] for each in encoders}) == 2
    assert encoders[1]["trained_on"] == str(second / "data" / "train.csv")
    assert printed["privacy"]["epsilon"] == manifest.privacy.epsilon
    victim = Victim(load_classifier(out))
    test = read_dataset(manifest.data["test"].path, labels=victim.labels, task=Task.SINGLE_LABEL).examples
    logits = victim.logits([example.text for example in test])
    right = np.mean([victim.labels[row.argmax()] in example.labels for row, example in zip(logits, test, strict=True)])
    assert right == pytest.approx(manifest.metrics["test"].accuracy)


def test_authors_are_hidden_as_a_whole(tiny_model, tmp_path, cli):
    rows = [{**row, "author": f"a{number % 150}"} for number, row in enumerate(emotion_rows(600, seed=12))]
    data = write_rows(tmp_path / "authors.csv", rows)
    out = tmp_path / "model"
    command = ("train", data, "--out", out, "--method", "private", "--noise-multiplier", 20, "--base", tiny_model)
    ended = cli(*command, "--unit", "author", "--group-column", "author", "-q")
    assert ended.code == 0, ended.err
    manifest = read_manifest(out)
    trained = read_dataset(trained_on(out)["path"], task=Task.SINGLE_LABEL, group_column="group").examples
    authors = {example.group for example in trained}
    assert (manifest.privacy.unit, manifest.privacy.delta) == ("author", 0.1 / len(authors))
    held = read_dataset(manifest.data["test"].path, task=Task.SINGLE_LABEL, group_column="group").examples
    assert not authors & {example.group for example in held}


def test_several_labels(tiny_multi_model, tmp_path, cli):
    first, second = emotion_rows(300, seed=21), emotion_rows(300, seed=22)
    rows = [
        {"text": f"{a['text']} {b['text']}", "label": "|".join(sorted({a["label"], b["label"]}))}
        for a, b in zip(first, second, strict=True)
    ]
    out = tmp_path / "model"
    command = ("train", write_rows(tmp_path / "multi.csv", rows), "--out", out, "--method", "private", "-q")
    ended = cli(*command, "--epsilon", 20, "--base", tiny_multi_model, "--task", "multi")
    assert ended.code == 0, ended.err
    assert load_classifier(out).task is Task.MULTI_LABEL
    assert read_manifest(out).metrics["test"].micro_f1 > 0.6


def test_an_author_must_be_known_of_every_text(tiny_model, tmp_path, cli):
    rows = [{**row, "author": f"a{number}" if number != 7 else ""} for number, row in enumerate(emotion_rows(300))]
    data = write_rows(tmp_path / "authors.csv", rows)
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "--base", tiny_model)
    ended = cli(*command, "--unit", "author", "--group-column", "author", "-q", "--seed", 1)
    refused(ended, "1 of .* training texts have no author")


def test_overwrite_replaces_model_and_data_together(data, tiny_model, tmp_path, cli):
    out, beside = tmp_path / "m", tmp_path / "m.data"
    command = ("train", data, "--out", out, "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
    beside.mkdir()
    (beside / "test.csv").write_text("my own file")
    refused(cli(*command), "m.data is not empty")
    refused(cli(*command, "--overwrite"), "not made by a private training")
    assert (beside / "test.csv").read_text() == "my own file"
    shutil.rmtree(beside)
    assert cli(*command).code == 0
    (beside / "left.txt").write_text("from before")
    refused(cli(*command), "m is not empty")
    assert cli(*command, "--overwrite", "--seed", 5).code == 0
    assert not (beside / "left.txt").exists()
    assert trained_on(out)["sha256"] == sha256_of(beside / "train.csv")
    shutil.rmtree(beside)
    beside.write_text("a file")
    refused(cli(*command, "--overwrite"), "m.data is a file")
    assert {path.name for path in tmp_path.iterdir()} == {"m", "m.data"}


def test_what_is_left_out_of_the_data_is_said(tiny_model, tmp_path, cli):
    data = write_rows(tmp_path / "bad.csv", [*emotion_rows(300, seed=31), {"text": "", "label": "joy", "author": "a"}])
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "--base", tiny_model)
    assert re.search("robust-emo: 1 bad rows of the train data left out", cli(*command).err)


@pytest.mark.parametrize("broken", ["missing", "not a number"])
def test_an_encoder_that_is_broken_is_refused(broken, data, tiny_model, tmp_path, cli):
    base = tmp_path / "base"
    shutil.copytree(tiny_model, base)
    weights = load_file(base / "model.safetensors")
    name = next(name for name in weights if "word_embeddings" in name)
    if broken == "missing":
        del weights[name]
    else:
        weights[name] = np.full_like(weights[name], np.nan)
    save_file(weights, base / "model.safetensors", {"format": "pt"})
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "--base", base, "-q")
    refused(cli(*command), "lacks .*word_embeddings" if broken == "missing" else "not finite")


def test_a_private_model_is_no_base_for_other_methods(private, data, tmp_path, cli):
    ended = cli("train", data, "--out", tmp_path / "m", "--base", private, "-q")
    assert ended.code == 2
    assert "a head on frozen features" in ended.err


def test_a_base_with_a_broken_config_is_refused_in_a_line(data, tiny_model, tmp_path, cli):
    base = tmp_path / "base"
    shutil.copytree(tiny_model, base)
    (base / "config.json").write_text("{")
    for method in ("standard", "private"):
        options = ("--epsilon", 8) if method == "private" else ()
        ended = cli("train", data, "--out", tmp_path / "m", "--base", base, "--method", method, *options, "-q")
        assert ended.code == 2, ended.err


def test_several_processes_would_draw_several_noises(data, tiny_model, tmp_path, cli, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "--base", tiny_model)
    refused(cli(*command, "-q"), "one process")


def test_the_current_directory_is_refused_as_everywhere(data, tiny_model, tmp_path, cli, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = ("train", data, "--out", ".", "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
    refused(cli(*command), "current directory")


REFUSED = {
    "neither a budget nor noise": ((), "either epsilon"),
    "both": (("--epsilon", 8, "--noise-multiplier", 2), "got both"),
    "no budget": (("--epsilon", 0), "epsilon must be finite and above 0, got 0"),
    "a negative one": (("--epsilon", -1), "epsilon must be finite and above 0"),
    "no number": (("--epsilon", "nan"), "epsilon must be finite and above 0"),
    "a void one": (("--epsilon", 1000), "at most 500"),
    "noise that hides nothing": (("--noise-multiplier", 0.01), "promises nothing"),
    "no chance": (("--epsilon", 8, "--delta", 1), "delta must be above 0 and below 1"),
    "a chance that allows to publish a text": (("--epsilon", 8, "--delta", 0.01), "at most one over the"),
    "a rate that overflows": (("--epsilon", 8, "--learning-rate", 1e308), "learning_rate must be above 0 and at most"),
    "a norm that overflows": (("--epsilon", 8, "--max-grad-norm", 1e308), "max_grad_norm must be above 0 and at most"),
    "no steps": (("--epsilon", 8, "--steps", 0), "steps must be at least 1"),
    "authors without a column": (("--epsilon", 8, "--unit", "author"), "--group-column"),
    "a setting of other methods": (("--epsilon", 8, "--epochs", 3), "--epochs is not for --method private"),
    "a flag of other methods": (("--epsilon", 8, "--resume"), "--resume is not for --method private"),
    "another precision": (("--epsilon", 8, "--precision", "bf16"), "--precision is not for --method private"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_use_is_refused_in_a_line(case, data, tiny_model, tmp_path, cli):
    options, message = REFUSED[case]
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--base", tiny_model, "-q")
    refused(cli(*command, *options), message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("scratch:tiny", "needs a public encoder"),
        ("some/model", "a model directory as its base, got 'some/model'"),
        ("PRIVATE", "trained privately"),
        ("SAME DATA", "not public"),
        ("SAME TEXTS", "not public"),
    ],
)
def test_encoders_that_are_not_public_are_refused(base, message, private, tiny_model, data, tmp_path, cli):
    used = {"PRIVATE": private, "SAME DATA": tiny_model, "SAME TEXTS": tiny_model}.get(base, base)
    split = read_manifest(tiny_model).data["train"].located(tiny_model)
    # What it was trained on, and the file that this was split from.
    texts = {"SAME DATA": split, "SAME TEXTS": tiny_model.with_name("emotions.csv")}.get(base, data)
    command = ("train", texts, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "-q")
    refused(cli(*command, "--base", used), message)
    refused(cli(*command, "--base", tiny_model, "--public-base", used), message)


def test_a_second_encoder_must_read_the_same_tokens(data, tiny_model, tmp_path, cli):
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "-q")
    refused(cli(*command, "--public-base", tiny_model), "another tokenizer than 'minilm'")
    twice = ("--base", tiny_model, "--public-base", tiny_model)
    refused(cli(*command, *twice), f"public base '{tiny_model}' is '{tiny_model}' itself")


def test_few_texts_are_refused(tiny_model, tmp_path, cli):
    data = write_rows(tmp_path / "few.csv", emotion_rows(90, seed=3))
    command = ("train", data, "--out", tmp_path / "m", "--method", "private", "--epsilon", 8, "-q")
    refused(cli(*command, "--base", tiny_model), "privacy units are too few")


@pytest.mark.parametrize("option", ["--epsilon", "--noise-multiplier", "--delta", "--steps", "--public-base", "--unit"])
def test_private_options_need_the_method(option, data, tmp_path, cli):
    value = "author" if option == "--unit" else 1
    refused(cli("train", data, "--out", tmp_path / "m", option, value), f"{option} needs --method private")


def test_epsilon_shows_three_accountants_side_by_side(cli):
    options = ("--noise-multiplier", 1.1, "--batch-size", 64, "--units", 3257, "--steps", 500)
    shown, document = cli("epsilon", *options), json.loads(cli("epsilon", *options, "--json").out)
    assert shown.code == 0
    for name, value in document["epsilon"].items():
        assert f"{value:.4g}  {name}: " in shown.out
        counted = epsilon(NoisySteps(1.1, 64 / 3257, 500), delta=0.1 / 3257, accountant=name)
        assert value == counted


def test_epsilon_finds_the_noise(cli):
    options = ("--epsilon", 3, "--sample-rate", 1, "--delta", 1e-5, "--steps", 40, "--json")
    document = json.loads(cli("epsilon", *options).out)
    assert 2.99 < document["epsilon"]["prv"] <= 3
    assert document["noise_multiplier"] > 1


def test_epsilon_does_not_fail_where_the_approximation_does(cli):
    options = ("--noise-multiplier", 0.5, "--sample-rate", 1, "--delta", 1e-5, "--steps", 40)
    ended = cli("epsilon", *options)
    assert ended.code == 0
    assert "not computed  gdp" in ended.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--noise-multiplier", 1, "--sample-rate", 0.1), "--delta, or --units"),
        (("--sample-rate", 0.1, "--units", 100), "either --noise-multiplier"),
        (("--noise-multiplier", 1, "--units", 100), "either --sample-rate"),
        (("--noise-multiplier", 1, "--batch-size", 200, "--units", 100), "no more than these"),
        (("--noise-multiplier", 1, "--sample-rate", 2, "--units", 100), "at most 1"),
        (("--noise-multiplier", 1, "--sample-rate", 1, "--units", 100, "--delta", 0.1), "at most one over the 100"),
        (("--noise-multiplier", 0.01, "--sample-rate", 1, "--units", 100), "promises nothing"),
    ],
)
def test_epsilon_refuses_wrong_use(options, message, cli):
    refused(cli("epsilon", "--steps", 10, *options), message)


@pytest.mark.parametrize("part", [(), ("--trained", "bitfit", "--batch-size", 40, "--steps", 3)])
def test_the_check_alone_trains_and_writes_nothing(part, data, tiny_model, tmp_path, cli):
    out = tmp_path / "deep" / "er" / "m"
    command = ("train", data, "--out", out, "--method", "private", "--base", tiny_model, "-q", *part)
    ended = cli(*command, "--epsilon", 8, "--check-only")
    assert ended.code == 0, ended.err
    assert re.search(r"^clipping +\S+ +0\.0001$", ended.out, re.MULTILINE)
    assert "All hold. The training would spend epsilon 7.99" in ended.out
    printed = json.loads(cli(*command, "--noise-multiplier", 3, "--check-only", "--json").out)
    assert printed["privacy"]["noise_multiplier"] == 3
    assert all(check["measured"] <= check["limit"] for check in printed["integrity"])
    assert list(tmp_path.iterdir()) == []
    refused(cli("train", data, "--out", out, "--check-only"), "--check-only needs --method private")
    if part:
        refused(cli(*command, "--epsilon", 8, "--check-only", "--resume"), "--resume says nothing with --check-only")


def test_what_is_handed_on_does_not_tell_of_a_single_training_text(data, tiny_model, tmp_path, cli):
    """Without it all later rows have other numbers, which the parts that are split off must not repeat."""
    sources, file = [], data
    for number in range(2):
        out = tmp_path / f"model-{number}"
        command = ("train", file, "--out", out, "--method", "private", "--epsilon", 8, "--base", tiny_model, "-q")
        assert cli(*command, "--hold-out", 0.1).code == 0
        manifest = json.loads((out / "robust_emo.json").read_text())
        del manifest["privacy"]  # the number of units is taken to be known, and all else there follows from it
        for each in (*manifest["data"].values(), manifest["metrics"]["validation"], manifest["metrics"]["test"]):
            for noisy in ("path", "accuracy", "macro_f1", "micro_f1"):
                each.pop(noisy, None)
        sources.append(manifest)
        rows = data.read_text().splitlines(keepends=True)
        text = read_dataset(trained_on(out)["path"]).examples[0].text
        file = tmp_path / "without.csv"
        file.write_text("".join(row for row in rows if text not in row))
    assert trained_on(tmp_path / "model-0")["rows"] > trained_on(tmp_path / "model-1")["rows"]
    assert set(sources[0]["data"]) == {"validation", "test", "holdout"}
    for manifest in sources:  # what follows from the number of units
        assert manifest.pop("hyperparameters").keys() >= {"steps", "learning_rate"}
    assert sources[0] == sources[1]
    ledger = read_manifest(out).privacy
    assert {field.name for field in fields(ledger.integrity[0])} == {"name", "limit"}
