"""Membership attacks that ask other models: trained by the model's own recipe, or given."""

import re
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import refused
from memorised import memorising_model, random_rows
from privacy_factory import LEDGER
from sentences import write_rows

from robust_emo.audit import run_audit
from robust_emo.audits.membership.reference_cost import OutOfTimeError, cost_sentence
from robust_emo.audits.membership.reference_signals import reference_signals
from robust_emo.audits.membership.references import Reference, recipe_of
from robust_emo.audits.membership.section import MembershipInference
from robust_emo.data_file import DataFile
from robust_emo.engine.cache import cache_directory
from robust_emo.errors import InputError, PreflightError
from robust_emo.models.manifest import MANIFEST_NAME, read_manifest
from robust_emo.preflight import AuditRequest
from robust_emo.progress import Silent
from robust_emo.section_choice import SectionArgument
from robust_emo.training import train as training
from robust_emo.types import Task


@pytest.fixture(scope="module")
def memorising(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memorising")
    return memorising_model(folder, members=random_rows(160, seed=1), others=random_rows(140, seed=2))


def measured(model, out, *arguments, **changes):
    settings = [SectionArgument.parse(f"membership.{argument}") for argument in ("disturbances=0", *arguments)]
    request = AuditRequest(
        str(model), out, sections=("membership",), section_arguments=tuple(settings), cache=False, **changes
    )
    (section,) = run_audit(request).report.sections
    return section


def attacks(section):
    return {attack.name: attack for attack in section.membership.attacks}


def test_models_of_the_same_recipe_are_trained_once_and_find_the_members(memorising, tmp_path, monkeypatch):
    monkeypatch.setenv("ROBUST_EMO_CACHE", str(tmp_path / "cache"))
    section = measured(memorising, tmp_path / "audit", "reference_models=2")
    assert section.error is None
    found = attacks(section)
    assert list(found)[-2:] == ["rmia", "lira"]
    assert found["rmia"].auc.ci_low > 0.7
    assert found["lira"].auc.ci_low > 0.5  # what one other model thinks of random words is mostly noise
    kept = sorted((cache_directory() / "references").iterdir())
    assert [path.suffix for path in kept] == [".npy", ".npy"]  # answers, no models and no texts
    written = [path.stat().st_mtime_ns for path in kept]
    again = measured(memorising, tmp_path / "again", "reference_models=2")
    assert again.membership == section.membership
    assert [path.stat().st_mtime_ns for path in kept] == written


def test_a_given_model_is_asked_and_must_have_the_same_labels(memorising, tiny_multi_model, tmp_path):
    other = memorising_model(tmp_path, members=random_rows(60, seed=5), others=random_rows(40, seed=6))
    section = measured(memorising, tmp_path / "audit", f"reference={other}")
    assert attacks(section)["reference"].auc.ci_low > 0.6
    refused = measured(memorising, tmp_path / "refused", f"reference={tiny_multi_model}")
    assert "not the model's" in refused.error
    assert refused.kind == "privacy"
    with pytest.raises(PreflightError, match="no such model directory"):
        measured(memorising, tmp_path / "absent", f"reference={tmp_path / 'nowhere'}")


def test_models_without_a_recipe_to_repeat_are_refused(memorising, tmp_path):
    with pytest.raises(InputError, match="privately trained"):
        recipe_of(SimpleNamespace(privacy=LEDGER, rounds=(), defence=()))
    bare = tmp_path / "model"
    shutil.copytree(memorising, bare)
    (bare / MANIFEST_NAME).unlink()
    files = {
        name: DataFile(str(write_rows(tmp_path / f"{name}.csv", random_rows(60, seed=seed))))
        for name, seed in (("data", 7), ("train_data", 8))
    }
    with pytest.raises(PreflightError, match="no manifest"):
        measured(bare, tmp_path / "audit", "reference_models=2", **files)


def test_an_odd_number_of_reference_models_is_refused():
    with pytest.raises(InputError, match="reference_models must be even, got 3"):
        MembershipInference(reference_models=3)


def test_only_models_that_never_saw_a_text_are_asked_of_it():
    gold = np.eye(2)[[0, 0, 0]]
    odds = np.array([2.0, 2.0, 2.0])
    unsure, sure = np.array([[0.0, 0.0]] * 3), np.array([[9.0, 0.0]] * 3)
    references = [
        Reference(unsure, np.array([True, True, False])),
        Reference(sure, np.array([False, True, True])),
    ]
    rmia, lira = reference_signals(odds, references, gold, Task.SINGLE_LABEL)
    assert rmia.values[0] > rmia.values[1] > rmia.values[2]
    assert lira.values[0] > lira.values[1] > lira.values[2]
    known = np.exp(-np.log1p(np.exp(-2.0)))
    assert rmia.values[0] == pytest.approx(np.log(known / ((1.3 * 0.5 + 0.7) / 2)))


def test_with_eight_models_each_text_has_a_spread_of_its_own():
    rng = np.random.default_rng(0)
    gold, odds = np.eye(2)[[0, 0]], np.array([3.0, 3.0])
    references = []
    for _ in range(16):
        noise = rng.normal(size=2) * [0.2, 3.0]
        references.append(Reference(np.column_stack([noise, np.zeros(2)]), np.array([True, True])))
    _, lira = reference_signals(odds, references, gold, Task.SINGLE_LABEL)
    assert lira.values[0] > 3 * lira.values[1] > 0


# --- what they cost ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A model whose training took two epochs."""
    folder = tmp_path_factory.mktemp("brief")
    return memorising_model(folder, members=random_rows(100, seed=3), others=random_rows(80, seed=4), epochs=2)


class Noting(Silent):
    """Keeps what is said, and when."""

    def __init__(self):
        self.said = []

    def begin(self, task, total):
        self.said.append(task)

    def noted(self, message):
        self.said.append(message)


def run(model, out, progress, *arguments):
    settings = [SectionArgument.parse(f"membership.{argument}") for argument in ("disturbances=0", *arguments)]
    request = AuditRequest(
        str(model), out, sections=("membership",), section_arguments=tuple(settings), cache=False, formats=()
    )
    return run_audit(request, progress).report.sections[0]


@pytest.fixture
def slow_clock(monkeypatch):
    """Minutes that pass with the steps of trainings: one a step."""
    from robust_emo.audits.membership import reference_cost

    class Clock:
        now = 0.0

        def monotonic(self):
            self.now += 60.0
            return self.now

    monkeypatch.setattr(reference_cost, "time", Clock())


def test_the_cost_is_said_before_anything_is_trained_and_what_is_known_costs_nothing(brief, tmp_path, monkeypatch):
    monkeypatch.setenv("ROBUST_EMO_CACHE", str(tmp_path / "cache"))
    progress = Noting()
    run(brief, tmp_path / "audit", progress, "reference_models=2")
    said = [line for line in progress.said if "reference models" in line]
    assert re.match(r"membership: 2 reference models to train: about \d+ (seconds|minutes) in all", said[0])
    assert said[1] == "membership: reference models"
    assert "after" not in said[0]
    again = Noting()
    run(brief, tmp_path / "again", again, "reference_models=2")
    assert [line for line in again.said if "reference models" in line] == ["membership: reference models"]
    more = Noting()
    run(brief, tmp_path / "more", more, "reference_models=4", "reference_minutes=0.001")
    (said,) = (line for line in more.said if "to train" in line)
    assert "2 reference models to train (2 of 4 are known from an earlier audit)" in said
    assert "after 0.001 minutes those that are finished will do" in said


def test_a_guess_of_the_cost_goes_by_texts(brief):
    manifest = read_manifest(brief)
    rows = manifest.data["train"].rows
    history = tuple(replace(epoch, seconds=100.0) for epoch in (*manifest.history, manifest.history[0]))
    told = replace(manifest, history=history)
    sentence = cost_sentence(told, missing=4, count=4, texts=rows // 2, minutes=None)
    assert "about 10 minutes in all" in sentence  # four times half of 300 seconds
    untold = replace(manifest, history=(replace(history[0], seconds=None),))
    assert "does not say how long" in cost_sentence(untold, missing=4, count=4, texts=rows // 2, minutes=None)


def test_nothing_is_measured_by_references_where_the_minutes_are_too_few(brief, tmp_path, monkeypatch, slow_clock):
    monkeypatch.setenv("ROBUST_EMO_CACHE", str(tmp_path / "cache"))
    section = run(brief, tmp_path / "audit", Silent(), "reference_models=2", "reference_minutes=5")
    assert section.error is None
    assert set(attacks(section)) == {"loss", "margin", "class-loss", "difficulty", "quantile"}
    note = next(note for note in section.notes if note.startswith("Not measured: rmia and lira"))
    assert "fewer than two of 2 reference models were finished within 5 minutes" in note
    assert section.args["reference_minutes"] == 5
    assert not (cache_directory() / "references").exists()


def test_an_even_number_of_finished_models_is_used_and_the_same_audit_goes_on_from_there(brief, tmp_path, monkeypatch):
    monkeypatch.setenv("ROBUST_EMO_CACHE", str(tmp_path / "cache"))
    trained, real = [], training.train

    def three_in_time(*arguments, **named):
        if len(trained) == 3:
            raise OutOfTimeError
        trained.append(arguments)
        return real(*arguments, **named)

    monkeypatch.setattr(training, "train", three_in_time)
    section = run(brief, tmp_path / "audit", Silent(), "reference_models=4", "reference_minutes=60")
    assert list(attacks(section))[-2:] == ["rmia", "lira"]
    assert any(note.startswith("Reference models: 2 of 4, those that were finished") for note in section.notes)
    assert len(list((cache_directory() / "references").iterdir())) == 3
    monkeypatch.setattr(training, "train", real)
    again = run(brief, tmp_path / "again", Silent(), "reference_models=4", "reference_minutes=60")
    assert not any(note.startswith("Reference models:") for note in again.notes)
    assert len(list((cache_directory() / "references").iterdir())) == 4


@pytest.mark.parametrize("minutes", [0, -1, True, "x", float("inf")])
def test_minutes_out_of_range_are_refused(minutes):
    with pytest.raises(InputError, match="reference_minutes must be a number above 0"):
        MembershipInference(reference_models=2, reference_minutes=minutes)


def test_minutes_without_models_say_nothing_and_are_refused(cli, brief, tmp_path):
    ended = cli("privacy", brief, "--reference-minutes", 5, "--out", tmp_path / "audit")
    refused(ended, "reference_minutes says nothing without reference_models")


def test_the_command_prints_the_cost(cli, brief, tmp_path, monkeypatch):
    monkeypatch.setenv("ROBUST_EMO_CACHE", str(tmp_path / "cache"))
    ended = cli(
        "privacy", brief, "--reference-models", 2, "--reference-minutes", 0.0001, "--section-arg",
        "membership.disturbances=0", "--out", tmp_path / "audit",
    )  # fmt: skip
    assert "membership: 2 reference models to train: about" in ended.err
    assert "Not measured: rmia and lira" in ended.out
