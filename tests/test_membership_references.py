"""Membership attacks that ask other models: trained by the model's own recipe, or given."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from memorised import memorising_model, random_rows
from sentences import write_rows
from test_report_privacy import LEDGER

from robust_emo.audit import run_audit
from robust_emo.audits.membership.reference_signals import reference_signals
from robust_emo.audits.membership.references import Reference, recipe_of
from robust_emo.audits.membership.section import MembershipInference
from robust_emo.data_file import DataFile
from robust_emo.engine.cache import cache_directory
from robust_emo.errors import InputError, PreflightError
from robust_emo.models.manifest import MANIFEST_NAME
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
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
    assert found["rmia"].auc.value > 0.85
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
