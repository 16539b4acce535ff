"""Comparing two audits example by example."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner

from robust_emo.audit import run_audit
from robust_emo.cli.main import main
from robust_emo.data_file import DataFile
from robust_emo.engine.goal_choice import GoalChoice
from robust_emo.errors import ExitCode, InputError
from robust_emo.model_comparison import compare_audits
from robust_emo.preflight import AuditRequest


@pytest.fixture(scope="module")
def audits(tiny_model, tmp_path_factory):
    """Of the tiny model, and of the same one with half of its head gone."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path_factory.mktemp("compare")
    worse = shutil.copytree(tiny_model, folder / "worse")
    weights = load_file(worse / "model.safetensors")
    weights["classifier.weight"][:2] = 0
    weights["classifier.bias"][:2] = -9
    save_file(weights, worse / "model.safetensors", metadata={"format": "pt"})
    found = []
    for name, model in (("old", tiny_model), ("new", worse)):
        request = AuditRequest(
            model=str(model), out=folder / name, attacks=("letter-case", "deepwordbug"), attacked_examples=40,
            sections=("evasion",), formats=(), cache=False,
        )  # fmt: skip
        run_audit(request)
        found.append(folder / name)
    return found


def test_a_model_equals_itself(audits):
    comparisons = compare_audits(audits[0], audits[0]).measures
    assert {comparison.measure for comparison in comparisons} == {
        "clean_accuracy_attacked",
        "worst_case_accuracy_3_words",
        "worst_case_accuracy",
        "accuracy_under_attack: letter-case",
        "accuracy_under_attack: deepwordbug",
    }
    for comparison in comparisons:
        assert comparison.result.difference == 0
        assert comparison.result.p_value == 1
        assert comparison.result.n == 40


def test_a_damaged_model_is_worse(audits):
    found = {comparison.measure: comparison.result for comparison in compare_audits(*audits).measures}
    clean = found["clean_accuracy_attacked"]
    assert clean.only_left > 10
    assert clean.only_right == 0
    assert clean.p_value < 0.01
    assert 0 < clean.ci_low < clean.difference < clean.ci_high


def test_under_a_targeted_goal_gold_labels_alone_say_what_is_compared(audits, tiny_model, tmp_path):
    """The damaged model predicts many texts of the wanted emotion wrong: they are in no rate all the same."""
    found = []
    for name, model in (("old", tiny_model), ("new", audits[1].parent / "worse")):
        request = AuditRequest(
            model=str(model), out=tmp_path / name, attacks=("letter-case",), attacked_examples=24,
            sections=("evasion",), formats=(), cache=False, goal=GoalChoice.parse("targeted:anger"),
        )  # fmt: skip
        found.append(run_audit(request).outcomes)
    assert any(outcome.label == ("anger",) != outcome.predicted for outcome in found[1])
    left = sum(outcome.label != ("anger",) for outcome in found[0])
    for comparison in compare_audits(tmp_path / "old", tmp_path / "new").measures:
        assert comparison.result.n == left


def test_goals_that_mean_different_things_by_right_are_not_compared(audits, tiny_model, tmp_path):
    """Under a goal to cross p = 0.999 nearly all texts are on the wrong side as written, and yet predicted right."""
    for name in ("old", "new"):
        request = AuditRequest(
            model=str(tiny_model), out=tmp_path / name, attacks=("letter-case",), attacked_examples=40,
            sections=("evasion",), formats=(), cache=False, goal=GoalChoice.parse("crossed:anger@0.999"),
        )  # fmt: skip
        run_audit(request)
    with pytest.raises(InputError, match="nothing to compare: their goals, untargeted and crossed:anger@0.999"):
        compare_audits(audits[0], tmp_path / "old")
    assert len(compare_audits(tmp_path / "old", tmp_path / "new").measures) == 4


def test_the_command_says_that_an_audit_may_have_stopped_early(audits, tiny_model, tmp_path):
    run_audit(
        AuditRequest(
            model=str(tiny_model), out=tmp_path / "stopped", attacks=("letter-case", "deepwordbug"),
            attacked_examples=40, sections=("evasion",), formats=(), cache=False, stop_when_certain=True,
        )
    )  # fmt: skip
    printed = CliRunner().invoke(main, ["compare", str(audits[0]), str(tmp_path / "stopped")]).output
    assert "note: with --stop-when-certain the results decide how many texts there are" in printed


def test_the_command_says_better_or_worse_or_neither(audits):
    old, new = map(str, audits)
    printed = CliRunner().invoke(main, ["compare", old, new]).output
    assert "WORSE" in printed
    assert "better" not in printed
    assert "better" in CliRunner().invoke(main, ["compare", new, f"{old}/audit.json"]).output
    lines = CliRunner().invoke(main, ["compare", old, old]).output.splitlines()
    tests = lines[lines.index("") + 1 :]
    said = "All texts as written: not tested, since neither audit has answers in answers.jsonl"
    assert tests[5:] == ["", said]
    assert all("cannot be told: +0.0 points [" in line for line in tests[:5])


def test_the_command_names_models_texts_units_and_corrections(audits, tiny_model):
    old, new = map(str, audits)
    printed = CliRunner().invoke(main, ["compare", old, new]).output
    assert f"old: {old}: model {tiny_model} (sha256 " in printed
    assert f"new: {new}: model {audits[0].parent / 'worse'} (sha256 " in printed
    assert "On the 40 texts drawn for the attacks in both, clean accuracy too." in printed
    assert "corrected (Holm) for 5 lines" in printed
    assert re.search(r"WORSE: -\d+\.\d points \[-\d+\.\d, -\d+\.\d\], p = \S+, corrected \S+, n = 40", printed)
    assert "note:" not in printed
    rows = json.loads(CliRunner().invoke(main, ["compare", old, new, "--json"]).output)
    assert rows[0]["measure"] == "clean_accuracy_attacked"
    assert {row["texts"] for row in rows} == {"attacked"}
    assert all(row["raw_p_value"] <= row["result"]["p_value"] for row in rows)


def test_the_command_notices_an_audit_compared_with_itself(audits, tmp_path):
    old = str(audits[0])
    assert "note: both are the same audit" in CliRunner().invoke(main, ["compare", old, f"{old}/audit.json"]).output
    later = shutil.copytree(old, tmp_path / "later")
    content = json.loads((later / "audit.json").read_text())
    content["run"]["cost"]["seconds"] += 1
    (later / "audit.json").write_text(json.dumps(content))
    assert "note: both audits are of the same model" in CliRunner().invoke(main, ["compare", old, str(later)]).output


def test_audits_without_a_common_text_are_refused(audits, tiny_model, tmp_path):
    data = tmp_path / "other.csv"
    data.write_text("text,label\n" + "".join(f"I am glad number {i},joy\n" for i in range(8)))
    run_audit(
        AuditRequest(
            model=str(tiny_model), out=tmp_path / "other", data=DataFile(str(data)), attacks=("letter-case",),
            sections=("evasion",), formats=(), cache=False,
        )
    )  # fmt: skip
    with pytest.raises(InputError, match="no text in common"):
        compare_audits(audits[0], tmp_path / "other")


def test_no_audit_is_one_line(tmp_path):
    result = CliRunner().invoke(main, ["compare", str(tmp_path), str(tmp_path)])
    assert isinstance(result.exception, InputError) or result.exit_code == ExitCode.USAGE
