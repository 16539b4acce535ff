"""Training texts that are set aside by chance: used for nothing, kept, and what privacy is attacked by."""

import csv
from dataclasses import replace

import pytest
from memorised import random_rows
from sentences import emotion_rows, write_rows
from shown_page import ShownPage

from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.data.fingerprint import sha256_of
from robust_emo.data_file import DataFile
from robust_emo.errors import InputError
from robust_emo.models.manifest import read_manifest
from robust_emo.preflight import AuditRequest, prepare
from robust_emo.training.corpus import Reading, read_corpus
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.train import train

SETTINGS = Hyperparameters(epochs=1, batch_size=32, precision="fp32", max_length=32)


def texts(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held-out")
    files = [
        write_rows(folder / f"{name}.csv", random_rows(n, seed=n)) for name, n in (("a", 400), ("v", 60), ("t", 90))
    ]
    data, validation, test = map(str, files)
    train(
        data, folder / "model", base="scratch:tiny", settings=SETTINGS, validation=validation, test=test, hold_out=0.2,
        device="cpu",
    )  # fmt: skip
    return folder / "model"


def test_what_is_held_out_is_kept_and_in_no_other_part(model):
    manifest = read_manifest(model)
    assert {name: source.rows for name, source in manifest.data.items()} == {
        "train": 320, "validation": 60, "test": 90, "holdout": 80,
    }  # fmt: skip
    trained, held = texts(model / "data" / "train.csv"), texts(model / "data" / "holdout.csv")
    assert not set(trained) & set(held)
    assert len(trained) + len(held) == 400
    assert manifest.metrics.keys() == {"validation", "test"}


def request(model, out, **changes):
    return AuditRequest(str(model), out, sections=("membership",), cache=False, **changes)


def test_privacy_is_attacked_by_what_was_held_out_and_the_audit_says_so(model, tmp_path):
    report = run_audit(request(model, tmp_path / "audit")).report
    (section,) = report.sections
    assert (section.membership.members, section.membership.nonmembers) == (320, 80)
    file, used = model / "data" / "holdout.csv", report.run.holdout_data
    assert (used.path, used.sha256, used.rows) == (str(file), sha256_of(file), 80)
    assert read_audit(tmp_path / "audit").run.holdout_data == used
    words = ShownPage((tmp_path / "audit" / "report.html").read_text(encoding="utf-8")).words
    assert "Texts held out of the training" in words
    assert used.sha256 in words


def test_where_nothing_held_out_was_used_nothing_is_recorded(model, tmp_path):
    others = write_rows(tmp_path / "others.csv", random_rows(70, seed=5))
    assert run_audit(request(model, tmp_path / "named", data=DataFile(str(others)))).report.run.holdout_data is None
    clean = replace(request(model, tmp_path / "clean"), sections=("clean",))
    assert run_audit(clean).report.run.holdout_data is None


def test_data_that_are_named_come_before_it(model, tmp_path):
    others = write_rows(tmp_path / "others.csv", random_rows(70, seed=5))
    assert prepare(request(model, tmp_path / "audit", data=DataFile(str(others)))).holdout is None


@pytest.mark.parametrize("share", [-0.1, 0.6, float("nan")])
def test_shares_out_of_range_are_refused(tmp_path, share):
    data = str(write_rows(tmp_path / "data.csv", emotion_rows(60)))
    with pytest.raises(InputError, match="share to hold out must be at least 0 and at most 0.5"):
        read_corpus(data, validation=None, test=None, reading=Reading(), seed=0, hold_out=share)


def test_authors_stay_on_one_side(tmp_path):
    data = str(write_rows(tmp_path / "data.csv", emotion_rows(240)))
    reading = Reading(group_column="author")
    corpus = read_corpus(data, validation=data, test=data, reading=reading, seed=0, hold_out=0.25)
    assert corpus.holdout
    assert not {example.group for example in corpus.train} & {example.group for example in corpus.holdout}


def test_the_command_holds_out_for_private_training_text_by_text(cli, tmp_path):
    data = write_rows(tmp_path / "data.csv", random_rows(600, seed=3))
    ended = cli(
        "train", data, "--out", tmp_path / "model", "--method", "private", "--epsilon", 8, "--hold-out", 0.2, "--quiet"
    )
    assert ended.code == 0, ended.err
    kept = read_manifest(tmp_path / "model").data
    assert set(kept) == {"validation", "test", "holdout"}
    assert 60 < kept["holdout"].rows < 140
    assert kept["holdout"].path.startswith(str(tmp_path / "model.data"))
    run = run_audit(request(tmp_path / "model", tmp_path / "audit")).report.run
    assert (run.train_data, run.holdout_data) == (None, None)  # row numbers as ids: both would tell of single texts
    assert kept["holdout"].sha256 not in (tmp_path / "audit" / "audit.json").read_text(encoding="utf-8")
