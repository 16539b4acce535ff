"""Two audits that attacked nothing: their numbers stand side by side, and nothing is said of attacks."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from command_line import refused
from memorised import random_rows
from privacy_factory import LEDGER
from robust_emo_reports.comparison_html import ComparisonHtml
from sentences import write_rows
from shown_page import ShownPage

from robust_emo.audit import run_audit
from robust_emo.cli.main import main
from robust_emo.comparison_notes import comparison_notes
from robust_emo.data_file import DataFile
from robust_emo.model_comparison import compare_audits
from robust_emo.personal.hidden_names import hidden_name
from robust_emo.preflight import AuditRequest
from robust_emo.section_pairs import HIDDEN_GROUPS
from robust_emo.types import NotTested

SECTIONS = ("clean", "ledger", "membership", "personal-data")


def audited(model, out, *, sections=SECTIONS, **changes):
    files = {name: DataFile(str(write_rows(out.with_suffix(f".{name}.csv"), random_rows(70, seed=seed))))
             for seed, name in enumerate(("data", "train_data"))}  # fmt: skip
    request = AuditRequest(
        str(model), out, sections=sections, attacks=("letter-case",), attacked_examples=8, cache=False,
        policy="privacy", formats=(), **files, **changes,
    )  # fmt: skip
    run_audit(request)
    return out


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
    return [audited(model, folder / name) for name, model in (("old", tiny_model), ("new", worse))]


def metric(audit, plugin, name):
    sections = json.loads((audit / "audit.json").read_text())["sections"]
    found = next(section for section in sections if section["plugin"] == plugin)
    return next(each for each in found["metrics"] if each["name"] == name and each["label"] is None)


def test_the_command_prints_the_numbers_of_both_and_no_word_of_attacks(audits):
    printed = CliRunner().invoke(main, ["compare", *map(str, audits)]).output
    old, new = (metric(audit, "clean", "accuracy")["value"] for audit in audits)
    assert old != new
    line = next(line for line in printed.splitlines() if line.startswith("  accuracy "))
    assert f"{old:.1%} [" in line.partition("->")[0]
    assert f"{new:.1%} [" in line.partition("->")[2]
    assert "These differences were not tested" in printed
    assert "privacy/membership" in printed
    assert "epsilon" in printed
    assert "attack" not in printed.replace("membership_auc", "")


def test_texts_as_written_are_tested_by_the_answers_of_both(audits):
    printed = CliRunner().invoke(main, ["compare", *map(str, audits)]).output
    assert "On all 70 texts as written that both audits have, corrected (Holm) for" in printed
    (line,) = (line for line in printed.splitlines() if line.startswith("accuracy "))
    old, new = (metric(audit, "clean", "accuracy")["value"] for audit in audits)
    assert f"cannot be told: {100 * (new - old):+.1f} points [" in line
    (accuracy,) = (each for each in for_machines(*audits)["measures"] if each["measure"] == "accuracy")
    assert accuracy["texts"] == "written"
    assert accuracy["result"]["n"] == 70
    assert accuracy["raw_p_value"] <= accuracy["result"]["p_value"] == 1


def without_answers(audits, folder):
    copies = [shutil.copytree(audit, folder / audit.name) for audit in audits]
    (copies[1] / "answers.jsonl").unlink()
    return copies


def test_without_the_answers_of_one_nothing_is_tested(audits, tmp_path):
    copies = without_answers(audits, tmp_path)
    assert compare_audits(*copies).written == ()
    assert for_machines(*copies)["measures"] == []
    words = ShownPage(ComparisonHtml().render(compare_audits(*copies)).decode()).words
    assert "Side by side" in words
    assert "No difference was tested" in words
    assert "These differences are not tested: the audit after has no answers in answers.jsonl. Read" in words


def changed(audit, folder, change):
    """A copy with other words in audit.json and answers.jsonl."""
    copy = shutil.copytree(audit, folder / f"{audit.name}-changed")
    content = json.loads((copy / "audit.json").read_text())
    answers = [json.loads(line) for line in (copy / "answers.jsonl").read_text().splitlines()]
    change(content, answers)
    (copy / "audit.json").write_text(json.dumps(content))
    (copy / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    return copy


def other_labels(content, answers):
    content["run"]["labels"] = [*content["run"]["labels"], "envy"]


def other_task(content, answers):
    content["run"]["task"] = "multi_label"


def other_texts(content, answers):
    for answer in answers:
        answer["text_sha256"] = answer["text_sha256"][::-1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other_labels, NotTested.OTHER_LABELS),
        (other_task, NotTested.OTHER_TASK),
        (other_texts, NotTested.NO_COMMON_TEXT),
    ],
)
def test_the_true_reason_is_given_where_texts_as_written_are_not_tested(audits, tmp_path, change, why):
    new = changed(audits[1], tmp_path, change)
    found = compare_audits(audits[0], new)
    assert (found.written, found.not_written) == ((), why)
    printed = CliRunner().invoke(main, ["compare", str(audits[0]), str(new)]).output
    assert f"All texts as written: not tested, since {why}" in printed


@pytest.mark.parametrize(
    ("missing", "why"),
    [((0,), NotTested.NO_ANSWERS_OLD), ((1,), NotTested.NO_ANSWERS_NEW), ((0, 1), NotTested.NO_ANSWERS)],
)
def test_the_audit_without_answers_is_named(audits, tmp_path, missing, why):
    copies = [shutil.copytree(audit, tmp_path / audit.name) for audit in audits]
    for side in missing:
        (copies[side] / "answers.jsonl").unlink()
    assert compare_audits(*copies).not_written is why


def test_the_order_of_the_labels_keeps_nothing_from_being_tested(audits, tmp_path):
    turned = changed(audits[1], tmp_path, lambda content, _: content["run"]["labels"].reverse())
    assert compare_audits(audits[0], turned).not_written is None


def test_texts_as_written_are_tested_where_no_section_compares(audits, tmp_path):
    """Files of another fingerprint may hold the same texts."""

    def other_file(content, answers):
        content["run"]["data"]["sha256"] = "ab" * 32

    new = changed(audits[1], tmp_path, other_file)
    found = compare_audits(audits[0], new)
    assert found.written[0].result.n == 70
    html = ComparisonHtml().render(found).decode()
    page = ShownPage(html)
    assert "Accuracy before and after on all texts as written" in page.words
    assert 'href="#clean"' in html
    assert "not measured alike in both audits" not in page.words
    printed = CliRunner().invoke(main, ["compare", str(audits[0]), str(new)]).output
    assert "On all 70 texts as written" in printed
    assert "Old beside new" not in printed
    assert "privacy/membership: not compared: the audits are of other data" in printed


def test_only_emotions_with_texts_are_counted_as_corrected(audits, tmp_path):
    both = [changed(audit, tmp_path, other_labels) for audit in audits]
    measures = compare_audits(*both).written
    assert measures[-1].measure == "recall: envy"
    tested = sum(each.result.n > 0 for each in measures)
    assert tested < len(measures)
    printed = CliRunner().invoke(main, ["compare", *map(str, both)]).output
    assert f"corrected (Holm) for {tested} lines of their own." in printed


def test_answers_of_another_audit_are_refused(cli, audits, tmp_path):
    copies = without_answers(audits, tmp_path)
    shutil.copy(audits[0] / "answers.jsonl", copies[1])
    refused(cli("compare", *copies), "answers.jsonl is not of this audit: its accuracy is")


def for_machines(*audits):
    return json.loads(CliRunner().invoke(main, ["compare", *map(str, audits), "--json"]).output)


def test_for_machines_there_is_one_entry_per_metric(audits):
    document = for_machines(*audits)
    assert document["notes"] == list(compare_audits(*audits).notes)
    assert document["not_compared"] == []
    section = next(each for each in document["sections"] if each["section"] == "privacy/membership")
    found = next(each for each in section["metrics"] if each["old"]["name"] == "blind_auc")
    assert found["old"] == metric(audits[0], "membership", "blind_auc")
    assert found["new"] == metric(audits[1], "membership", "blind_auc")


def test_the_page_has_the_numbers_and_no_part_on_attacks(audits):
    html = ComparisonHtml().render(compare_audits(*audits)).decode()
    page = ShownPage(html)
    assert re.search(r"Result: .*: Accuracy [+−]\d+\.\d points \(", page.words)
    assert "Side by side" not in page.words
    assert "No difference was tested" not in page.words
    assert "Blind baseline AUC" in page.words
    assert 'id="clean"' in html
    for part in ("changes", "examples", "curves"):
        assert f'id="{part}"' not in html
        assert f'href="#{part}"' not in html
    assert "attacked in both" not in page.words
    assert "Texts drawn for the attacks" not in page.words
    assert "attacker pays" not in page.words


def test_what_differs_beside_the_model_is_noted_in_words_that_fit(audits, tiny_model, tmp_path):
    other = audited(tiny_model, tmp_path / "other", seed=5)
    printed = CliRunner().invoke(main, ["compare", str(audits[0]), str(other)]).output
    assert "note: the audits differ in seed, 0 and 5: texts that are drawn are others" in printed
    assert "attacked" not in printed


def test_sections_of_one_audit_alone_are_named(audits, tiny_model, tmp_path):
    fewer = audited(tiny_model, tmp_path / "fewer", sections=("clean",))
    printed = CliRunner().invoke(main, ["compare", str(audits[0]), str(fewer)]).output
    assert "privacy/membership: not compared: only in the audit old" in printed
    assert "  accuracy " in printed
    document = for_machines(audits[0], fewer)
    assert [each["section"] for each in document["sections"]] == ["clean/clean"]
    assert {"section": "privacy/membership", "why": "only in the audit old"} in document["not_compared"]


@pytest.mark.parametrize("missing", [("old",), ("new",), ("old", "new")])
def test_training_texts_that_are_not_recorded_may_be_others(audits, missing):
    """As of private models: that both audits say nothing of them does not make them alike."""
    comparison = compare_audits(*audits)
    sides = [getattr(comparison, side) for side in ("old", "new")]
    assert not any("not recorded" in note for note in comparison_notes(*sides))
    unrecorded = [replace(report, run=replace(report.run, train_data=None)) if side in missing else report
                  for side, report in zip(("old", "new"), sides, strict=True)]  # fmt: skip
    (note,) = (note for note in comparison_notes(*unrecorded) if "training" in note)
    assert note == (
        f"training texts are not recorded in the audit {' and '.join(missing)} and may be others: who was trained on "
        "may be asked of other texts"
    )
    private = [replace(report, run=replace(report.run, privacy=LEDGER)) for report in unrecorded]
    assert any("training texts, and texts held out of them, are not" in note for note in comparison_notes(*private))


def with_groups(audit, out, values):
    """The same audit with an area of each of these groups."""
    shutil.copytree(audit, out)
    content = json.loads((out / "audit.json").read_text())
    section = next(each for each in content["sections"] if each["plugin"] == "membership")
    for label, value in values.items():
        section["metrics"].append(metric(audit, "membership", "blind_auc") | {
            "name": "group_membership_auc", "label": label, "value": value, "ci_low": 0.1, "ci_high": 0.9,
        })  # fmt: skip
    (out / "audit.json").write_text(json.dumps(content))
    return out


def test_hidden_groups_are_not_held_against_each_other(audits, tmp_path):
    """'group 2' of the one audit may be 'group 3' of the other."""
    both = [with_groups(audit, tmp_path / audit.name, {"blog": 0.25, hidden_name(2): 0.125}) for audit in audits]
    printed = CliRunner().invoke(main, ["compare", *map(str, both)]).output
    assert "group_membership_auc [blog]" in printed
    assert "[group 2" not in printed
    assert "privacy/membership: not compared: groups whose names are hidden: the number of one may be" in printed
    document = for_machines(*both)
    assert hidden_name(2) not in json.dumps(document["sections"])
    assert document["not_compared"] == [{"section": "privacy/membership", "why": HIDDEN_GROUPS}]
    words = ShownPage(ComparisonHtml().render(compare_audits(*both)).decode()).words
    assert hidden_name(2) not in words
    assert "groups whose names are hidden" in words


def test_nothing_in_common_and_attacks_on_one_side_are_refused(cli, audits, tiny_model, tmp_path):
    ledger = audited(tiny_model, tmp_path / "ledger", sections=("ledger",))
    clean = audited(tiny_model, tmp_path / "clean", sections=("clean",))
    refused(cli("compare", ledger, clean), "have no section to compare: only in the audit new; only in the audit old")
    attacked = audited(tiny_model, tmp_path / "attacked", sections=("clean", "evasion"))
    refused(cli("compare", attacked, clean), f"{clean} attacked nothing and the other audit did")
