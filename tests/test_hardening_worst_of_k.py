"""Recipes that train on the worst of a few perturbations of each text."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from robust_emo_attacks.deepwordbug import DeepWordBug
from safetensors.torch import load_file
from test_hardening_rounds import training_data

from robust_emo.ablation import Ablation
from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError, RobustEmoError
from robust_emo.hardening.harden import HardenRequest, harden
from robust_emo.hardening.recipe_file import read_recipe
from robust_emo.hardening.round_training import round_settings
from robust_emo.models.bases import resolve_base
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.batches import encode
from robust_emo.training.fit import fit
from robust_emo.training.hyperparameters import Hyperparameters

RECIPE = """
version = "1"

[[defence]]
normaliser = "invisibles"

[training]
rounds = 1
epochs = 2
learning_rate = 5e-4

[training.worst_of_k]
arguments = {tries = 2, consistency = 0.5}

[[training.worst_of_k.attack]]
attack = "deepwordbug"
arguments = {double_edits = 1}

[[training.worst_of_k.attack]]
attack = "synonyms"
"""


def hardened(model, folder, recipe=RECIPE, **options):
    folder.mkdir(exist_ok=True)
    path = folder / "worst.toml"
    path.write_text(recipe)
    return harden(HardenRequest(str(model), folder / "hard", str(path), measure=False, **options))


@pytest.fixture(scope="module")
def whole(tiny_model, tmp_path_factory):
    """The tiny model hardened, and where."""
    folder = tmp_path_factory.mktemp("whole") / "once"
    return hardened(tiny_model, folder), folder


def test_the_manifest_says_how_texts_were_perturbed(tiny_model, whole):
    manifest = whole[0].manifest
    (record,) = manifest.rounds
    assert record.worst_of_k.attacks == ("deepwordbug", "synonyms")
    assert record.worst_of_k.arguments == ({"double_edits": 1}, {})
    assert (record.worst_of_k.sampling["tries"], record.worst_of_k.sampling["stages"]) == (2, 2)
    assert record.attacks == () and record.attacked_texts == 0  # noqa: PT018 - one thing
    assert manifest.trained_by == "standard, then 1 round of hardening with deepwordbug, synonyms"
    assert read_manifest(whole[1] / "hard") == manifest


def test_the_last_epoch_is_kept(whole):
    (record,) = whole[0].manifest.rounds
    assert record.hyperparameters["keep"] == "last"
    assert len(record.history) == 2
    assert record.macro_f1 == record.history[-1].macro_f1


def test_nothing_is_said_of_attacks_that_were_not_asked_for(whole):
    assert not any("no attack misled" in note for note in whole[0].notes)


def test_the_same_again_gives_the_same_weights(tiny_model, whole, tmp_path):
    hardened(tiny_model, tmp_path / "again")
    first, second = (load_file(folder / "hard" / "model.safetensors") for folder in (whole[1], tmp_path / "again"))
    assert all(first[name].equal(second[name]) for name in first)
    assert any(not first[name].equal(value) for name, value in load_file(tiny_model / "model.safetensors").items())


def test_what_another_version_of_an_attack_made_is_not_kept(tiny_model, whole, monkeypatch, tmp_path):
    folder = shutil.copytree(whole[1], tmp_path / "copy")
    monkeypatch.setattr(DeepWordBug, "spec", replace(DeepWordBug.spec, version="99"))
    with pytest.raises(InputError, match=r"attack deepwordbug \(was \d+, now 99\)"):
        hardened(tiny_model, folder, resume=True)


def test_texts_are_perturbed_before_the_defence_reads_them(tiny_model, whole, monkeypatch, tmp_path):
    """What the training asks the model goes through the input defence, as what an attacker writes does."""
    seen = []
    model = whole[1] / "hard"
    defence = type(load_classifier(model).defence)
    read = defence.text
    monkeypatch.setattr(defence, "text", lambda self, text: seen.append(text) or read(self, text))
    hardened(tiny_model, tmp_path / "again")
    originals = {example.text for example in training_data(tiny_model).examples}
    assert len(set(seen) - originals) > len(originals)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("tries = 2", "tries = 0"), "tries must be a whole number of at least 1, got 0"),
        (("tries = 2", "tries = 2.5"), "tries must be a whole number"),
        (("tries = 2", "tires = 2"), "did you mean 'tries'"),
        (("tries = 2", "word_share = 2"), r"word_share must be in \(0, 1\]"),
        (("consistency = 0.5", "consistency = '1'"), "consistency must be finite"),
        (('"synonyms"', '"unicode"'), "attack 'unicode' does not say what it puts in the place of one word"),
        (('"synonyms"', '"synonym"'), "did you mean 'synonyms'"),
        (("double_edits = 1", "double_edit = 1"), "did you mean 'double_edits'"),
        (
            ("[training.worst_of_k]", "[training.adversary]\nadversary = 'fgm'\n[training.worst_of_k]"),
            "say consistency = 0 in its arguments, got 0.5",
        ),
    ],
)
def test_a_bad_recipe_is_one_line(tmp_path, change, message):
    path = tmp_path / "bad.toml"
    path.write_text(RECIPE.replace(*change, 1))
    with pytest.raises(RobustEmoError, match=message) as caught:
        read_recipe(str(path))
    assert "\n" not in str(caught.value)
    assert "bad.toml" in str(caught.value)


def test_an_adversary_moves_what_was_perturbed(tiny_model, tmp_path):
    adversary = "[training.adversary]\nadversary = 'fgm'\narguments = {norm = 0.5}\n\n[training.worst_of_k]"
    recipe = RECIPE.replace("consistency = 0.5", "consistency = 0, weight = 2")
    plain = hardened(tiny_model, tmp_path / "plain", recipe)
    moved = hardened(tiny_model, tmp_path / "moved", recipe.replace("[training.worst_of_k]", adversary))
    assert moved.manifest.trained_by == "standard, then 1 round of hardening with deepwordbug, synonyms, fgm"
    assert moved.manifest.rounds[0].hyperparameters["adversary"] == {"name": "fgm", "norm": 0.5, "share": 0.5}
    one, other = (load_file(tmp_path / name / "hard" / "model.safetensors") for name in ("plain", "moved"))
    assert any(not one[name].equal(other[name]) for name in one)
    assert plain.manifest.rounds[0].hyperparameters["adversary"] is None


def test_a_training_needs_something_to_train_against(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(RECIPE[: RECIPE.index("[training.worst_of_k]")])
    with pytest.raises(InputError, match=r"\[training.worst_of_k\]"):
        read_recipe(str(path))


def test_a_model_of_hidden_words_is_not_trained_so(tiny_model, tmp_path):
    path = tmp_path / "worst.toml"
    path.write_text(RECIPE)
    manifest = read_manifest(tiny_model)
    settings = {**manifest.hyperparameters, "ablation": asdict(Ablation("masking", 0.8))}
    hidden = replace(manifest, hyperparameters=settings)
    with pytest.raises(InputError, match="hidden words"):
        round_settings(read_recipe(str(path)).training, hidden, seed=1, max_length=32)


def test_the_last_or_the_best_epoch_is_kept():
    data = read_dataset(Path(__file__).parent / "data" / "emotions.csv")
    texts = [example.text for example in data.examples]
    for keep in ("best", "last"):
        base = resolve_base("scratch:tiny", texts=texts, labels=data.labels, task=data.task, seed=0)
        encoded = encode(data.examples, base.tokenizer, labels=data.labels, task=data.task, max_length=32)
        settings = Hyperparameters(epochs=4, batch_size=4, learning_rate=0.1, precision="fp32", patience=4, keep=keep)
        fitted = fit(base, encoded, encoded, settings, accelerator=make_accelerator(device="cpu"))
        best = max(fitted.history, key=lambda record: record.macro_f1)
        assert fitted.best_epoch == (best.epoch if keep == "best" else 4)


def test_no_other_epoch_can_be_kept():
    with pytest.raises(InputError, match="keep must be best or last"):
        Hyperparameters(keep="first")
