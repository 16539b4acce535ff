"""The section that counts personal data: what it counts, what it never shows, and when it says nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import refused
from privacy_factory import LEDGER
from report_factory import make_outcomes, make_report
from robust_emo_reports.html import HtmlReporter
from sentences import emotion_rows, write_rows
from shown_page import HOSTILE, ShownPage

from robust_emo.audit import run_audit
from robust_emo.audits.personal_data import PersonalDataInTexts
from robust_emo.data.fingerprint import sha256_of
from robust_emo.data_file import DataFile
from robust_emo.errors import InputError, PreflightError, PrerequisiteError
from robust_emo.gate import judge, read_policy
from robust_emo.models.manifest import read_manifest, write_manifest
from robust_emo.models.private_data import TRAINED_ON, data_folder
from robust_emo.preflight import AuditRequest
from robust_emo.profile import read_profile
from robust_emo.section_choice import SectionArgument
from robust_emo.types import PersonalCount, PersonalKind, Section, VerdictStatus

NAMED = "so proud of Jennifer, mail jane@example.com or jane@example.org"
CALLED = "call me, (212) 555-0143, I am so sad"


def files(folder):
    """30 training texts, two of them with names or addresses, and 20 audited ones, one with a number."""
    training, audited = emotion_rows(30, seed=1), emotion_rows(20, seed=2)
    training[3]["text"], training[8]["text"], audited[5]["text"] = NAMED, "our friend Jennifer is so happy", CALLED
    written = (write_rows(folder / f"{name}.csv", rows) for name, rows in (("a", training), ("b", audited)))
    return dict(zip(("train_data", "data"), (DataFile(str(path)) for path in written), strict=True))


def audited(model, out, **changes):
    request = AuditRequest(str(model), out, sections=("personal-data",), cache=False, **changes)
    return run_audit(request).report


@pytest.fixture(scope="module")
def report(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("personal")
    return audited(tiny_model, folder / "audit", **files(folder))


def test_texts_and_findings_are_counted_by_kind(report):
    (section,) = report.sections
    assert (section.kind, section.plugin, section.args) == ("privacy", "personal-data", {"recogniser": "built-in"})
    assert section.personal == (
        PersonalCount("training", 30, 2, (PersonalKind("name", 2, 2), PersonalKind("email", 1, 2))),
        PersonalCount("audited", 20, 1, (PersonalKind("phone", 1, 1),)),
    )
    found = {metric.name: metric for metric in section.metrics}
    training, shown = (found[f"{of}_texts_with_personal_data"] for of in ("training", "audited"))
    assert (training.value, training.n, shown.value, shown.n) == (2 / 30, 30, 1 / 20, 20)
    for metric in (training, shown):  # all texts were looked at: nothing was estimated
        assert (metric.ci_low, metric.ci_high, metric.method) == (metric.value, metric.value, "counted")
        assert metric.higher_is_better is False
    assert any("lower bound" in note for note in section.notes)


def test_nothing_of_a_text_is_written(tiny_model, tmp_path):
    audited(tiny_model, tmp_path / "audit", **files(tmp_path))
    for name in ("audit.json", "outcomes.jsonl", "report.html"):
        content = (tmp_path / "audit" / name).read_text(encoding="utf-8")
        for secret in ("Jennifer", "jane", "0143", "proud of"):
            assert secret not in content


@pytest.mark.parametrize(("most", "status"), [(0.0, VerdictStatus.FAIL), (0.1, VerdictStatus.PASS)])
def test_a_policy_can_ask_for_it_at_any_confidence(report, tmp_path, most, status):
    policy = tmp_path / "policy.toml"
    policy.write_text(
        f'[[require]]\nsection = "privacy/personal-data"\nmetric = "training_texts_with_personal_data"\nmax = {most}\n'
        "confidence = 0.99\n"
    )
    (verdict,) = judge(read_policy(str(policy)), report.sections)
    assert verdict.status is status
    assert "share of training texts in which personal data was found is 6.7%" in verdict.explanation


def without_manifest(model, folder):
    folder.mkdir()
    for file in model.iterdir():
        if file.is_file() and file.name != "robust_emo.json":
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_unknown_training_texts_are_not_measured_and_never_zero(tiny_model, tmp_path):
    bare = without_manifest(tiny_model, tmp_path / "model")
    (section,) = audited(bare, tmp_path / "audit", data=files(tmp_path)["data"]).sections
    training = section.metrics[0]
    assert (training.value, training.ci_low, training.n, training.method) == (None, None, 0, None)
    assert [count.of for count in section.personal] == ["audited"]
    assert "name them with --train-data" in section.notes[0]


def test_texts_of_a_private_training_are_not_counted(tiny_model, tmp_path):
    """An exact count over them would tell of a single text whether it is there."""
    private = without_manifest(tiny_model, tmp_path / "model")
    write_manifest(replace(read_manifest(tiny_model), privacy=LEDGER, data={}), private)
    (section,) = audited(private, tmp_path / "audit", **files(tmp_path)).sections
    assert [count.of for count in section.personal] == ["audited"]
    assert section.metrics[0].value is None
    assert "would tell whether a single one was among them" in section.notes[0]


def test_nor_where_they_are_given_as_the_audited_ones(tiny_model, tmp_path):
    """The data folder beside the model knows the file; without it nobody does."""
    private, given = without_manifest(tiny_model, tmp_path / "model"), files(tmp_path)
    write_manifest(replace(read_manifest(tiny_model), privacy=LEDGER, data={}), private)
    path = given["train_data"].path
    record = data_folder(private) / TRAINED_ON
    record.parent.mkdir()
    record.write_text(json.dumps({"path": path, "sha256": sha256_of(Path(path)), "rows": 30}))
    (section,) = audited(private, tmp_path / "a", data=DataFile(path)).sections
    assert section.personal == ()
    assert [(metric.value, metric.n) for metric in section.metrics] == [(None, 0), (None, 0)]
    assert "the very file that the model was privately trained on" in section.notes[1]
    assert len(section.notes) == 2  # nothing of numbers that are not there
    (section,) = audited(private, tmp_path / "b", data=given["data"]).sections
    assert [(count.of, count.texts) for count in section.personal] == [("audited", 20)]
    record.unlink()
    (section,) = audited(private, tmp_path / "c", data=DataFile(path)).sections
    assert [(count.of, count.texts) for count in section.personal] == [("audited", 30)]


def test_presidio_that_is_missing_is_one_line_before_the_audit(cli, tiny_model, tmp_path, monkeypatch):
    def missing():
        raise PrerequisiteError("recogniser presidio needs presidio_analyzer: pip install 'robust-emo[presidio]'")

    monkeypatch.setattr("robust_emo.personal.presidio.presidio", missing)
    ended = cli(
        "audit", tiny_model, "--sections", "personal-data", "--section-arg", "personal-data.recogniser=presidio",
        "--out", tmp_path / "audit",
    )  # fmt: skip
    refused(ended, r"recogniser presidio needs presidio_analyzer: pip install")
    assert not (tmp_path / "audit").exists()


def test_an_unknown_recogniser_is_refused(tiny_model, tmp_path):
    with pytest.raises(InputError, match="unknown recogniser 'presido'; did you mean 'presidio'"):
        PersonalDataInTexts(recogniser="presido")
    argument = SectionArgument("personal-data", "recogniser", 3)
    with pytest.raises(PreflightError, match="unknown recogniser '3'"):
        audited(tiny_model, tmp_path / "audit", section_arguments=(argument,))


def test_profiles_but_the_quick_one_have_it():
    assert [name for name in ("quick", "standard", "full") if "personal-data" in read_profile(name).sections] == [
        "standard",
        "full",
    ]


def test_robust_emo_privacy_has_it(cli, tiny_model, tmp_path):
    ended = cli("privacy", tiny_model, "--section-arg", "membership.disturbances=0", "--out", tmp_path / "out")
    assert "privacy/personal-data" in ended.out, ended.err
    content = json.loads((tmp_path / "out" / "audit.json").read_text())
    assert [section["plugin"] for section in content["sections"]] == ["ledger", "membership", "personal-data"]


# --- the report ----------------------------------------------------------------------------------------------------


def page(section):
    report = make_report(make_outcomes(examples=40))
    return HtmlReporter().render(replace(report, sections=(*report.sections, section)), ()).decode()


def test_the_report_says_what_was_found_and_what_to_do(report):
    words = ShownPage(page(report.sections[0])).words
    assert "Personal data was found in 2 of 30 training texts and in 1 of 20 audited texts." in words
    assert "E-mail addresses1200" in words
    assert "robust-emo anonymise FILE --out COPY" in words
    assert "Train on the copy" in words
    assert "lower bound" in words


def test_the_report_calls_nothing_found_no_proof():
    counts = (PersonalCount("training", 30, 0, ()), PersonalCount("audited", 20, 0, ()))
    words = ShownPage(page(Section("privacy", "personal-data", "1", {}, personal=counts))).words
    assert "No personal data was found in 30 training texts and 20 audited texts." in words
    assert "no proof" in words
    assert "Train on the copy" not in words


@pytest.mark.parametrize("text", HOSTILE)
def test_a_kind_that_a_stranger_wrote_adds_no_markup(text):
    def elements(kind):
        counts = (PersonalCount("audited", 20, 1, (PersonalKind(kind, 1, 1),)),)
        return ShownPage(page(Section("privacy", "personal-data", "1", {}, personal=counts))).elements

    assert elements(text) == elements("something else")
