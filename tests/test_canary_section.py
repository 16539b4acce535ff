"""The audit of canaries: what it finds in models that leak, and that a broken promise fails."""

import json
import shutil

import pytest
from command_line import refused
from sentences import emotion_rows, write_rows

from robust_emo.audit import run_audit
from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import guess, scores
from robust_emo.canaries.sealed import open_seal
from robust_emo.errors import ExitCode
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.statistics.one_run import one_run_epsilon
from robust_emo.statistics.one_run_f_dp import one_run_epsilon_f_dp, one_run_epsilon_gaussian
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.train import train
from robust_emo.types import Task, VerdictStatus

BOUNDS = ("epsilon_lower_bound", "epsilon_lower_bound_f_dp", "epsilon_lower_bound_gaussian")


@pytest.fixture(scope="module")
def overfit(tmp_path_factory):
    """A tiny model that learns its canaries by heart."""
    folder = tmp_path_factory.mktemp("overfit")
    data = write_rows(folder / "emotions.csv", emotion_rows(160, seed=3))
    settings = Hyperparameters(
        epochs=25, batch_size=16, learning_rate=3e-3, head_factor=1.0, precision="fp32", max_length=32, keep="last"
    )
    plan = CanaryPlan(count=120, kind="mislabelled", guesses=40)
    train(str(data), folder / "model", base="scratch:tiny", settings=settings, device="cpu", canaries=plan)
    return folder / "model"


@pytest.fixture(scope="module")
def private(tiny_model, tmp_path_factory):
    """A private head with hardly any noise."""
    from robust_emo.training.private.request import PrivateRequest
    from robust_emo.training.private.settings import PrivateSettings
    from robust_emo.training.private.train import train_private

    folder = tmp_path_factory.mktemp("private")
    data = write_rows(folder / "secrets.csv", emotion_rows(300, seed=11))
    plan = CanaryPlan(count=200, kind="features", guesses=60)
    settings = PrivateSettings(epsilon=30.0)
    train_private(
        PrivateRequest(data=str(data), out=folder / "m", settings=settings, base=str(tiny_model), canaries=plan)
    )
    return folder / "m"


def audited(model, out, *arguments, policy=None):
    settings = tuple(SectionArgument.parse(text) for text in arguments)
    chosen = {"policy": str(policy)} if policy else {}
    request = AuditRequest(
        str(model), out, sections=("canaries",), attacks=("unicode",), section_arguments=settings, cache=False, **chosen
    )
    return run_audit(request)


def measured(finished):
    (section,) = finished.report.sections
    assert section.error is None, section.error
    return section, {metric.name: metric for metric in section.metrics}


def copied(model, folder):
    """A model with its data folder, to change."""
    shutil.copytree(model, folder / model.name)
    beside = model.with_name(f"{model.name}.data")
    if beside.exists():
        shutil.copytree(beside, folder / beside.name)
    return folder / model.name


def changed(model, **fields):
    """Edit the ledger."""
    manifest = json.loads((model / "robust_emo.json").read_text())
    manifest["privacy"].update(fields)
    (model / "robust_emo.json").write_text(json.dumps(manifest))
    return model


def test_a_model_that_learnt_its_canaries_by_heart_is_found_out(overfit, tmp_path):
    section, metrics = measured(audited(overfit, tmp_path / "a"))
    assert (section.kind, section.plugin) == ("privacy", "canaries")
    assert section.args["delta"] == 1e-5
    assert metrics["epsilon_lower_bound"].value > 0.5  # the coins differ each time; 1.5 is usual
    assert metrics["canary_guess_accuracy"].value > 0.75
    assert metrics["exposure"].value > 2
    assert metrics["exposure"].ci_low > 1.45
    assert "epsilon" not in metrics
    assert section.flags == ()
    assert any("promises nothing" in note for note in section.notes)
    assert any("proves no privacy" in note for note in section.notes)


def test_numbers_are_those_of_the_sealed_rule(overfit, tmp_path):
    _, metrics = measured(audited(overfit, tmp_path / "a", "canaries.delta=0.001"))
    seal, victim = read_manifest(overfit).canaries, Victim(load_classifier(overfit))
    sealed = open_seal(seal, overfit / "data" / "canaries.json")
    logits = victim.logits([canary.text for canary in sealed.canaries])
    seen = guess(scores(logits, victim.labels, sealed.canaries, Task.SINGLE_LABEL), sealed.canaries, 40)
    bounds = (one_run_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian)
    for name, bound in zip(BOUNDS, bounds, strict=True):
        found = metrics[name]
        assert (found.value, found.ci_low, found.ci_high, found.n) == (bound(seen, delta=0.001), found.value, None, 40)
        assert (found.confidence, found.method) == (0.95, "one-run")


def test_a_private_head_is_measured_beside_its_promise(private, tmp_path):
    section, metrics = measured(finished := audited(private, tmp_path / "a"))
    ledger = read_manifest(private).privacy
    assert metrics["epsilon"].value == ledger.epsilon
    assert metrics["delta"].value == section.args["delta"] == ledger.delta
    assert 0.5 < metrics["epsilon_lower_bound"].value < ledger.epsilon
    (flag,) = section.flags
    assert (flag.name, flag.raised) == ("privacy_promise_broken", False)
    assert "no proof" in flag.detail
    assert not any("privacy" in verdict.check for verdict in finished.report.verdicts)
    assert any("assumes that the training is a Gaussian mechanism, as noisy steps" in note for note in section.notes)


def test_a_broken_promise_fails_whatever_the_policy(private, tmp_path, cli):
    model = changed(copied(private, tmp_path), epsilon=0.3)
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nsection = "privacy/canaries"\nmetric = "canary_guess_accuracy"\nmax = 1.0\n'
                      'decision = "point"\n')  # fmt: skip
    finished = audited(model, tmp_path / "a", policy=policy)
    assert finished.exit_code is ExitCode.GATE_FAILED
    asked, broken = finished.report.verdicts
    assert (asked.status, broken.status) == (VerdictStatus.PASS, VerdictStatus.FAIL)
    assert broken.check == "privacy/canaries/epsilon_lower_bound <= epsilon"
    assert "breaks its privacy promise" in broken.explanation
    assert "0.300 is promised" in broken.explanation
    assert finished.report.sections[0].flags[0].raised
    assert "breaks its privacy promise" in (tmp_path / "a" / "report.html").read_text()
    again = cli("gate", tmp_path / "a" / "audit.json", "--policy", policy)
    assert again.code == 1
    assert "breaks its privacy promise" in again.out


def test_the_gaussian_bound_counts_only_where_the_training_is_gaussian(private, tmp_path):
    _, metrics = measured(audited(private, tmp_path / "a"))
    between = (metrics["epsilon_lower_bound"].value + metrics["epsilon_lower_bound_gaussian"].value) / 2
    assert metrics["epsilon_lower_bound"].value < between
    for rate, raised in ((1.0, True), (0.1, False)):
        (tmp_path / str(rate)).mkdir()
        model = changed(copied(private, tmp_path / str(rate)), epsilon=between, sample_rate=rate)
        section, _ = measured(audited(model, tmp_path / f"a{rate}"))
        assert section.flags[0].raised is raised


def test_a_bound_below_a_maximum_never_passes(private, tmp_path):
    policy = tmp_path / "policy.toml"
    for most, status in ((1000.0, VerdictStatus.INCONCLUSIVE), (0.01, VerdictStatus.FAIL)):
        policy.write_text(f'[[require]]\nsection = "privacy"\nmetric = "epsilon_lower_bound"\nmax = {most}\n')
        (verdict,) = audited(private, tmp_path / "a", policy=policy).report.verdicts
        assert verdict.status is status
        assert "is at least" in verdict.explanation
        assert "one-sided" in verdict.explanation


def test_another_delta_is_compared_with_nothing(private, tmp_path):
    section, metrics = measured(audited(private, tmp_path / "a", "canaries.delta=1e-9"))
    assert section.flags == ()
    assert "epsilon" not in metrics
    assert any("nothing is compared" in note for note in section.notes)


def test_of_a_model_without_canaries_nothing_is_measured(tiny_model, tmp_path, cli):
    section, metrics = measured(audited(tiny_model, tmp_path / "a"))
    command = ("audit", tiny_model, "--sections", "canaries", "--attacks", "unicode", "--out", tmp_path / "b")
    ended = cli(*command, "--no-cache")
    assert "not measured: this model was trained without canaries" in ended.out
    assert ended.code == 3
    assert {metric.value for metric in metrics.values()} == {None}
    assert {metric.n for metric in metrics.values()} == {0}
    assert section.notes == ("not measured: this model was trained without canaries; train it with --canaries M",)


def test_without_its_file_nothing_is_measured_and_a_changed_one_is_refused(private, tmp_path, cli):
    model = copied(private, tmp_path)
    changed(model, epsilon=30.0)
    manifest = json.loads((model / "robust_emo.json").read_text())
    manifest["canaries"]["path"] = str(tmp_path / "gone" / "canaries.json")
    (model / "robust_emo.json").write_text(json.dumps(manifest))
    file = tmp_path / "m.data" / "canaries.json"
    kept = file.rename(tmp_path / "kept.json")
    section, metrics = measured(audited(model, tmp_path / "a"))
    assert metrics["epsilon_lower_bound"].value is None
    assert "is not here; name it with --section-arg canaries.file=FILE" in section.notes[0]
    _, metrics = measured(audited(model, tmp_path / "a", f"canaries.file={kept}"))
    assert metrics["epsilon_lower_bound"].value > 0
    file.write_text(kept.read_text().replace('"inserted": true', '"inserted": false', 1))
    command = ("audit", model, "--sections", "canaries", "--attacks", "unicode", "--out", tmp_path / "b", "-q")
    refused(cli(*command), "canaries changed since training")
    refused(cli(*command, "--section-arg", f"canaries.file={tmp_path / 'no.json'}"), "cannot be read")
    refused(cli(*command, "--section-arg", "canaries.delta=2"), "delta must be above 0 and below 1")
    assert not (tmp_path / "b").exists()


def test_a_file_of_another_model_is_refused(tiny_model, private, tmp_path, cli):
    file = private.with_name("m.data") / "canaries.json"
    command = ("audit", tiny_model, "--sections", "canaries", "--attacks", "unicode", "--out", tmp_path / "b", "-q")
    refused(cli(*command, "--section-arg", f"canaries.file={file}"), "has no canaries")


def test_a_model_behind_an_input_defence_keeps_its_canaries(overfit, tmp_path, cli):
    hard = tmp_path / "hard"
    assert cli("harden", overfit, "--out", hard, "--no-measure", "-q").code == 0
    _, metrics = measured(audited(hard, tmp_path / "a"))
    assert metrics["epsilon_lower_bound"].value > 0.4
