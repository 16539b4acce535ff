"""The disclosure section on real models: finds planted leaks, claims none elsewhere, says what it could not measure."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from memorised import memorising_model, random_rows
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.metric_names import METRIC_NAMES
from sentences import emotion_rows, write_rows

from robust_emo.ablation import Ablation
from robust_emo.audit import run_audit
from robust_emo.audits.disclosure.section import Disclosure
from robust_emo.audits.membership.notes import source_notes
from robust_emo.audits.membership.section import MembershipInference
from robust_emo.data_file import DataFile
from robust_emo.engine.engine import Engine
from robust_emo.engine.smoothed_victim import SmoothedVictim
from robust_emo.errors import ExitCode, InputError, PreflightError, PrerequisiteError
from robust_emo.gate import judge, read_policy
from robust_emo.models.base_encoder import base_vectors
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.preflight import AuditRequest
from robust_emo.progress import Silent
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Example, VerdictStatus

MEMBERS, OTHERS = random_rows(200, seed=1), random_rows(160, seed=2)


@pytest.fixture(scope="module")
def memorising(tmp_path_factory):
    return memorising_model(tmp_path_factory.mktemp("memorising"), members=MEMBERS, others=OTHERS)


def measured(model, out, *arguments, **changes):
    request = AuditRequest(
        str(model), out, sections=("disclosure",), section_arguments=arguments, cache=False, **changes
    )
    finished = run_audit(request)
    (section,) = finished.report.sections
    return finished, section


@pytest.fixture(scope="module")
def leaking(memorising, tmp_path_factory):
    return measured(memorising, tmp_path_factory.mktemp("leaking") / "audit")


def metric(section, name):
    return next(each for each in section.metrics if each.name == name)


def value(section, name):
    return metric(section, name).value


def examples(rows):
    return tuple(Example(row["id"], row["text"], (row["label"],), row.get("author")) for row in rows)


def context(victim, *, members=MEMBERS, others=OTHERS, **changes):
    """As much of an audit as the section looks at."""
    fields = {"manifest": None, "seed": 0, "progress": Silent(), "members": members and examples(members),
              "holdout": None}  # fmt: skip
    return SimpleNamespace(**{**fields, "nonmembers": examples(others), "engine": Engine(victim), **changes})


def test_the_more_is_shown_of_a_model_that_knows_its_texts_by_heart_the_more_leaks(leaking):
    _, section = leaking
    assert section.error is None
    assert (section.kind, section.plugin) == ("privacy", "disclosure")
    logits, label = (metric(section, f"membership_auc_from_{name}") for name in ("logits", "label"))
    assert 0.85 < logits.ci_low < logits.value <= logits.ci_high <= 1
    assert 0.75 < label.value < logits.value
    assert value(section, "membership_auc_change_by_label") == pytest.approx(label.value - logits.value, abs=1e-6)
    assert metric(section, "membership_auc_change_by_label").ci_high < 0
    assert abs(value(section, "membership_auc_change_by_2_decimals")) < 0.02
    assert value(section, "membership_auc_from_attribution_norm") > 0.75
    assert value(section, "membership_auc_from_attribution_variance") > 0.75
    assert metric(section, "tpr_at_fpr_1pct_from_logits").n == 200
    assert all(each.higher_is_better is False for each in section.metrics if "_from_" in each.name)
    assert section.notes[0].startswith(
        "Members are told from non-members better than their texts alone do by the logits, probabilities of 2 decimals"
    )
    assert any(note.startswith("That the two sets differ was not shown, and may still be so") for note in section.notes)
    assert section.notes[1].startswith("Found to tell less than the logits do: ")
    assert "the label alone" in section.notes[1]


def test_it_agrees_with_the_section_on_membership(memorising):
    both = context(Victim(load_classifier(memorising)), others=random_rows(400, seed=2))
    (section,), (other,) = Disclosure().run(both), MembershipInference(disturbances=0).run(both)
    found = other.membership
    loss = next(attack for attack in found.attacks if attack.name == "loss")
    assert value(section, "membership_auc_from_logits") == pytest.approx(loss.auc.value, abs=1e-6)
    assert value(section, "tpr_at_fpr_1pct_from_logits") == pytest.approx(loss.found_1pct.value, abs=1e-6)
    assert metric(section, "tpr_at_fpr_1pct_from_logits").ci_low > 0
    assert value(section, "tpr_at_fpr_1pct_change_by_label") < 0
    assert value(section, "blind_auc") == pytest.approx(found.blind.auc.value, abs=1e-6)
    assert set(source_notes(found.blind.auc.value, differ=found.sets_differ, one_source=False)) <= set(section.notes)
    assert not any("members found" in note for note in section.notes)


def test_texts_that_chance_held_out_are_held_against_a_coin(memorising):
    held = context(Victim(load_classifier(memorising)), holdout=examples(OTHERS))
    (section,) = Disclosure().run(held)
    assert section.notes[0].startswith("Members are told from non-members by the logits, probabilities of 2 decimals")
    assert not any("dealt these texts out" in note for note in section.notes)


def test_members_by_authors_that_the_inverter_learnt_from_are_not_tried(memorising):
    own, others = ([{**row, "author": f"a{number // 2}"} for number, row in enumerate(rows)]
                   for rows in (MEMBERS, OTHERS))  # fmt: skip
    victim = Victim(load_classifier(memorising))
    (section,) = Disclosure().run(context(victim, members=own, others=others))
    assert metric(section, "embedding_recovery_f1_members").n == 120  # 40 of 100 authors taught it
    assert any(note.startswith("80 members are by authors of texts that it learnt from") for note in section.notes)
    alone = [{**row, "author": f"a{number}"} for number, row in enumerate(MEMBERS[:60])]  # 40 of them left at most
    (few,) = Disclosure().run(context(victim, members=alone, others=others))
    of_members = [each for each in few.metrics if each.name.endswith("_members")]
    assert [(each.value, each.n) for each in of_members] == [(None, 0)] * 7
    assert any(note.startswith("not measured: words of members: ") for note in few.notes)
    assert value(few, "embedding_recovery_f1") is not None


def test_embeddings_give_words_away_beside_frequent_ones(leaking):
    _, section = leaking
    own, frequent = value(section, "embedding_recovery_f1"), value(section, "frequent_words_f1")
    assert value(section, "embedding_recovery_f1_over_frequent") == pytest.approx(own - frequent, abs=1e-6)
    precision, recall = (value(section, f"embedding_recovery_{name}") for name in ("precision", "recall"))
    assert own == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-6)
    found = metric(section, "embedding_recovery_f1_over_frequent")
    assert found.ci_low < found.value < found.ci_high
    assert found.method == "bootstrap"
    assert (metric(section, "embedding_recovery_f1").n, metric(section, "embedding_recovery_f1_members").n) == (80, 200)
    assert value(section, "base_recovery_f1") is None
    assert any("made from its own texts and has no base" in note for note in section.notes)


def test_words_come_back_from_the_embeddings_of_a_model_that_reads_them(tiny_model, tmp_path):
    """Sentences of few words, of which each matters to the embedding."""
    rows = [{**row, "id": str(number), "text": f"{row['text']} {number}"}
            for number, row in enumerate(emotion_rows(400, seed=7))]  # fmt: skip
    _, section = measured(
        tiny_model,
        tmp_path / "audit",
        data=DataFile(str(write_rows(tmp_path / "b.csv", rows[:200]))),
        train_data=DataFile(str(write_rows(tmp_path / "a.csv", rows[200:]))),
    )
    gain = metric(section, "embedding_recovery_f1_over_frequent")
    assert value(section, "embedding_recovery_f1") > 0.7
    assert gain.ci_low > 0.1


def test_the_same_seed_finds_the_same(memorising, leaking, tmp_path):
    again = measured(memorising, tmp_path / "audit")[1]
    assert again.metrics == leaking[1].metrics
    assert again.notes == leaking[1].notes
    other = measured(memorising, tmp_path / "other", seed=1)[1]
    assert other.metrics != leaking[1].metrics


def test_of_texts_that_the_model_never_saw_nothing_is_claimed(memorising, tmp_path):
    members = write_rows(tmp_path / "a.csv", random_rows(150, seed=11))
    others = write_rows(tmp_path / "b.csv", random_rows(150, seed=12))
    _, section = measured(memorising, tmp_path / "audit", data=DataFile(str(others)), train_data=DataFile(str(members)))
    areas = [each for each in section.metrics if each.name.startswith("membership_auc_from_")]
    assert len(areas) == 7
    # Below a half is no leak: of seven intervals one or two lie there by chance, on one machine or another.
    assert all(each.ci_low < 0.5 for each in areas)
    assert section.notes[0] == (
        "Nothing that is shown was found to tell members from non-members, beyond what the texts themselves tell."
    )
    assert not any("less than the logits" in note for note in section.notes)


def test_several_labels_are_attacked_too(tiny_multi_model, tmp_path):
    rows = [{**row, "label": f"{row['label']}|joy"} for row in random_rows(240, seed=81) if row["label"] != "joy"]
    _, section = measured(
        tiny_multi_model,
        tmp_path / "audit",
        data=DataFile(str(write_rows(tmp_path / "b.csv", rows[:90]))),
        train_data=DataFile(str(write_rows(tmp_path / "a.csv", rows[90:]))),
    )
    assert section.error is None
    same = (value(section, f"membership_auc_from_{name}") for name in ("label", "0_decimals"))
    assert len(set(same)) == 1  # whole numbers say which labels there are
    assert value(section, "membership_auc_from_attribution_norm") is not None


def test_training_data_that_nobody_knows_are_a_prerequisite_and_in_a_profile_not_measured(memorising, leaking):
    (section,) = Disclosure().run(SimpleNamespace(members=None))
    assert [each.name for each in section.metrics] == [each.name for each in leaking[1].metrics]
    assert [each.higher_is_better for each in section.metrics] == [each.higher_is_better for each in leaking[1].metrics]
    assert all(each.value is None and each.n == 0 for each in section.metrics)
    assert section.notes == ("not measured: the training data are unknown; name them with --train-data",)
    assert "not measured" in shown(section)


def test_one_file_as_both_sets_is_refused_and_too_few_texts_are_no_number(memorising, tmp_path):
    file = DataFile(str(write_rows(tmp_path / "a.csv", random_rows(80, seed=41))))
    with pytest.raises(PreflightError, match="section disclosure: .* both trained on and audited"):
        measured(memorising, tmp_path / "audit", data=file, train_data=file)
    few = DataFile(str(write_rows(tmp_path / "b.csv", random_rows(40, seed=42))))
    finished, section = measured(memorising, tmp_path / "audit", data=few, train_data=file)
    assert section.error.startswith("insufficient data: 40 non-members")
    assert not section.metrics
    assert finished.exit_code is ExitCode.INCONCLUSIVE


def test_a_model_without_gradients_and_embeddings_has_its_confidences_measured(memorising):
    classifier = load_classifier(memorising)
    smoothed = SmoothedVictim(classifier, Ablation("deletion", 0.5), samples=4)
    (section,) = Disclosure().run(context(smoothed, members=MEMBERS[:60], others=OTHERS[:60]))
    assert value(section, "membership_auc_from_label") is not None
    for name in ("membership_auc_from_attribution_norm", "membership_auc_change_by_attribution_norm",
                 "tpr_at_fpr_1pct_change_by_attribution_variance", "embedding_recovery_f1"):  # fmt: skip
        assert value(section, name) is None
    missing = [note for note in section.notes if note.startswith("not measured")]
    assert "members found at one false alarm of a hundred: that needs 400 non-members, and there are 60" in missing[0]
    assert "attributions: a smoothed model counts answers and has no gradients" in missing[1]
    assert "embeddings: a smoothed model counts answers and has no embeddings" in missing[2]
    assert "not measured" in shown(section)


def test_rates_that_the_numbers_cannot_support_are_not_measured(memorising):
    (section,) = Disclosure().run(context(Victim(load_classifier(memorising))))
    assert any(
        note.startswith("not measured: members found at one false alarm of a hundred: that needs 400 non-members, and")
        for note in section.notes
    )
    assert value(section, "membership_auc_from_label") is not None
    for name in ("tpr_at_fpr_1pct_from_label", "tpr_at_fpr_1pct_change_by_label"):
        assert (value(section, name), metric(section, name).ci_low) == (None, None)


def test_words_too_rare_to_be_learnt_are_not_measured(memorising, tmp_path):
    _, section = measured(memorising, tmp_path / "audit", SectionArgument("disclosure", "least_texts", 300))
    assert value(section, "embedding_recovery_f1") is None
    assert any("not measured: embeddings: no word stands in 300 of the 80 texts" in note for note in section.notes)


@pytest.fixture(scope="module")
def tuned(memorising, tmp_path_factory):
    """A model with a base that lies in a directory."""
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import train

    folder = tmp_path_factory.mktemp("tuned")
    file = write_rows(folder / "rows.csv", random_rows(240, seed=90))
    settings = Hyperparameters(epochs=1, precision="fp32", max_length=32, learning_rate=1e-3)
    train(str(file), folder / "model", base=str(memorising), settings=settings, device="cpu")
    return folder / "model"


def test_the_untouched_base_stands_beside_the_model(memorising, tuned):
    victim, manifest = Victim(load_classifier(tuned)), read_manifest(tuned)
    texts = [row["text"] for row in MEMBERS[:20]]
    base = Victim(load_classifier(memorising), max_length=victim.batched.max_length)
    assert base_vectors(manifest, victim, victim.encode(texts)) == pytest.approx(base.embeddings(texts), abs=1e-6)
    assert np.abs(victim.embeddings(texts) - base.embeddings(texts)).max() > 1e-3
    assert np.linalg.norm(victim.embeddings(texts), axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    (section,) = Disclosure().run(context(victim, manifest=manifest))
    own, other = value(section, "embedding_recovery_f1_members"), value(section, "base_recovery_f1_members")
    assert value(section, "embedding_recovery_f1_over_base_members") == pytest.approx(own - other, abs=1e-6)
    assert not any("base is not beside" in note for note in section.notes)
    unchecked = "The base is looked up by its name and was not checked against a fingerprint."
    assert unchecked in section.notes

    def recorded(sha256):
        encoders = [{"name": manifest.base, "sha256": sha256, "trained_on": None}]
        return replace(manifest, hyperparameters={**manifest.hyperparameters, "public_encoders": encoders})

    (checked,) = Disclosure().run(context(victim, manifest=recorded(model_sha256(memorising))))
    assert value(checked, "base_recovery_f1_members") == other
    assert unchecked not in checked.notes
    (changed,) = Disclosure().run(context(victim, manifest=recorded("0" * 64)))
    assert value(changed, "base_recovery_f1") is None
    assert any("its base is not the one of its training: the SHA-256 differs" in note for note in changed.notes)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("scratch:tiny", "was made from its own texts"),
        ("/nowhere/encoder", "its base encoder cannot be loaded"),
        ("somebody/not-fetched", "its base not-fetched cannot be loaded"),
        ("minilm", "has another vocabulary now"),
    ],
)
def test_a_base_that_is_not_there_is_said_so(tuned, base, reason):
    victim, manifest = Victim(load_classifier(tuned)), read_manifest(tuned)
    with pytest.raises(PrerequisiteError, match=reason):
        base_vectors(replace(manifest, base=base), victim, victim.encode(["a text"]))
    with pytest.raises(PrerequisiteError, match="nothing says which base"):
        base_vectors(None, victim, victim.encode(["a text"]))


def test_nothing_of_a_text_is_in_the_audit_or_the_report(leaking):
    finished, section = leaking
    assert finished.files[-1].name == "audit.json"
    content = finished.files[-1].read_text(encoding="utf-8") + shown(section)
    parts = {" ".join(row["text"].split()[start : start + 3]) for row in (*MEMBERS, *OTHERS) for start in range(6)}
    assert [part for part in parts if part in content] == []


def shown(section):
    from report_factory import make_outcomes, make_report

    report = make_report(make_outcomes(examples=40))
    return HtmlReporter().render(replace(report, sections=(*report.sections, section)), ()).decode()


def test_the_report_puts_what_is_shown_side_by_side(leaking):
    html = shown(leaking[1])
    assert "what each thing that is shown gives away" in html
    rows = re.findall(r'<tr><th scope="row">([^<]+)<span', html.split("Membership by what is shown")[2])
    assert len(rows) == 11
    assert rows[:2] == ["Logits", "Probabilities, 2 decimals"]
    assert rows[4:8] == ["The label alone", "Attributions, how large", "Attributions, how uneven", "Nothing"]
    assert rows[10] == "No embedding"
    assert "This model&#39;s embedding" in html
    assert "Privacy: disclosure" not in html  # not a second time as an unknown section


def test_every_metric_is_defined_and_named_and_a_policy_can_ask_for_it(leaking, tmp_path):
    _, section = leaking
    page = (Path(__file__).parents[1] / "docs" / "metrics.md").read_text(encoding="utf-8")
    for each in section.metrics:
        assert f"`{each.name}`" in page
        assert METRIC_NAMES[each.name].meaning
        assert each.method is None or f"| `{each.method}` |" in page
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nsection = "privacy/disclosure"\nmetric = "membership_auc_from_label"\nmax = 0.6\n')
    assert [verdict.status for verdict in judge(read_policy(str(policy)), [section])] == [VerdictStatus.FAIL]
    (unknown,) = Disclosure().run(SimpleNamespace(members=None))
    assert [verdict.status for verdict in judge(read_policy(str(policy)), [unknown])] == [VerdictStatus.NOT_MEASURED]


def test_the_privacy_command_runs_it_when_asked(memorising, cli, tmp_path):
    ended = cli("privacy", memorising, "--disclosure", "--texts", 60, "--section-arg", "membership.disturbances=0",
                "--out", tmp_path / "out")  # fmt: skip
    assert ended.code in (0, 1, 3)
    assert "privacy/disclosure" in ended.out
    assert "membership_auc_from_label" in ended.out
    assert re.search(r"embedding_recovery_f1_over_frequent_members +[\d.-]+", ended.out)
    lines = ended.out.splitlines()
    assert any(line.startswith("  Words are guessed by a linear inverter") for line in lines)
    assert any(line.startswith("  All texts were looked at and none was drawn") for line in lines)
    missing = [line for line in lines if line.startswith("  not measured")]
    assert any("members found at one false alarm" in line for line in missing)
    assert len(missing) == len(set(missing))


@pytest.mark.parametrize(("name", "value"), [("texts", 49), ("texts", True), ("least_texts", 0), ("texts", 1.5)])
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(InputError, match=rf"section disclosure: {name} must be a whole number"):
        Disclosure(**{name: value})
