"""Hardening on the texts of a finished audit: valid successes on training texts, and nothing that is measured on."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import refused
from test_hardening_rounds import stopped_in_training, training_data, weights

from robust_emo.audit import run_audit
from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.data_file import DataFile
from robust_emo.errors import InputError
from robust_emo.hardening import rounds as rounds_module
from robust_emo.hardening.adversarial_texts import read_found
from robust_emo.hardening.harden import harden
from robust_emo.hardening.outcome_texts import outcome_texts
from robust_emo.hardening.request import HardenRequest
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import read_manifest, write_manifest
from robust_emo.preflight import AuditRequest
from robust_emo.types import Example, PrivacyLedger

RECIPE = """
version = "1"

[training]
outcomes = true
rounds = 2
learning_rate = 5e-4
"""
LOOP = """
version = "1"

[training]
rounds = 1
learning_rate = 5e-4

[[training.attack]]
attack = "unicode"
share = 0.3
max_queries = 60
"""


def audited(model: Path, out: Path, part="train", attacks=("unicode", "deepwordbug"), examples=40) -> Path:
    """A finished audit of a part of the data that the model was made with."""
    data = DataFile.recorded(read_manifest(model).data[part], str(model))
    run_audit(
        AuditRequest(str(model), out, data=data, attacks=attacks, sections=("evasion",), formats=(),
                     attacked_examples=examples, cache=False)
    )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def audit(tiny_model, tmp_path_factory) -> Path:
    return audited(tiny_model, tmp_path_factory.mktemp("audits") / "train")


@pytest.fixture
def recipe(tmp_path) -> Path:
    path = tmp_path / "augment.toml"
    path.write_text(RECIPE)
    return path


def lines_of(audit: Path) -> list[dict]:
    return [json.loads(line) for line in (audit / "outcomes.jsonl").read_text().splitlines()]


def with_lines(audit: Path, out: Path, lines) -> Path:
    """The same audit with other outcomes."""
    shutil.copytree(audit, out)
    (out / "outcomes.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return out


def valid_successes(audit: Path) -> list[dict]:
    return [line for line in lines_of(audit) if line["status"] == "succeeded" and line["valid"] is True]


def chosen(model: Path, *audits: Path, train=None, measured=None):
    if measured is None:
        data = read_manifest(model).data
        measured = {name: read_dataset(data[name].located(model)) for name in ("validation", "test")}
    return outcome_texts(
        audits,
        model=str(model),
        model_sha256=model_sha256(model),
        train=train or training_data(model),
        measured=measured,
    )


def harden_with(cli, model, out, recipe, *audits, options=("--no-measure",)):
    given = [word for audit in audits for word in ("--outcomes", audit)]
    return cli("harden", model, "--out", out, "--recipe", recipe, "--device", "cpu", *given, *options)


# --- which texts -----------------------------------------------------------------------------------------------------


def test_valid_successes_are_used_with_the_labels_of_their_originals(tiny_model, audit):
    found = chosen(tiny_model, audit)
    train = {example.id: example for example in training_data(tiny_model).examples}
    wanted = {line["perturbed"]: line for line in valid_successes(audit)}
    assert {text.text for text in found.texts} == wanted.keys()
    assert len(found.texts) == len(wanted) > 5
    assert all(text.labels == train[text.id].labels for text in found.texts)
    assert all(train[text.id].text == wanted[text.text]["original"] for text in found.texts)
    (record,) = found.records
    assert record.texts == sum(record.attacks.values()) == len(found.texts)
    assert set(record.attacks) == {"unicode", "deepwordbug"}


def test_unjudged_and_invalid_successes_are_left_out_and_counted(tiny_model, audit, tmp_path):
    lines = valid_successes(audit)
    lines[0] |= {"valid": False, "invalid_reasons": ["valence"]}
    lines[1] |= {"valid": None}
    lines[2] |= {"valid": None}
    lines[3] |= {"perturbed": None}
    found = chosen(tiny_model, with_lines(audit, tmp_path / "few", lines))
    assert [text.text for text in found.texts] == list(dict.fromkeys(line["perturbed"] for line in lines[4:]))
    left_out = found.records[0].left_out
    assert (left_out["invalid"], left_out["unjudged"], left_out["no text"]) == (1, 2, 1)
    (note,) = found.notes
    assert f"trained on {len(found.texts)} of its {len(lines)} successful texts" in note
    assert "left out: 1 that the validity check rejects, 2 that it could not judge, 1 without a text" in note


def test_every_text_once_and_no_plain_or_measured_text(tiny_model, audit, tmp_path):
    lines = valid_successes(audit)[:6]
    train, test = (read_dataset(read_manifest(tiny_model).data[name].located(tiny_model)) for name in ("train", "test"))
    other = next(line for line in lines[1:] if line["label"] != lines[0]["label"])
    lines += [
        {**lines[0], "plugin": "deepwordbug" if lines[0]["plugin"] == "unicode" else "unicode"},
        {**lines[1], "perturbed": train.examples[0].text},
        {**lines[1], "perturbed": test.examples[0].text.upper() + " "},
        {**lines[0], "perturbed": "I cannot say"},
        {**other, "perturbed": "I cannot say"},
    ]
    found = chosen(tiny_model, with_lines(audit, tmp_path / "again", lines))
    texts = [line["perturbed"] for line in lines[:6]]
    assert Counter(text.text for text in found.texts) == Counter(dict.fromkeys(texts, 1))
    left_out = found.records[0].left_out
    assert left_out["repeated"] == 7 - len(set(texts))
    assert (left_out["plain"], left_out["measured"], left_out["ambiguous"]) == (1, 1, 2)
    assert "1 that are texts of the validation or test data" in found.notes[0]


def test_audits_that_leave_nothing_between_them_are_refused(tiny_model, audit, tmp_path):
    """Each label speaks against the other, so that no text is left although each could be trained on."""
    lines = valid_successes(audit)
    other = next(line for line in lines[1:] if line["label"] != lines[0]["label"])
    only = [[{**line, "perturbed": "I cannot say"}] for line in (lines[0], other)]
    audits = [with_lines(audit, tmp_path / str(number), found) for number, found in enumerate(only)]
    with pytest.raises(InputError, match=r"no text to train on: .*1 that come of texts .*; .*1 that come of texts"):
        chosen(tiny_model, *audits)


def test_of_two_audits_the_first_to_find_a_text_has_it(tiny_model, audit, tmp_path):
    lines = valid_successes(audit)
    first = with_lines(audit, tmp_path / "first", lines[:2])
    both = chosen(tiny_model, first, audit)
    assert {text.text for text in both.texts} == {line["perturbed"] for line in lines}
    assert both.records[0].texts == len({line["perturbed"] for line in lines[:2]})
    assert both.records[1].left_out["repeated"] >= 2
    assert both.records[0].sha256 != both.records[1].sha256


def test_a_training_text_that_is_tested_on_as_well_gives_nothing(tiny_model, audit):
    lines = valid_successes(audit)
    shared = Example("t1", f" {lines[0]['original'].upper()}", tuple(lines[0]["label"]))
    data = training_data(tiny_model)
    found = chosen(tiny_model, audit, measured={"test": replace(data, examples=(shared,))})
    gone = [line for line in lines if line["original"] == lines[0]["original"]]
    assert found.records[0].left_out["measured original"] == len(gone)
    assert not {text.text for text in found.texts} & {line["perturbed"] for line in gone}
    assert "of training texts that stand in the test data as well" in found.notes[0]


def test_labels_are_compared_as_sets(tiny_multi_model, tmp_path):
    found = audited(tiny_multi_model, tmp_path / "multi", attacks=("unicode",), examples=24)
    lines = [{**line, "label": line["label"][::-1]} for line in lines_of(found)]
    texts = chosen(tiny_multi_model, with_lines(found, tmp_path / "turned", lines)).texts
    train = {example.id: example.labels for example in training_data(tiny_multi_model).examples}
    assert any(len(text.labels) == 2 for text in texts)
    assert all(text.labels == train[text.id] for text in texts)


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["validation", "test"])
def test_an_audit_of_what_is_measured_on_is_refused(cli, tiny_model, recipe, tmp_path, part):
    tested = audited(tiny_model, tmp_path / "tested", part, attacks=("unicode",), examples=12)
    ended = harden_with(cli, tiny_model, tmp_path / "hard", recipe, tested)
    refused(ended, rf"measured on \(12 of the {part} data\).*worth nothing; audit the training data: .*train\.csv")
    assert not list(tmp_path.glob("hard*"))


def test_one_tested_text_among_many_is_enough(tiny_model, audit, tmp_path):
    test = read_dataset(read_manifest(tiny_model).data["test"].located(tiny_model)).examples[0]
    lines = lines_of(audit)
    failed = next(line for line in lines if line["status"] != "succeeded")
    lines.append({**failed, "original": test.text, "label": list(test.labels), "example_id": "other"})
    with pytest.raises(InputError, match=r"1 of the test data"):
        chosen(tiny_model, with_lines(audit, tmp_path / "mixed", lines))


def test_texts_from_elsewhere_and_other_labels_are_refused(tiny_model, audit, tmp_path):
    lines = valid_successes(audit)
    elsewhere = with_lines(audit, tmp_path / "elsewhere", [*lines, {**lines[0], "original": "Who\nknows?"}])
    with pytest.raises(InputError, match=r"1 texts that are no training texts .*'Who\\nknows\?'"):
        chosen(tiny_model, elsewhere)
    other = "joy" if lines[0]["label"] != ["joy"] else "fear"
    relabelled = with_lines(audit, tmp_path / "relabelled", [{**lines[0], "label": [other]}])
    with pytest.raises(InputError, match=rf"is labelled '{other}' there and '{lines[0]['label'][0]}' in .*train\.csv"):
        chosen(tiny_model, relabelled)


def test_the_audit_of_another_model_is_refused(cli, tiny_model, tiny_multi_model, audit, recipe, tmp_path):
    ended = harden_with(cli, tiny_multi_model, tmp_path / "hard", recipe, audit)
    then, now = (model_sha256(model)[:12] for model in (tiny_model, tiny_multi_model))
    refused(ended, rf"audited another model: .* fingerprint '{then}', and .* has '{now}'")
    assert not list(tmp_path.glob("hard*"))


def edit(name, change):
    def damage(audit: Path) -> None:
        path = audit / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return damage


def first_line(**changes):
    def change(text: str) -> str:
        first, rest = text.split("\n", 1)
        return f"{json.dumps(json.loads(first) | changes)}\n{rest}"

    return edit("outcomes.jsonl", change)


def in_run(**changes):
    """A run of another model."""

    def change(text: str) -> str:
        content = json.loads(text)
        content["run"] |= {"model_sha256": "0000", **changes}
        return json.dumps(content)

    return edit("audit.json", change)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda audit: (audit / ".journal.jsonl").touch(), "holds an unfinished audit.*--resume"),
        (lambda audit: (audit / "audit.json").unlink(), r"cannot read .*audit\.json"),
        (lambda audit: (audit / "outcomes.jsonl").unlink(), r"outcomes\.jsonl cannot be read"),
        (edit("audit.json", lambda text: text.replace('"schema_version": "1.2"', '"schema_version": "9.0"')), "'9.0'"),
        (edit("audit.json", lambda _: "{"), "is not a JSON file"),
        (edit("outcomes.jsonl", lambda text: "{" + text), r"outcomes\.jsonl, line 1: not an outcome"),
        (edit("outcomes.jsonl", lambda text: text + "3\n"), r"line 81: not an outcome"),
        (edit("outcomes.jsonl", lambda text: text + "[" * 9000 + "\n"), r"line 81: not an outcome"),
        (edit("outcomes.jsonl", lambda _: ""), "has no text to train on: of 0 outcomes 0 are successes"),
        (first_line(valid="yes"), "line 1: not an outcome of an attack: 'valid'"),
        (first_line(perturbed=["a"]), "line 1: not an outcome of an attack: 'perturbed'"),
        (first_line(**{"a\nb\x1b": 1}), r"line 1: not an outcome of an attack: 'a\\nb\\x1b': "),
        (in_run(model="no\nmore"), r"audited another model: 'no\\nmore' with fingerprint '0000', and "),
        (first_line(plugin="\x1b[2J"), r"holds outcomes of '\\x1b\[2J', of which audit\.json beside it knows nothing"),
        (
            edit("outcomes.jsonl", lambda text: text.replace('"valid": true', '"valid": null')),
            r"no text to train on: of 80 outcomes \d+ are successes, left out: .*\d+ that it could not judge",
        ),
    ],
)
def test_a_bad_audit_is_one_line_and_nothing_is_written(cli, tiny_model, audit, recipe, tmp_path, damage, message):
    bad = shutil.copytree(audit, tmp_path / "bad")
    damage(bad)
    refused(harden_with(cli, tiny_model, tmp_path / "hard", recipe, bad), message)
    assert not list(tmp_path.glob("hard*"))


def test_what_is_no_directory_is_refused(cli, tiny_model, audit, recipe, tmp_path):
    for path, message in ((tmp_path / "absent", "absent does not exist"), (audit / "audit.json", "is a file")):
        refused(harden_with(cli, tiny_model, tmp_path / "hard", recipe, path), message)


def test_a_recipe_that_does_not_train_has_no_use_for_outcomes(cli, tiny_model, audit, recipe, tmp_path):
    refused(harden_with(cli, tiny_model, tmp_path / "hard", "fast", audit), "fast does not train.*--outcomes")
    refused(harden_with(cli, tiny_model, tmp_path / "hard", recipe), "trains on the texts of a finished audit.*name")


def test_a_recipe_needs_something_to_train_against(cli, tiny_model, audit, recipe, tmp_path):
    recipe.write_text(RECIPE.replace("outcomes = true", "outcomes = false"))
    refused(harden_with(cli, tiny_model, tmp_path / "hard", recipe, audit), "or outcomes = true, got none")


def test_the_audit_is_never_written_over(cli, tiny_model, audit, recipe, tmp_path):
    own = shutil.copytree(audit, tmp_path / "hard-hardening" / "before")
    refused(
        harden_with(cli, tiny_model, tmp_path / "hard", recipe, own), "hard-hardening holds .*before, which is read"
    )


def test_a_privately_trained_model_is_refused(tiny_model, audit, recipe, tmp_path):
    private = shutil.copytree(tiny_model, tmp_path / "private")
    ledger = PrivacyLedger(1.0, 1e-5, 1.0, 0.1, 10, 1.0, "prv", "example", 1000, "zero-out", "poisson", 100)
    write_manifest(replace(read_manifest(private), privacy=ledger), private)
    with pytest.raises(InputError, match="trained privately"):
        harden(HardenRequest(str(private), tmp_path / "hard", str(recipe), outcomes=(audit,), measure=False))
    assert not (tmp_path / "hard").exists()


# --- the training ----------------------------------------------------------------------------------------------------


def test_every_round_trains_on_the_texts_and_goes_on_after_a_kill(
    cli, tiny_model, audit, recipe, tmp_path, monkeypatch
):
    out, texts, trained = tmp_path / "hard", chosen(tiny_model, audit).texts, []
    train, fine_tune = training_data(tiny_model).examples, rounds_module.fine_tune

    def told(classifier, shown, *rest, **named):
        trained.append(tuple(shown))
        return fine_tune(classifier, shown, *rest, **named)

    monkeypatch.setattr(rounds_module, "fine_tune", told)
    with monkeypatch.context() as patch:
        stopped_in_training(patch, -(-(len(train) + len(texts)) // 16) + 3)  # in the second round
        assert harden_with(cli, tiny_model, out, recipe, audit).code == 130
    assert not out.exists()

    changed = with_lines(audit, tmp_path / "changed", valid_successes(audit)[1:])
    resumed = ("--no-measure", "--resume")
    message = r"made otherwise: outcomes 1 \(was \w{12}, now \w{12}\), texts of outcomes .*--restart"
    refused(harden_with(cli, tiny_model, out, recipe, changed, options=resumed), message)
    refused(harden_with(cli, tiny_model, out, recipe, audit, changed, options=resumed), r"outcomes 2 \(was None")
    ended = harden_with(cli, tiny_model, out, recipe, audit, options=resumed)
    assert ended.code == 0, ended.err
    assert trained == [(*train, *texts)] * 3  # round 1, round 2, and round 2 again
    assert weights(out) != weights(tiny_model)
    assert f"note: {audit}: trained on {len(texts)} of its " in ended.out
    with_attacks = r"training: standard, then 2 rounds of hardening with the texts of an audit (deepwordbug, unicode)"
    assert with_attacks in ended.out

    manifest = read_manifest(out)
    for record in manifest.rounds:
        assert (record.outcomes, record.outcome_texts) == (chosen(tiny_model, audit).records, len(texts))
        assert record.attacked_texts == record.adversarial_texts == 0
    assert manifest.parent.made_with["outcomes 1"] == manifest.rounds[0].outcomes[0].sha256
    refused(harden_with(cli, tiny_model, out, recipe, changed, options=resumed), r"outcomes 1 \(was .*--overwrite")


def test_beside_attacks_in_the_loop_no_text_is_trained_on_twice(tiny_model, audit, tmp_path, monkeypatch):
    (tmp_path / "loop.toml").write_text(LOOP)
    request = HardenRequest(str(tiny_model), tmp_path / "hard", str(tmp_path / "loop.toml"), measure=False)
    harden(request)
    found = read_found(request.rounds / "round-1-attacks.json").texts
    lines = valid_successes(audit)
    line = next(each for each in lines if each["plugin"] == "unicode")
    ours = {example.id: example for example in training_data(tiny_model).examples}[found[0].id]
    again = {**line, "original": ours.text, "label": list(ours.labels), "perturbed": found[0].text}
    both = with_lines(audit, tmp_path / "both", [again, *lines])
    trained, fine_tune = [], rounds_module.fine_tune

    def told(classifier, shown, *rest, **named):
        trained.extend(shown)
        return fine_tune(classifier, shown, *rest, **named)

    monkeypatch.setattr(rounds_module, "fine_tune", told)
    hardened = harden(replace(request, out=tmp_path / "other", outcomes=(both,)))
    perturbed = [example.text for example in trained[len(training_data(tiny_model).examples) :]]
    assert len(perturbed) == len(set(perturbed))
    assert found[0].text in perturbed
    (record,) = hardened.manifest.rounds
    assert record.outcome_texts < record.outcomes[0].texts
    assert record.outcome_texts + record.adversarial_texts == len(perturbed)
    trained_by = "standard, then 1 round of hardening with unicode and the texts of an audit (deepwordbug, unicode)"
    assert hardened.manifest.trained_by == trained_by


def test_test_data_that_are_gone_are_told_of(cli, tiny_model, audit, recipe, tmp_path):
    model = shutil.copytree(tiny_model, tmp_path / "model")
    (model / "data" / "test.csv").unlink()
    ended = harden_with(cli, model, tmp_path / "hard", recipe, audit)
    assert ended.code == 0, ended.err
    assert "note: test data data/test.csv are gone: texts of the audits that stand in them go unnoticed" in ended.out


def test_training_on_texts_that_are_measured_on_is_told_of(cli, tiny_model, audit, recipe, tmp_path):
    """Such as with --train-data naming the file that was split into training and test data."""
    found = {name: source.located(tiny_model) for name, source in read_manifest(tiny_model).data.items()}
    rows = [Path(found[name]).read_text().splitlines() for name in ("train", "test")]
    (tmp_path / "all.csv").write_text("\n".join([*rows[0], *rows[1][1:3]]) + "\n")
    options = ("--no-measure", "--train-data", tmp_path / "all.csv")
    ended = harden_with(cli, tiny_model, tmp_path / "hard", recipe, audit, options=options)
    assert ended.code == 0, ended.err
    assert f"note: 2 of {len(rows[1]) - 1} test texts also stand in the training data: " in ended.out


def test_a_multi_label_model(cli, tiny_multi_model, recipe, tmp_path):
    found = audited(tiny_multi_model, tmp_path / "multi", attacks=("unicode",), examples=24)
    ended = harden_with(cli, tiny_multi_model, tmp_path / "hard", recipe, found)
    assert ended.code == 0, ended.err
    assert read_manifest(tmp_path / "hard").rounds[0].outcome_texts > 0


def test_fingerprints_cover_what_is_left_out_for_other_test_data(tiny_model, audit):
    """Other test data leave other texts out, and that makes other weights."""
    data = training_data(tiny_model)
    text = Example("t1", chosen(tiny_model, audit).texts[0].text, ("joy",))

    def measured(example: Example) -> dict[str, Dataset]:
        return {"test": replace(data, examples=(example,))}

    there, not_there = measured(text), measured(replace(text, text="something else"))
    kept = [chosen(tiny_model, audit, measured=tested).depends_on for tested in (there, not_there)]
    assert kept[0]["outcomes 1"] == kept[1]["outcomes 1"]
    assert kept[0]["texts of outcomes"] != kept[1]["texts of outcomes"]
