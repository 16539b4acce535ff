"""Hardening with attacks in the loop: what is found misleads the model, is trained on, and is done once."""

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from command_line import refused
from robust_emo_attacks.unicode import UnicodeTricks
from safetensors.numpy import load_file

from robust_emo.ablation import Ablation
from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.errors import InputError, PluginError, RobustEmoError
from robust_emo.hardening import rounds as rounds_module
from robust_emo.hardening.adversarial_texts import adversarial_texts, read_found
from robust_emo.hardening.harden import harden
from robust_emo.hardening.recipe import AdversaryChoice, AttackShare, Training
from robust_emo.hardening.recipe_file import read_recipe
from robust_emo.hardening.request import HardenRequest
from robust_emo.hardening.round_notes import round_notes
from robust_emo.hardening.round_training import RoundObserver, Tuned, fine_tune, round_settings
from robust_emo.hardening.rounds import RoundsRequest, run_rounds
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import EpochRecord, RoundRecord, read_manifest, write_manifest
from robust_emo.progress import Silent
from robust_emo.training.adversaries.settings import Fgm, Pgd
from robust_emo.training.checkpoint import CheckpointStore
from robust_emo.types import PrivacyLedger

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


def found(victim, train, folder, *, round_number=1, shares=(0.05, 0.05)):
    attacks = [
        AttackShare(name, share, max_queries=60) for name, share in zip(("unicode", "deepwordbug"), shares, strict=True)
    ]
    keep = folder / f"{round_number}.json"
    return adversarial_texts(
        victim, train, attacks, seed=0, round_number=round_number, keep=keep, progress=Silent()
    ), keep


def weights(directory: Path):
    return {name: values.tobytes() for name, values in load_file(directory / "model.safetensors").items()}


def test_what_is_found_misleads_the_model_and_keeps_its_labels(victim, tiny_model, tmp_path):
    train = training_data(tiny_model).examples
    attacks, keep = found(victim, train, tmp_path)
    texts, originals = attacks.texts, {example.id: example for example in train}
    predictions = victim.predictions(victim.logits([text.text for text in texts]))
    assert texts
    assert all(prediction.labels != text.labels for prediction, text in zip(predictions, texts, strict=True))
    assert all(originals[text.id].labels == text.labels and originals[text.id].text != text.text for text in texts)
    assert len({text.id for text in texts}) == len(texts)  # no text is attacked twice in a round
    assert len(texts) <= 0.1 * len(train) + 1
    assert found(victim, train, tmp_path)[0] == attacks  # read from the file
    keep.unlink()
    assert found(victim, train, tmp_path)[0].texts == texts  # found again


def test_every_round_attacks_other_texts(victim, tiny_model, tmp_path):
    train = training_data(tiny_model).examples
    first, second = (found(victim, train, tmp_path, round_number=number)[0].texts for number in (1, 2))
    assert {text.id for text in first} != {text.id for text in second}


@pytest.fixture(scope="module")
def whole(tiny_model, tmp_path_factory):
    """The tiny model hardened in two rounds, never interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "loop.toml").write_text(RECIPE)
    return harden(HardenRequest(str(tiny_model), folder / "hard", str(folder / "loop.toml"), measure=False)), folder


def test_the_model_learns_from_what_is_found(tiny_model, whole):
    hardened, out = whole[0], whole[1] / "hard"
    assert len(hardened.manifest.rounds) == 2
    for record in hardened.manifest.rounds:
        assert 0 < record.adversarial_texts <= record.attacked_texts
        assert record.attacked_texts == sum(attack.attacked for attack in record.attacks)
        assert [attack.attack for attack in record.attacks] == ["unicode", "deepwordbug"]
        assert not any(attack.errored for attack in record.attacks)
        assert record.attack_seconds > 0
        assert len(record.history) == 1
    assert [step.name for step in hardened.manifest.defence] == ["invisibles"]
    assert set(hardened.manifest.metrics) == {"validation", "test"}
    assert weights(out) != weights(tiny_model)
    assert read_manifest(out) == hardened.manifest
    assert json.loads((out / "config.json").read_text()).get("_name_or_path") in (None, hardened.manifest.base)


def test_the_manifest_says_how_rounds_trained(tiny_model, whole):
    manifest, parent = whole[0].manifest, read_manifest(tiny_model)
    first, second = manifest.rounds
    assert manifest.trained_by == "standard, then 2 rounds of hardening with unicode, deepwordbug"
    assert parent.trained_by == "standard"
    assert manifest.hyperparameters == parent.hyperparameters
    kept = {"weight_decay", "class_weights", "label_smoothing", "lora", "ablation", "warmup", "batch_size"}
    assert {name: second.hyperparameters[name] for name in kept} == {
        name: parent.hyperparameters[name] for name in kept
    }
    assert (second.hyperparameters["learning_rate"], second.hyperparameters["epochs"]) == (5e-4, 1)
    assert first.precision == second.precision == "fp32"
    assert first.macro_f1_before == pytest.approx(parent.metrics["validation"].macro_f1, abs=0.02)
    assert second.macro_f1_before == pytest.approx(first.macro_f1)


def test_an_adversary_alone_needs_no_attack_and_is_named(tiny_model, tmp_path):
    path = tmp_path / "moved.toml"
    training = RECIPE[: RECIPE.index("[[training.attack]]")].replace("rounds = 2", "rounds = 1\nepochs = 2")
    path.write_text(training + '[training.adversary]\nadversary = "fgm"\narguments = {norm = 0.5}\n')
    hardened = harden(HardenRequest(str(tiny_model), tmp_path / "hard", str(path), measure=False))
    (record,) = hardened.manifest.rounds
    assert hardened.manifest.trained_by == "standard, then 1 round of hardening with fgm"
    assert record.macro_f1 == record.history[-1].macro_f1
    assert (record.attacks, record.attack_seconds) == ((), 0.0)
    assert weights(tmp_path / "hard") != weights(tiny_model)


def stopped_in_training(monkeypatch, steps):
    """Ctrl-C after so many steps of all trainings together."""
    stepped, done = RoundObserver.stepped, []

    def stop(observer, **told):
        done.append(told)
        stepped(observer, **told)
        if len(done) == steps:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(RoundObserver, "stepped", stop)


def test_a_killed_training_goes_on_and_ends_in_the_same_weights(cli, tiny_model, whole, tmp_path, monkeypatch):
    out, loop = tmp_path / "killed", whole[1] / "loop.toml"
    command = ("harden", tiny_model, "--out", out, "--recipe", loop, "--no-measure", "--device", "cpu")
    per_epoch = -(-(len(training_data(tiny_model).examples) + whole[0].manifest.rounds[0].adversarial_texts) // 16)
    with monkeypatch.context() as patch:
        stopped_in_training(patch, per_epoch + 3)  # in the second round
        ended = cli(*command)
    assert ended.code == 130
    assert "interrupted after step 3 of" in ended.err
    assert "continue with the same command and --resume" in ended.err
    assert not out.exists()
    kept = tmp_path / "killed-hardening" / "rounds" / "round-1" / "model.safetensors"
    stamp = kept.stat().st_mtime_ns

    ended = cli(*command)
    refused(ended, r"holds unfinished work \(rounds\): --resume continues it, --restart throws it away")
    ended = cli(*command, "--resume", "--seed", 5)
    refused(ended, r"was made otherwise: seed \(was 0, now 5\).*--restart")
    refused(cli(*command, "--resume", "--restart"), "give one of them")
    assert kept.stat().st_mtime_ns == stamp
    with monkeypatch.context() as patch:
        patch.setattr("robust_emo.hardening.adversarial_texts.attack_examples", None)  # nothing is attacked again
        ended = cli(*command, "--resume")
    assert ended.code == 0, ended.err
    assert kept.stat().st_mtime_ns == stamp
    assert weights(out) == weights(whole[1] / "hard")
    assert not list(kept.parents[1].glob("*.partial"))


def test_rounds_of_another_seed_are_not_kept(tiny_model, whole, tmp_path):
    folder = shutil.copytree(whole[1], tmp_path / "copy")
    before = weights(folder / "hard")
    other = HardenRequest(
        str(tiny_model), folder / "hard", str(folder / "loop.toml"), measure=False, seed=2, resume=True, overwrite=True
    )
    with pytest.raises(InputError, match=r"rounds was made otherwise: seed \(was 0, now 2\)"):
        harden(other)
    assert weights(folder / "hard") == before
    harden(replace(other, resume=False, restart=True))
    assert weights(folder / "hard") != before
    assert read_manifest(folder / "hard").parent.made_with["seed"] == 2


def fails_on(monkeypatch, some):
    """Makes the attack `unicode` crash on some texts."""
    perturb = UnicodeTricks.perturb

    async def crash(attack, example, query, **rest):
        if some(example):
            raise ValueError("no more letters")
        return await perturb(attack, example, query, **rest)

    monkeypatch.setattr(UnicodeTricks, "perturb", crash)


def test_an_attack_that_crashes_on_everything_is_no_robust_model(victim, tiny_model, tmp_path, monkeypatch):
    fails_on(monkeypatch, lambda _: True)
    with pytest.raises(PluginError, match=r"'unicode' crashed on all \d+ training texts .* no more letters"):
        found(victim, training_data(tiny_model).examples, tmp_path)
    assert not list(tmp_path.iterdir())


def test_crashes_are_counted_and_told(victim, tiny_model, tmp_path, monkeypatch):
    train = training_data(tiny_model).examples
    numbers = {example.id: number for number, example in enumerate(train)}
    fails_on(monkeypatch, lambda example: numbers[example.id] % 2 == 0)
    attacks, keep = found(victim, train, tmp_path, shares=(0.05, 0.02))
    counts, other = attacks.attacks
    assert counts.errored > 0 < counts.attacked
    assert counts.attacked + counts.errored + counts.skipped == round(0.05 * len(train))
    assert (other.errored, other.first_error) == (0, None)
    assert read_found(keep) == attacks
    record = RoundRecord(
        counts.attacked, counts.adversarial, 1.0, 1.0, (EpochRecord(1, 0.5, 0.9, 0.9),), attacks.attacks
    )
    (note,) = round_notes([record])
    assert note.startswith(f"round 1: unicode crashed on {counts.errored} texts")
    assert "no more letters" in note


def test_a_round_that_hurts_is_told_of():
    record = RoundRecord(9, 3, 1.0, 1.0, (EpochRecord(1, 0.5, 0.8, 0.8),), macro_f1_before=0.83)
    (note,) = round_notes([replace(record, macro_f1_before=0.81), record])
    assert "round 2 lowered macro F1 on the validation data from 0.830 to 0.800" in note


# --- one training ----------------------------------------------------------------------------------------------------


def settings(tiny_model, *, recipe=None, **parent):
    manifest = read_manifest(tiny_model)
    manifest = replace(manifest, hyperparameters={**manifest.hyperparameters, **parent})
    return round_settings(recipe or Training(()), manifest, seed=1, max_length=32)


def tuned(tiny_model, folder, chosen):
    data = training_data(tiny_model).examples
    store = CheckpointStore(folder / "checkpoints", {})
    return fine_tune(
        load_classifier(tiny_model),
        data[:64],
        data[64:128],
        replace(chosen, precision="fp32"),
        device="cpu",
        store=store,
        observer=RoundObserver(Silent(), "training"),
    )


def test_rounds_start_from_the_settings_of_the_parent(tiny_model):
    chosen = settings(
        tiny_model,
        learning_rate=1e-3,
        class_weights="balanced",
        label_smoothing=0.2,
        weight_decay=0.3,
        head_factor=10.0,
        grad_accumulation=4,
        adversary={"name": "pgd", "norm": 0.5, "steps": 2, "step_size": 0.6, "share": 0.5},
        ablation={"mechanism": "deletion", "rate": 0.5},
    )
    assert (chosen.class_weights, chosen.label_smoothing, chosen.weight_decay) == ("balanced", 0.2, 0.3)
    assert (chosen.learning_rate, chosen.batch_size, chosen.grad_accumulation) == (5e-4, 16, 4)
    assert (chosen.adversary, chosen.keep) == (Pgd(norm=0.5, steps=2), "best")
    assert chosen.ablation == Ablation("deletion", 0.5)
    assert chosen.head_factor == 1.0  # no layer is new
    recipe = Training((), adversary=AdversaryChoice("fgm", {"norm": 0.1}), learning_rate=1e-5, batch_size=8)
    chosen = settings(tiny_model, recipe=recipe, grad_accumulation=4)
    assert (chosen.learning_rate, chosen.batch_size, chosen.grad_accumulation) == (1e-5, 8, 1)
    assert (chosen.adversary, chosen.keep) == (Fgm(norm=0.1), "last")  # plain texts say nothing of what it withstands


def test_settings_that_nobody_knows(tiny_model):
    with pytest.raises(InputError, match=r"does not know.*momentum"):
        settings(tiny_model, momentum=0.9)


def test_every_round_computes_in_the_precision_of_the_first(tiny_model):
    manifest = read_manifest(tiny_model)
    manifest = replace(manifest, hyperparameters={**manifest.hyperparameters, "precision": "auto"})
    first = RoundRecord(9, 3, 1.0, 1.0, (EpochRecord(1, 0.5, 0.8, 0.8),), precision="bf16")
    for rounds, precision in (((), "auto"), ((first,), "bf16")):
        chosen = round_settings(Training(()), replace(manifest, rounds=rounds), seed=1, max_length=32)
        assert chosen.precision == precision


@pytest.mark.parametrize(
    "parent",
    [
        {},
        {"lora": {"rank": 4, "alpha": 8, "dropout": 0.0}},
        {"ablation": {"mechanism": "deletion", "rate": 0.5}},
        {"adversary": {"name": "fgm", "norm": 0.25, "share": 0.5}},
    ],
    ids=["plain", "lora", "ablation", "adversary"],
)
def test_a_training_like_that_of_the_parent(tiny_model, tmp_path, parent):
    before = load_classifier(tiny_model).model.state_dict()
    result = tuned(tiny_model, tmp_path, settings(tiny_model, **parent))
    after = result.model.state_dict()
    assert after.keys() == before.keys()  # adapters are merged
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert "classifier.weight" in changed
    assert any(name.endswith("query.weight") for name in changed)
    assert ("bert.embeddings.word_embeddings.weight" in changed) == ("lora" not in parent)
    assert 0 <= result.macro_f1_before <= 1


@pytest.mark.parametrize("remember", [True, False])
def test_what_earlier_rounds_found_is_remembered(tiny_model, whole, tmp_path, monkeypatch, remember):
    folder = shutil.copytree(whole[1] / "hard-hardening" / "rounds", tmp_path / "rounds")
    shutil.rmtree(folder / "round-2")
    trained, first, second = [], *(read_found(folder / f"round-{n}-attacks.json").texts for n in (1, 2))

    def fake(classifier, train, *_, **__):
        trained.extend(train)
        return Tuned(classifier.model, (EpochRecord(1, 0.5, 0.8, 0.8),), "fp32", 0.8)

    monkeypatch.setattr(rounds_module, "fine_tune", fake)
    data = training_data(tiny_model)
    training = Training((AttackShare("unicode", 0.1),), remember=remember)
    made = run_rounds(folder / "round-0", RoundsRequest(training, data, data, folder, 0, "cpu", {}), Silent())
    texts = {each.text for each in second}
    remembered = [each for each in first if each.text not in texts]
    assert remembered
    assert trained == [*data.examples, *(remembered if remember else []), *second]
    assert read_manifest(made).rounds[-1].remembered_texts == (len(remembered) if remember else 0)


# --- recipes that train ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("share = 0.05", "share = 0.96"), "shares must be above 0 and add up to at most 1"),
        (("share = 0.05", "share = 0.0"), "shares must be above 0"),
        (("rounds = 2", "rounds = 0"), "training.rounds must be at least 1"),
        (("learning_rate = 5e-4", "learning_rate = -1.0"), "training.learning_rate must be finite and above 0"),
        (("learning_rate = 5e-4", "learning_rate = inf"), "training.learning_rate must be finite and above 0, got inf"),
        (("learning_rate = 5e-4", "batch_size = 0"), "training.batch_size must be at least 1"),
        (("max_queries = 60", "max_queries = 0"), "max_queries must be at least 1"),
        (('attack = "unicode"', 'attack = "unicodes"'), r"recipe .*bad\.toml: .*did you mean 'unicode'"),
        (("[[training.attack]]", "[training.adversary]\nadversary = 'fmg'\n[[training.attack]]"), "did you mean 'fgm'"),
        (
            (
                "[[training.attack]]",
                "[training.adversary]\nadversary = 'fgm'\narguments = {steps = 2}\n[[training.attack]]",
            ),
            r"recipe .*bad\.toml: steps means nothing to fgm",
        ),
        (('attack = "unicode"', 'attack = "input-reduction"'), "nothing to train on"),
        (("rounds = 2", "round = 2"), "training.round"),
        (("rounds = 2", 'rounds = "two"'), "training.rounds"),
    ],
)
def test_a_bad_training_is_one_line(tmp_path, change, message):
    path = tmp_path / "bad.toml"
    path.write_text(RECIPE.replace(*change, 1))
    with pytest.raises(RobustEmoError, match=message) as caught:
        read_recipe(str(path))
    assert "\n" not in str(caught.value)


def test_nobody_trains_again_on_texts_of_private_training(tiny_model, recipe, tmp_path):
    private = tmp_path / "private"
    shutil.copytree(tiny_model, private)
    ledger = PrivacyLedger(1.0, 1e-5, 1.0, 0.1, 10, 1.0, "prv", "example", 1000, "zero-out", "poisson", 100)
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
