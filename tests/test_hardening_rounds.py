"""Hardening with attacks in the loop: what is found misleads the model, is trained on, and is done once."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.errors import InputError, RobustEmoError
from robust_emo.hardening import rounds as rounds_module
from robust_emo.hardening.adversarial_texts import adversarial_texts
from robust_emo.hardening.harden import HardenRequest, harden
from robust_emo.hardening.recipe import AttackShare, read_recipe
from robust_emo.models.manifest import PrivacyLedger, read_manifest, write_manifest
from robust_emo.progress import Silent

RECIPE = """
version = "1"

[[defence]]
normaliser = "invisibles"

[training]
rounds = 2
learning_rate = 5e-4

[[training.attack]]
attack = "unicode"
share = 0.05
max_queries = 60

[[training.attack]]
attack = "deepwordbug"
share = 0.05
max_queries = 60
"""


@pytest.fixture
def recipe(tmp_path) -> str:
    path = tmp_path / "loop.toml"
    path.write_text(RECIPE)
    return str(path)


def training_data(model: Path) -> Dataset:
    source = read_manifest(model).data["train"]
    return read_dataset(source.located(model), text_column=source.text_column, label_column=source.label_column)


def found(victim, train, folder, *, round_number=1, shares=(0.1, 0.1)):
    attacks = [
        AttackShare(name, share, max_queries=60) for name, share in zip(("unicode", "deepwordbug"), shares, strict=True)
    ]
    keep = folder / f"{round_number}.jsonl"
    return adversarial_texts(
        victim, train, attacks, seed=0, round_number=round_number, keep=keep, progress=Silent()
    ), keep


def weights(directory: Path):
    return {name: values.tobytes() for name, values in load_file(directory / "model.safetensors").items()}


def test_what_is_found_misleads_the_model_and_keeps_its_labels(victim, tiny_model, tmp_path):
    train = training_data(tiny_model).examples
    texts, keep = found(victim, train, tmp_path)
    originals = {example.id: example for example in train}
    predictions = victim.predictions(victim.logits([text.text for text in texts]))
    assert texts
    assert all(prediction.labels != text.labels for prediction, text in zip(predictions, texts, strict=True))
    assert all(originals[text.id].labels == text.labels and originals[text.id].text != text.text for text in texts)
    assert len({text.id for text in texts}) == len(texts)  # no text is attacked twice in a round
    assert len(texts) <= 0.2 * len(train) + 1
    assert found(victim, train, tmp_path)[0] == texts  # read from the file
    keep.unlink()
    assert found(victim, train, tmp_path)[0] == texts  # found again


def test_every_round_attacks_other_texts(victim, tiny_model, tmp_path):
    train = training_data(tiny_model).examples
    first, second = (found(victim, train, tmp_path, round_number=number)[0] for number in (1, 2))
    assert {text.id for text in first} != {text.id for text in second}


def test_the_model_learns_from_what_is_found(tiny_model, recipe, tmp_path):
    out = tmp_path / "hard"
    hardened = harden(HardenRequest(model=str(tiny_model), out=out, recipe=recipe, measure=False))
    assert len(hardened.manifest.rounds) == 2
    for record in hardened.manifest.rounds:
        assert 0 < record.adversarial_texts <= record.attacked_texts
        assert record.attack_seconds > 0
        assert len(record.history) == 1
    assert [step.name for step in hardened.manifest.defence] == ["invisibles"]
    assert set(hardened.manifest.metrics) == {"validation", "test"}
    assert weights(out) != weights(tiny_model)
    assert read_manifest(out) == hardened.manifest


def test_a_killed_run_goes_on_and_ends_in_the_same_weights(tiny_model, recipe, tmp_path, monkeypatch):
    whole = HardenRequest(model=str(tiny_model), out=tmp_path / "whole", recipe=recipe, measure=False)
    harden(whole)
    killed, original = replace(whole, out=tmp_path / "killed"), rounds_module._fit

    def interrupted(classifier, texts, number, *rest):
        if number == 2:
            raise KeyboardInterrupt
        return original(classifier, texts, number, *rest)

    monkeypatch.setattr(rounds_module, "_fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        harden(killed)
    assert not killed.out.exists()
    kept = killed.audits / "rounds" / "round-1"
    stamp = (kept / "model.safetensors").stat().st_mtime_ns
    monkeypatch.undo()
    harden(replace(killed, resume=True))
    assert (kept / "model.safetensors").stat().st_mtime_ns == stamp
    assert weights(killed.out) == weights(whole.out)


def test_rounds_of_another_seed_are_not_kept(tiny_model, recipe, tmp_path):
    first = HardenRequest(model=str(tiny_model), out=tmp_path / "hard", recipe=recipe, measure=False, seed=1)
    harden(first)
    before = weights(first.out)
    harden(replace(first, seed=2, overwrite=True, resume=False))
    assert weights(first.out) != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("share = 0.05", "share = 0.7"), "shares must be above 0 and add up to at most 1"),
        (("share = 0.05", "share = 0.0"), "shares must be above 0"),
        (("rounds = 2", "rounds = 0"), "training.rounds must be at least 1"),
        (("learning_rate = 5e-4", "learning_rate = -1.0"), "training.learning_rate must be above 0"),
        (("max_queries = 60", "max_queries = 0"), "max_queries must be at least 1"),
        (('attack = "unicode"', 'attack = "unicodes"'), "did you mean 'unicode'"),
        (('attack = "unicode"', 'attack = "input-reduction"'), "nothing to train on"),
        (("rounds = 2", "round = 2"), "training.round"),
        (("rounds = 2", 'rounds = "two"'), "training.rounds"),
    ],
)
def test_a_bad_training_is_one_line(tmp_path, change, message):
    path = tmp_path / "bad.toml"
    path.write_text(RECIPE.replace(*change))
    with pytest.raises(RobustEmoError, match=message) as caught:
        read_recipe(str(path))
    assert "\n" not in str(caught.value)


def test_nobody_trains_again_on_texts_of_private_training(tiny_model, recipe, tmp_path):
    private = tmp_path / "private"
    shutil.copytree(tiny_model, private)
    ledger = PrivacyLedger(1.0, 1e-5, 1.0, 0.1, 10, 1.0, "prv", "example", "poisson", 100)
    write_manifest(replace(read_manifest(private), privacy=ledger), private)
    with pytest.raises(InputError, match="trained privately"):
        harden(HardenRequest(model=str(private), out=tmp_path / "hard", recipe=recipe, measure=False))
    assert not (tmp_path / "hard").exists()


def test_a_numbered_device_is_refused_before_any_attack(tiny_model, recipe, tmp_path):
    request = HardenRequest(model=str(tiny_model), out=tmp_path / "hard", recipe=recipe, measure=False, device="cuda:1")
    with pytest.raises(InputError, match="--device cuda, got cuda:1"):
        harden(request)
    assert not request.audits.exists()


def test_training_needs_to_know_the_data(tiny_model, recipe, tmp_path):
    foreign = tmp_path / "foreign"
    shutil.copytree(tiny_model, foreign)
    (foreign / "robust_emo.json").unlink()
    with pytest.raises(InputError, match=r"training \(--train-data\) data"):
        harden(HardenRequest(model=str(foreign), out=tmp_path / "hard", recipe=recipe, measure=False))
