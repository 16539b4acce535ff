"""`robust-emo harden`: recipes, the model it writes, what it measures, and how it goes on after an interruption."""

import dataclasses
import hashlib
import json
import re
import shutil

import numpy as np
import pytest
from command_line import refused
from robust_emo_attacks.unicode import UnicodeTricks

from robust_emo.audits.journal import Journal
from robust_emo.defences.lexicon import read_lexicon
from robust_emo.errors import InputError
from robust_emo.hardening.measuring import audit_requests
from robust_emo.hardening.recipe_file import read_recipe, recipe_names
from robust_emo.hardening.request import HardenRequest
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest, write_manifest
from robust_emo.profile import read_profile
from robust_emo.section_choice import SectionArgument
from robust_emo.types import PrivacyLedger

RECIPE = """
version = "3"
summary = "invisible characters and look-alikes"

[[defence]]
normaliser = "invisibles"

[[defence]]
normaliser = "confusables"

[measure]
profile = "quick"
attacks = ["unicode"]
examples = 8
"""
SPELLING = '[[defence]]\nnormaliser = "spelling"\narguments = {most_edits = 1}\n'


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "unseen.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def spelling(tmp_path):
    path = tmp_path / "speller.toml"
    path.write_text(SPELLING)
    return path


@pytest.fixture
def parent(tiny_model, tmp_path):
    return shutil.copytree(tiny_model, tmp_path / "parent")


def harden(cli, model, out, *options):
    return cli("harden", model, "--out", out, "--device", "cpu", *options)


def ended_well(ended):
    assert ended.code == 0, ended.err
    return ended


# --- recipes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", recipe_names())
def test_bundled_recipes(name, cli):
    recipe = read_recipe(name)
    assert recipe.title == f"{name} {recipe.version}"
    assert recipe.summary in cli("list", "recipes").out


def test_standard_is_fast_with_clusters_and_a_training():
    standard, fast = read_recipe("standard"), read_recipe("fast")
    assert [step.normaliser for step in standard.defence] == [
        *(step.normaliser for step in fast.defence),
        "word-clusters",
    ]
    assert standard.measure == fast.measure
    assert standard.training is not None
    assert standard.training.adversary is not None


def test_a_recipe_file(recipe):
    read = read_recipe(str(recipe))
    assert read.title == "unseen 3"
    assert [step.normaliser for step in read.defence] == ["invisibles", "confusables"]
    assert (read.measure.profile, read.measure.attacks, read.measure.examples) == ("quick", ("unicode",), 8)
    assert read.sha256 == hashlib.sha256(recipe.read_bytes()).hexdigest()


def test_settings_of_measured_sections(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(RECIPE.replace('"quick"', '"standard"') + "\n[measure.arguments.explanation]\ntexts = 9\n")
    assert [str(each) for each in read_recipe(str(path)).measure.section_arguments] == ["explanation.texts=9"]
    request = HardenRequest(model="parent", out=tmp_path / "hard", recipe=str(path))
    for audit in audit_requests(request, read_recipe(str(path))).values():
        assert audit.section_arguments == (SectionArgument("explanation", "texts", 9),)


@pytest.mark.parametrize("name", ["fast", "standard"])
def test_bundled_recipes_measure_the_stability_of_explanations(name):
    measure = read_recipe(name).measure
    assert "explanation" in read_profile(measure.profile).sections
    assert measure.arguments["explanation"]["closely"] > 0


def test_the_shortest_recipe(spelling):
    read = read_recipe(str(spelling))
    assert read.title == "speller unversioned"
    assert read.measure.profile == "standard"


def test_a_file_named_like_a_bundled_recipe_is_not_taken_for_it(tmp_path, monkeypatch):
    (tmp_path / "fast").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    assert len(read_recipe("fast").defence) == 5
    assert len(read_recipe("./fast").defence) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[defence]", "is not TOML"),
        (RECIPE + "\nexample = 3\n", r"measure.example: Unexpected keyword"),
        ("colour = 1\n" + RECIPE, "colour: Unexpected keyword"),
        ('name = "best"\n' + RECIPE, r"bad\.toml: name is not for the file to say"),
        ('sha256 = "0"\n' + RECIPE, r"bad\.toml: sha256 is not for the file to say"),
        ("", "neither|expected at least one"),
        ("defence = []", "neither|expected at least one"),
        ("defence = 3", "defence"),
        ('[[defence]]\nnormaliser = "speling"', "unknown normaliser 'speling'; did you mean 'spelling'"),
        ("[[defence]]\n", r"defence.0.normaliser"),
        (SPELLING.replace("most_edits", "most_edit"), "no argument 'most_edit'.*did you mean 'most_edits'"),
        (SPELLING.replace("= 1}", "= 3}"), "most_edits must be 1 or 2, got 3"),
        (SPELLING.replace("most_edits = 1", 'lexicon = "a.tsv"'), "the lexicon is learnt"),
        (RECIPE.replace('"quick"', '"quik"'), "quik"),
        (RECIPE.replace("8", "0"), "measure.examples must be at least 1, got 0"),
        (RECIPE.replace('"unicode"', '"adaptive"'), "before there is no defence for .adaptive. to aim at"),
        (RECIPE + "\n[measure.arguments.explanation]\ntexts = 9\n", "section 'explanation' does not run here"),
        (RECIPE + "\n[measure.arguments.clean]\ntexts = 9\n", "measure.arguments: .*no argument 'texts'"),
        (RECIPE + "\n[measure.arguments]\nclean = 9\n", "measure.arguments.clean: Input should be an object"),
        (RECIPE.replace('"3"', "3"), "version: Input should be a valid string"),
        (RECIPE + '\n[training]\noutcomes = "yes"\n', r"training.outcomes: Input should be a valid boolean"),
        (RECIPE + "\n[training]\noutcomes = true\nlearning_rate = inf\n", "learning_rate must be finite .*, got inf"),
        (RECIPE + "\n[training]\nrounds = 1979-05-27\n", "1979-05-27 is a date or a time"),
        (RECIPE.replace('"3"', "2024-01-01"), r"bad\.toml: 2024-01-01 is a date or a time.*put it in quotes"),
        (RECIPE.replace('"3"', "9" * 5000), "is not TOML: Exceeds the limit"),
    ],
)
def test_bad_recipes(cli, tiny_model, tmp_path, content, message):
    path = tmp_path / "bad.toml"
    path.write_text(content)
    refused(harden(cli, tiny_model, tmp_path / "hard", "--recipe", path), message)
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.toml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fst", "unknown recipe 'fst'; did you mean 'fast'"),
        ("absent.toml", "recipe absent.toml cannot be read"),
        (".", "unknown recipe"),
    ],
)
def test_no_such_recipe(name, message):
    with pytest.raises(InputError, match=message):
        read_recipe(name)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        read_recipe(str(tmp_path / "bad.toml"))


# --- the model that it writes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fast(tiny_model, tmp_path_factory):
    """The tiny model hardened with `fast`, not measured; run as a user runs it."""
    from click.testing import CliRunner

    from robust_emo.cli.harden import command

    out = tmp_path_factory.mktemp("fast") / "hard"
    arguments = [str(tiny_model), "--out", str(out), "--no-measure", "--device", "cpu"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert result.exception is None, result.output
    return out, result.output


def test_the_model_of_recipe_fast(tiny_model, fast):
    out, printed = fast
    manifest, parent = read_manifest(out), read_manifest(tiny_model)
    assert [step.name for step in manifest.defence] == [step.normaliser for step in read_recipe("fast").defence]
    assert manifest.parent.sha256 == model_sha256(tiny_model)
    assert (manifest.parent.recipe, manifest.parent.recipe_sha256) == (
        read_recipe("fast").title,
        read_recipe("fast").sha256,
    )
    assert (manifest.labels, manifest.base, manifest.seed) == (parent.labels, parent.base, parent.seed)
    assert set(manifest.metrics) == {"validation", "test"}
    assert manifest.metrics["test"].n == parent.metrics["test"].n
    assert manifest.metrics["test"].accuracy > parent.metrics["test"].accuracy - 0.02
    assert "spelling" in printed
    assert f"Next: robust-emo audit {out}" in printed
    assert not out.with_name("hard-hardening").exists()
    words = read_lexicon(out / "spelling-lexicon.tsv")
    assert {"furious", "#monday".lstrip("#"), "overjoyed"} <= set(words)
    assert load_classifier(out).defence.text("I feel furoius, h\u0430p\u200bpy") == "I feel furious, happy"


def test_it_can_be_audited_with_its_own_copy_of_the_data(fast, cli, tmp_path):
    what = ("--sections", "clean,evasion", "--attacks", "unicode", "--examples", 4)
    ended = cli("audit", fast[0], *what, "--device", "cpu", "--no-cache", "--out", tmp_path / "audit")
    assert ended.code in (0, 1, 3), ended.err
    run = json.loads((tmp_path / "audit" / "audit.json").read_text())["run"]
    assert str(fast[0]) in run["data"]["path"]
    assert run["train_data"] is not None


def test_a_hardened_model_is_not_hardened_again(cli, fast, recipe, tmp_path):
    refused(harden(cli, fast[0], tmp_path / "hard", "--recipe", recipe), "has an input defence already")
    assert not (tmp_path / "hard").exists()


def test_the_output_has_a_name_of_its_own_by_default(cli, parent, recipe):
    ended_well(cli("harden", f"{parent}/", "--recipe", recipe, "--no-measure", "--device", "cpu"))
    assert read_manifest(f"{parent}-unseen").parent.recipe == "unseen 3"


def test_what_stands_there_is_kept_unless_told_otherwise(cli, parent, recipe, tmp_path):
    out = tmp_path / "hard"
    ended_well(harden(cli, parent, out, "--recipe", recipe, "--no-measure"))
    before = (out / "robust_emo.json").read_bytes()
    refused(harden(cli, parent, out, "--recipe", recipe, "--no-measure"), "is not empty; .*--overwrite")
    assert (out / "robust_emo.json").read_bytes() == before
    other = tmp_path / "other.toml"
    other.write_text(RECIPE.replace('version = "3"', 'version = "4"'))
    ended_well(harden(cli, parent, out, "--recipe", other, "--no-measure", "--overwrite"))
    assert read_manifest(out).parent.recipe == "other 4"


def test_the_parent_is_never_overwritten(cli, parent, recipe):
    before = model_sha256(parent)
    refused(harden(cli, parent, parent, "--recipe", recipe, "--overwrite"), "is read and cannot be written as well")
    assert model_sha256(parent) == before


@pytest.mark.parametrize(
    ("model", "out", "message"),
    [
        ("other/run/model", "other", "other holds .*model, which is read; name another directory"),
        ("other/run/model", "other/run/model/hard", "hard lies inside .*model, which is read"),
        ("other/hard-hardening/model", "other/hard", "hard-hardening holds .*model, which is read"),
        ("link", "other", "other holds .*link, which is read"),
    ],
)
def test_what_is_read_is_never_replaced(cli, parent, recipe, tmp_path, model, out, message):
    other = shutil.copytree(parent, tmp_path / "other")  # a model too, and so open to --overwrite
    for inner in ("run/model", "hard-hardening/model"):
        shutil.copytree(parent, other / inner)
    (tmp_path / "link").symlink_to(other / "run" / "model")
    before = sorted(tmp_path.rglob("*"))
    refused(harden(cli, tmp_path / model, tmp_path / out, "--recipe", recipe, "--overwrite"), message)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("option", ["--data", "--train-data"])
def test_data_in_a_model_directory_are_not_replaced_with_it(cli, tiny_model, parent, recipe, option):
    refused(
        harden(cli, tiny_model, parent, "--recipe", recipe, "--overwrite", option, parent / "data" / "test.csv"),
        r"holds .*test\.csv, which is read",
    )
    assert (parent / "data" / "test.csv").exists()


def test_a_model_called_by_a_dot(cli, parent, recipe, monkeypatch):
    monkeypatch.chdir(parent)
    before = sorted(parent.rglob("*"))
    ended_well(cli("harden", ".", "--recipe", recipe, "--no-measure", "--device", "cpu"))
    assert read_manifest(f"{parent}-unseen").parent.recipe == "unseen 3"
    assert sorted(parent.rglob("*")) == before


def test_a_model_that_is_none(cli, tmp_path):
    refused(harden(cli, tmp_path / "absent", tmp_path / "hard"), "no such model directory")


def foreign(tiny_model, folder):
    """A directory as `save_pretrained` writes it."""
    return shutil.copytree(tiny_model, folder, ignore=shutil.ignore_patterns("robust_emo.json", "data"))


def test_somebody_elses_model(cli, tiny_model, spelling, tmp_path):
    model, out = foreign(tiny_model, tmp_path / "foreign"), tmp_path / "hard"
    ended = ended_well(
        harden(cli, model, out, "--recipe", spelling, "--no-measure", "--data", tiny_model / "data" / "test.csv")
    )
    assert "note: training data unknown: the defence knows English" in ended.out
    manifest = read_manifest(out)
    assert (manifest.method, manifest.base, set(manifest.data)) == ("unknown", "unknown", {"test"})
    assert manifest.data["test"].sha256 == read_manifest(tiny_model).data["test"].sha256
    assert manifest.labels == ("anger", "fear", "joy", "sadness")
    assert manifest.metrics["test"].n == 72
    assert read_lexicon(out / "spelling-lexicon.tsv") == {}
    assert load_classifier(out).defence.text("terrifiied") == "terrified"


def test_somebody_elses_model_with_its_training_data(cli, tiny_model, spelling, tmp_path):
    model, out = foreign(tiny_model, tmp_path / "foreign"), tmp_path / "hard"
    shutil.copytree(tiny_model / "data", model / "data")  # whose it is, nobody knows: it is not copied
    ended_well(harden(cli, model, out, "--recipe", spelling, "--no-measure",
                      "--train-data", tiny_model / "data" / "train.csv"))  # fmt: skip
    assert "furious" in read_lexicon(out / "spelling-lexicon.tsv")
    assert not (out / "data").exists()
    assert read_manifest(out).data["train"].rows == read_manifest(tiny_model).data["train"].rows


def renamed_columns(source, path):
    rows = source.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([rows[0].replace("text", "tweet").replace("label", "feeling"), *rows[1:]]), encoding="utf-8"
    )
    return path


def test_columns_are_those_of_both_files(cli, tiny_model, spelling, tmp_path):
    model, out = foreign(tiny_model, tmp_path / "foreign"), tmp_path / "hard"
    files = {
        name: renamed_columns(tiny_model / "data" / f"{name}.csv", tmp_path / f"{name}.csv")
        for name in ("train", "test")
    }
    options = ("--recipe", spelling, "--no-measure", "--train-data", files["train"])
    columns = ("--text-column", "tweet", "--label-column", "feeling")
    refused(
        harden(cli, model, out, "--recipe", spelling, *columns),
        "says how to read --data and --train-data, and neither is given",
    )
    ended_well(harden(cli, model, out, *options, "--data", files["test"], *columns))
    assert "furious" in read_lexicon(out / "spelling-lexicon.tsv")
    assert {source.text_column for source in read_manifest(out).data.values()} == {"tweet"}
    ended_well(harden(cli, model, tmp_path / "unmeasured", *options, *columns))


def test_other_test_data_are_not_compared_with_the_models_own(cli, parent, recipe, tmp_path):
    own, out = parent / "data" / "test.csv", tmp_path / "hard"
    other = tmp_path / "other.csv"
    other.write_text("".join(own.read_text(encoding="utf-8").splitlines(keepends=True)[:31]), encoding="utf-8")
    ended = ended_well(harden(cli, parent, out, "--recipe", recipe, "--no-measure", "--data", other))
    test, validation = (line for line in ended.out.splitlines() if line.startswith(("validation: ", "test: ")))
    assert "(was " in validation
    assert "(was " not in test
    assert "n=30" in test
    manifest = read_manifest(out)
    assert (manifest.data["test"].path, manifest.data["test"].rows, manifest.metrics["test"].n) == (str(other), 30, 30)
    refused(
        harden(cli, parent, out, "--recipe", recipe, "--no-measure", "--resume"),
        r"was made otherwise: test data \(was \w{12}, now \w{12}\).*--overwrite",
    )
    ended = ended_well(
        harden(cli, parent, out, "--recipe", recipe, "--no-measure", "--resume", "--overwrite", "--data", own)
    )
    assert ended.out.count("(was ") == 2


def test_rewritten_texts_are_counted(cli, parent, recipe, tmp_path):
    data = tmp_path / "test.csv"
    data.write_text("text,label\nI feel glad,joy\nI feel gl\u200bad,joy\nI feel s\u0430d,sadness\n", encoding="utf-8")
    ended = ended_well(harden(cli, parent, tmp_path / "hard", "--recipe", recipe, "--no-measure", "--data", data))
    assert "n=3; the defence rewrites 2 of them" in ended.out
    assert read_manifest(tmp_path / "hard").metrics["test"].rewritten == 2
    assert read_manifest(parent).metrics["test"].rewritten is None


def test_somebody_elses_model_cannot_be_measured_without_data(cli, tiny_model, recipe, tmp_path):
    model = foreign(tiny_model, tmp_path / "foreign")
    refused(harden(cli, model, tmp_path / "hard", "--recipe", recipe), "does not say where its test data are.*--data")
    assert not (tmp_path / "hard").exists()


def test_a_private_model_keeps_its_texts_to_itself(cli, parent, spelling, tmp_path):
    ledger = PrivacyLedger(3.0, 1e-5, 1.0, 0.1, 10, 1.0, "prv", "example", 1000, "zero-out", "poisson", 100)
    write_manifest(dataclasses.replace(read_manifest(parent), privacy=ledger), parent)
    ended = ended_well(harden(cli, parent, tmp_path / "hard", "--recipe", spelling, "--no-measure"))
    assert "does not look at the training texts" in ended.out
    assert read_lexicon(tmp_path / "hard" / "spelling-lexicon.tsv") == {}
    assert read_manifest(tmp_path / "hard").privacy == ledger


def test_data_that_were_not_passed_on_are_done_without(cli, parent, spelling, tiny_model, tmp_path):
    shutil.rmtree(parent / "data")
    ended = ended_well(
        harden(cli, parent, tmp_path / "hard", "--recipe", spelling, "--no-measure",
               "--data", tiny_model / "data" / "test.csv")
    )  # fmt: skip
    assert "are gone: the defence knows English" in ended.out
    assert set(read_manifest(tmp_path / "hard").metrics) == {"test"}


def test_changed_training_data_are_refused(cli, parent, spelling, tmp_path):
    path = parent / "data" / "train.csv"
    path.write_text(path.read_text(encoding="utf-8") + "I am glad,joy,author1\n", encoding="utf-8")
    refused(harden(cli, parent, tmp_path / "hard", "--recipe", spelling, "--no-measure"), "train.csv")
    assert not (tmp_path / "hard").exists()


# --- what it measures ------------------------------------------------------------------------------------------------


@pytest.fixture
def interrupted(cli, parent, recipe, tmp_path, monkeypatch):
    """Stopped in the middle of the second audit; says what a user must type next."""
    added, add = [], Journal.add

    def stop(journal, outcome):
        added.append(outcome)
        if len(added) == 12:  # 8 texts before, then 4 of the 8 after
            raise KeyboardInterrupt
        add(journal, outcome)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", stop)
        ended = harden(cli, parent, tmp_path / "hard", "--recipe", recipe)
    assert ended.code == 130
    assert "repeat the command with --resume" in ended.err
    return tmp_path / "hard"


def test_it_goes_on_where_it_was_interrupted(cli, parent, recipe, interrupted):
    audits = interrupted.with_name("hard-hardening")
    assert (audits / "after" / ".journal.jsonl").exists()
    kept = {path: path.stat().st_mtime_ns for path in (interrupted / "model.safetensors", audits / "before/audit.json")}

    ended = ended_well(harden(cli, parent, interrupted, "--recipe", recipe, "--resume"))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    after = json.loads((audits / "after" / "audit.json").read_text())["run"]
    assert after["cost"]["resumed"]
    assert [step.split()[0] for step in after["defence"]] == ["invisibles", "confusables"]
    assert after["model_sha256"] == model_sha256(interrupted)
    assert json.loads((audits / "before" / "audit.json").read_text())["run"]["model_sha256"] == model_sha256(parent)
    assert "accuracy_under_attack: unicode" in ended.out
    assert "n = 8" in ended.out
    for name in ("before", "after"):
        assert (audits / name / "report.html").exists()

    stamps = [(audits / name / "audit.json").stat().st_mtime_ns for name in ("before", "after")]
    ended = ended_well(harden(cli, parent, interrupted, "--recipe", recipe, "--resume", "--json"))
    assert [(audits / name / "audit.json").stat().st_mtime_ns for name in ("before", "after")] == stamps
    told = json.loads(ended.out)
    assert told["incomplete"] == []
    assert told["model"] == str(interrupted)
    assert told["recipe"] == "unseen 3"
    assert [step["name"] for step in told["defence"]] == ["invisibles", "confusables"]
    assert set(told["metrics"]) == {"validation", "test"}
    (under,) = [line for line in told["comparison"] if line["measure"] == "accuracy_under_attack: unicode"]
    assert under["result"]["n"] == 8
    assert under["result"]["only_left"] == 0  # nothing was lost: the attack's tricks are undone

    measured = audits / "before" / "audit.json"  # an audit of other versions or training data is not this one's
    older = measured.read_text(encoding="utf-8").replace(f'"numpy": "{np.__version__}"', '"numpy": "1.0"')
    measured.write_text(older, encoding="utf-8")
    ended_well(harden(cli, parent, interrupted, "--recipe", recipe, "--resume", "-q"))
    assert measured.read_text(encoding="utf-8") != older
    assert (audits / "after" / "audit.json").stat().st_mtime_ns == stamps[1]


def test_another_recipe_does_not_go_on(cli, parent, recipe, interrupted):
    recipe.write_text(RECIPE.replace("confusables", "compatibility"))
    message = r"was made otherwise: .*recipe \(was .*Give the same as then to go on, or --overwrite"
    refused(harden(cli, parent, interrupted, "--recipe", recipe, "--resume"), message)


def test_unfinished_work_is_not_thrown_away_unasked(cli, parent, recipe, interrupted):
    journal = interrupted.with_name("hard-hardening") / "after" / ".journal.jsonl"
    kept = journal.read_bytes()
    message = r"holds unfinished work \(after\): --resume continues it, --restart throws it away"
    refused(harden(cli, parent, interrupted, "--recipe", recipe, "--overwrite", "-q"), message)
    assert journal.read_bytes() == kept
    ended = ended_well(harden(cli, parent, interrupted, "--recipe", recipe, "--overwrite", "--restart"))
    assert "hard-hardening/before will be replaced" in ended.err
    refused(harden(cli, parent, interrupted, "--recipe", recipe), "exists|--overwrite")  # said before what is replaced
    assert not journal.exists()


def test_a_crash_in_the_measurement_is_not_a_success(cli, parent, recipe, tmp_path, monkeypatch):
    async def crash(*_, **__):
        raise ValueError("no more letters")

    monkeypatch.setattr(UnicodeTricks, "perturb", crash)
    ended = harden(cli, parent, tmp_path / "hard", "--recipe", recipe)
    assert ended.code == 3, ended.err
    assert "incomplete: " in ended.out
    assert re.search("incomplete: .*before: unicode: every example errored.*no more letters", ended.out), ended.out
    assert read_manifest(tmp_path / "hard").parent.recipe == "unseen 3"


def test_quiet_prints_nothing(cli, parent, recipe, tmp_path):
    ended = ended_well(harden(cli, parent, tmp_path / "hard", "--recipe", recipe, "--no-measure", "-q"))
    assert (ended.out, ended.err) == ("", "")


def test_an_attack_that_does_not_exist_is_known_before_anything_is_written(cli, parent, tmp_path):
    path = tmp_path / "typo.toml"
    path.write_text(RECIPE.replace('["unicode"]', '["unicod"]'))
    refused(harden(cli, parent, tmp_path / "hard", "--recipe", path), "did you mean 'unicode'")
    assert not (tmp_path / "hard").exists()
