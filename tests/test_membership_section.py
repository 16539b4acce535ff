"""The membership section: finds a leak where there is one, none where there is none, and says when sets differ."""

import json
import random
import shlex
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import refused
from memorised import EMOTIONS, memorising_model, random_rows
from sentences import write_rows

from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.membership.label_only import disturbed
from robust_emo.audits.membership.section import MembershipInference
from robust_emo.audits.membership.sets import InsufficientDataError, draw_sets
from robust_emo.audits.membership.signals import gold_flags, log_odds, margins
from robust_emo.data_file import DataFile
from robust_emo.errors import ExitCode, InputError, PreflightError
from robust_emo.gate import judge, read_policy
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Example, Task, VerdictStatus


@pytest.fixture(scope="module")
def memorising(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memorising")
    return memorising_model(folder, members=random_rows(200, seed=1), others=random_rows(160, seed=2))


def request(model, out, **changes):
    arguments = (SectionArgument("membership", "disturbances", changes.pop("disturbances", 2)),)
    return AuditRequest(str(model), out, sections=("membership",), section_arguments=arguments, cache=False, **changes)


def measured(model, out, **changes):
    finished = run_audit(request(model, out, **changes))
    (section,) = finished.report.sections
    return finished, section


@pytest.fixture(scope="module")
def leaking(memorising, tmp_path_factory):
    return measured(memorising, tmp_path_factory.mktemp("leaking") / "audit", policy="privacy")


def metric(section, name, label=None):
    return next(each for each in section.metrics if (each.name, each.label) == (name, label))


def test_a_model_that_knows_its_texts_by_heart_leaks(leaking):
    finished, section = leaking
    found = section.membership
    assert section.error is None
    assert found.leaks
    assert not found.sets_differ
    assert (found.members, found.nonmembers) == (200, 160)
    auc = metric(section, "membership_auc")
    assert auc.value > 0.85  # chance labels: a quarter of the others is right with confidence, too
    assert 0.75 < auc.ci_low < auc.value <= auc.ci_high <= 1
    assert auc.higher_is_better is False
    by_name = {attack.name: attack for attack in found.attacks}
    assert list(by_name) == ["loss", "margin", "class-loss", "difficulty", "quantile", "label-only"]
    assert by_name["loss"].auc.value > 0.85
    assert by_name["loss"].found_1pct.ci_low > by_name["loss"].wronged_1pct.value
    assert by_name["loss"].wronged_1pct.value < 0.05
    assert by_name["loss"].over_blind.ci_low > 0.2
    assert metric(section, "tpr_at_fpr_1pct").value >= by_name["loss"].found_1pct.value
    assert metric(section, "tpr_at_fpr_01pct").value is None  # 160 non-members cannot tell
    assert finished.exit_code is ExitCode.GATE_FAILED
    assert "leaks who it was trained on" in section.notes[0]


def test_emotions_with_fifty_texts_of_either_kind_are_shown_and_others_are_not_measured(leaking):
    _, section = leaking
    assert {each.label for each in section.metrics if each.label} == set(EMOTIONS)
    assert all(metric(section, "membership_auc", label).value is None for label in EMOTIONS)  # 40 non-members each


def test_the_members_that_stand_out_are_named_and_not_quoted(leaking):
    _, section = leaking
    assert len(section.membership.exposed) == 10
    assert all(example.example_id.startswith("1-") for example in section.membership.exposed)
    assert section.membership.exposed[0].share_above <= section.membership.exposed[-1].share_above
    text = json.dumps(section.membership.exposed, default=lambda value: [getattr(value, n) for n in value.__slots__])
    assert not any(row["text"] in text for row in random_rows(200, seed=1))


def test_the_same_seed_finds_the_same(memorising, leaking, tmp_path):
    again = measured(memorising, tmp_path / "audit", policy="privacy")[1]
    assert again.membership == leaking[1].membership
    assert again.metrics == leaking[1].metrics


def test_texts_that_the_model_never_saw_are_no_leak(memorising, tmp_path):
    members = write_rows(tmp_path / "a.csv", random_rows(120, seed=11))
    others = write_rows(tmp_path / "b.csv", random_rows(120, seed=12))
    finished, section = measured(
        memorising, tmp_path / "audit", data=DataFile(str(others)), train_data=DataFile(str(members)), policy="privacy"
    )
    assert not section.membership.leaks
    auc = metric(section, "membership_auc")
    assert auc.ci_low < 0.5 < auc.ci_high
    assert finished.exit_code is not ExitCode.GATE_FAILED


def test_sets_that_differ_by_themselves_are_no_leak_of_the_model(memorising, tmp_path):
    """Neither set was trained on, but one has a word that the other lacks, and the model thinks something of it."""
    others = random_rows(150, seed=21)
    members = [{**row, "text": f"zimt {row['text']}"} for row in random_rows(150, seed=22)]
    _, section = measured(
        memorising,
        tmp_path / "audit",
        data=DataFile(str(write_rows(tmp_path / "b.csv", others))),
        train_data=DataFile(str(write_rows(tmp_path / "a.csv", members))),
    )
    assert section.membership.sets_differ
    assert section.membership.blind.auc.value > 0.95
    assert not section.membership.leaks
    assert metric(section, "membership_auc_over_blind").value is None  # nothing could be much better
    assert any("The two sets differ" in note for note in section.notes)


def test_several_labels_are_attacked_too(tiny_multi_model, tmp_path):
    rows = [
        {**row, "label": f"{row['label']}|{EMOTIONS[number // 4 % 4]}"}
        for number, row in enumerate(random_rows(240, seed=81))
    ]
    _, section = measured(
        tiny_multi_model,
        tmp_path / "audit",
        data=DataFile(str(write_rows(tmp_path / "b.csv", rows[:120]))),
        train_data=DataFile(str(write_rows(tmp_path / "a.csv", rows[120:]))),
    )
    assert section.error is None
    assert not section.membership.leaks
    assert metric(section, "membership_auc").n == 240


def test_unknown_training_data_are_a_prerequisite_and_in_a_profile_not_measured(memorising, tmp_path):
    from robust_emo.models.manifest import MANIFEST_NAME

    copy = tmp_path / "model"
    copy.mkdir()
    for file in memorising.iterdir():
        if file.is_file() and file.name != MANIFEST_NAME:
            (copy / file.name).write_bytes(file.read_bytes())
    others = DataFile(str(write_rows(tmp_path / "b.csv", random_rows(60, seed=31))))
    with pytest.raises(PreflightError, match=r"training data are unknown; name them with --train-data"):
        run_audit(request(copy, tmp_path / "audit", data=others))
    assert not (tmp_path / "audit").exists()


def test_messages_name_the_options_of_the_command_that_was_run(cli, tiny_model, tmp_path):
    bare, others = tmp_path / "model", write_rows(tmp_path / "b.csv", random_rows(60, seed=31))
    bare.mkdir()
    for file in tiny_model.iterdir():
        if file.is_file() and file.name != "robust_emo.json":
            (bare / file.name).write_bytes(file.read_bytes())
    refused(cli("privacy", bare, "--nonmembers", others), "are unknown; name them with --members FILE$")
    refused(cli("privacy", bare, "--members", others), "does not say where its test data are: .* --nonmembers FILE$")
    audit = ("audit", bare, "--sections", "membership", "--out", tmp_path / "audit")
    refused(cli(*audit, "--data", others), "are unknown; name them with --train-data FILE$")
    refused(cli(*audit, "--train-data", others), "does not say where its test data are: .* --data FILE$")


@pytest.mark.parametrize("more", [(), ("--texts", 55), ("--texts", 55, "--disclosure")])
def test_the_recorded_command_repeats_it_with_columns_for_both_files(more, cli, tiny_model, tmp_path):
    files = []
    for name, seed in (("members", 8), ("nonmembers", 9)):
        rows = [{**row, "said": row["text"], "text": "x"} for row in random_rows(60, seed=seed)]
        files += [f"--{name}", write_rows(tmp_path / f"{name}.csv", rows)]
    given = ("--text-column", "said", "--section-arg", "membership.disturbances=0", "--seed", 3)
    assert cli("privacy", tiny_model, *files, *given, *more, "--out", tmp_path / "first").code != 2
    first, command = read_audit(tmp_path / "first"), shlex.split(read_audit(tmp_path / "first").run.command)
    command[command.index("--out") + 1] = str(tmp_path / "second")
    assert command[:2] == ["robust-emo", "privacy"]
    assert cli(*command[1:]).code != 2
    again = read_audit(tmp_path / "second")
    assert [section.metrics for section in again.sections] == [section.metrics for section in first.sections]
    assert (again.sections[-1].plugin == "disclosure") == ("--disclosure" in more)


@pytest.mark.parametrize(
    ("given", "argument", "option"),
    [
        (("--texts", 60), "membership.texts=70", "--texts"),
        (("--texts", 60), "membership.texts=60", "--texts"),
        (("--texts", 60, "--disclosure"), "disclosure.texts=70", "--texts"),
        (("--reference-models", 2), "membership.reference_models=4", "--reference-models"),
        (("--reference-minutes", 2), "membership.reference_minutes=1", "--reference-minutes"),
        (("--reference", "other"), 'membership.reference="another"', "--reference"),
    ],
)
def test_one_setting_is_named_once(given, argument, option, cli, tiny_model, tmp_path):
    ended = cli("privacy", tiny_model, *given, "--section-arg", argument, "--out", tmp_path / "out")
    refused(ended, f"{option} and --section-arg {argument} set the same: give one of them$")


def test_one_file_as_both_sets_is_refused(memorising, tmp_path):
    file = DataFile(str(write_rows(tmp_path / "a.csv", random_rows(80, seed=41))))
    with pytest.raises(PreflightError, match="both trained on and audited"):
        run_audit(request(memorising, tmp_path / "audit", data=file, train_data=file))


def test_members_that_are_the_nonmembers_again_are_insufficient_data_and_never_a_number(memorising, tmp_path):
    rows = random_rows(80, seed=41)
    same = [{**row, "text": row["text"].upper()} for row in rows]
    finished, section = measured(
        memorising,
        tmp_path / "audit",
        data=DataFile(str(write_rows(tmp_path / "b.csv", same))),
        train_data=DataFile(str(write_rows(tmp_path / "a.csv", rows))),
    )
    assert section.error.startswith("insufficient data: 0 non-members are left")
    assert not section.metrics
    assert finished.exit_code is ExitCode.INCONCLUSIVE


def examples(rows):
    return [Example(row["id"], row["text"], (row["label"],), row.get("author")) for row in rows]


def test_texts_of_both_sets_near_ones_and_repetitions_are_left_out_and_counted():
    members, others = random_rows(80, seed=51), random_rows(80, seed=52)
    others[0] = {**others[0], "text": members[0]["text"].title()}
    others[1] = {**others[1], "text": members[1]["text"] + " ba"}
    others[3] = {**others[3], "text": others[2]["text"]}
    members.append({**members[5], "id": "again"})
    sets = draw_sets(examples(members), examples(others), most=500, seed=0)
    assert (sets.shared, sets.near, sets.repeated) == (1, 1, 2)
    assert (sets.members, sets.nonmembers) == (80, 77)
    assert len(set(sets.texts)) == len(sets.texts)


def test_authors_stay_in_one_fold_and_each_fold_has_both_kinds():
    members, others = random_rows(180, seed=61, author_of=3), random_rows(180, seed=62, author_of=3)
    others = [{**row, "author": f"other {row['author']}"} for row in others]
    sets = draw_sets(examples(members), examples(others), most=500, seed=0)
    for author in set(sets.authors):
        assert len({fold for fold, name in zip(sets.fold, sets.authors, strict=True) if name == author}) == 1
    for fold in range(5):
        assert 0 < sets.member[sets.fold == fold].sum() < (sets.fold == fold).sum()
    with pytest.raises(InsufficientDataError, match="too few authors"):
        draw_sets(examples([{**row, "author": "one"} for row in members]), examples(others), most=500, seed=0)


def test_a_draw_depends_on_the_seed_alone():
    members, others = examples(random_rows(300, seed=71)), examples(random_rows(300, seed=72))
    first, again, other = (draw_sets(members, others, most=60, seed=seed) for seed in (1, 1, 2))
    assert first.texts == again.texts
    assert (first.fold == again.fold).all()
    assert first.texts != other.texts


def test_log_odds_and_margins_agree_with_probabilities_and_do_not_saturate():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(50, 4)) * 3
    gold = np.eye(4)[rng.integers(0, 4, 50)]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    right = (probabilities * gold).sum(axis=1)
    assert log_odds(logits, gold, Task.SINGLE_LABEL) == pytest.approx(np.log(right / (1 - right)))
    far = np.array([[300.0, 0.0, 0.0, 0.0], [301.0, 0.0, 0.0, 0.0]])
    sure = log_odds(far, np.eye(4)[[0, 0]], Task.SINGLE_LABEL)
    assert sure[1] - sure[0] == pytest.approx(1.0)  # both probabilities are 1
    flags = rng.integers(0, 2, (50, 4)).astype(float)
    decisions = np.where(flags > 0, 1 / (1 + np.exp(-logits)), 1 / (1 + np.exp(logits)))
    assert log_odds(logits, flags, Task.MULTI_LABEL) == pytest.approx(np.log(decisions).sum(axis=1))
    assert margins(logits, gold, Task.SINGLE_LABEL)[0] == pytest.approx(
        logits[0][gold[0] > 0][0] - logits[0][gold[0] == 0].max()
    )
    assert gold_flags([("b",), ()], ("a", "b")).tolist() == [[0, 1], [0, 0]]


def test_a_disturbance_takes_words_away_and_depends_on_its_rng():
    text = "one two three four five six seven eight nine ten"
    found = disturbed(text, random.Random(1))
    assert found == disturbed(text, random.Random(1)) != disturbed(text, random.Random(2))
    assert set(found.split()) < set(text.split())
    assert len(found.split()) == 7
    assert disturbed("alone", random.Random(1)) == "alone"
    assert len(disturbed("just two", random.Random(1)).split()) == 1


@pytest.mark.parametrize(("name", "value"), [("texts", 49), ("texts", True), ("disturbances", -1), ("texts", 1.5)])
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(InputError, match=rf"section membership: {name} must be a whole number"):
        MembershipInference(**{name: value})


def test_the_ledger_of_a_private_model_is_a_number_for_policies_and_of_others_not_measured(memorising, tmp_path):
    from privacy_factory import LEDGER

    from robust_emo.audits.ledger import Ledger
    from robust_emo.models.manifest import read_manifest

    manifest = read_manifest(memorising)
    (without,) = Ledger().run(SimpleNamespace(manifest=manifest))
    assert [each.value for each in without.metrics] == [None, None]
    assert "nothing is promised" in without.notes[0]
    (section,) = Ledger().run(SimpleNamespace(manifest=replace(manifest, privacy=LEDGER)))
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nsection = "privacy/ledger"\nmetric = "epsilon"\nmax = 3\n')
    assert [verdict.status for verdict in judge(read_policy(str(policy)), [section])] == [VerdictStatus.PASS]
    assert [verdict.status for verdict in judge(read_policy(str(policy)), [without])] == [VerdictStatus.NOT_MEASURED]
