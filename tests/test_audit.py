"""Whole audits of a real tiny model: what is written, what a kill costs, what bad input does."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sentences import emotion_rows, write_rows

from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.journal import FILENAME
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.data_file import DataFile
from robust_emo.errors import ExitCode, InputError, PreflightError
from robust_emo.preflight import AuditRequest, prepare
from robust_emo.run_record import profile_changes


def request(model, out, **changes):
    """Without explanations, which take a minute and have tests of their own."""
    defaults = {"attacks": ("deepwordbug", "unicode"), "attacked_examples": 24, "formats": ("html",), "cache": False}
    return AuditRequest(model=str(model), out=out, **{"sections": ("clean", "evasion"), **defaults, **changes})


def without_timings(folder):
    """audit.json as far as it must be equal between two runs of the same audit."""
    content = json.loads((folder / "audit.json").read_text())
    content["run"].pop("cost")
    content["run"].pop("command")  # names the output directory
    for section in content["sections"]:
        section.pop("seconds")
    return content


def metrics(report, kind, plugin):
    (section,) = [s for s in report.sections if (s.kind, s.plugin) == (kind, plugin)]
    return {(metric.name, metric.label): metric for metric in section.metrics}


@pytest.fixture(scope="module")
def finished(tiny_model, tmp_path_factory):
    return run_audit(request(tiny_model, tmp_path_factory.mktemp("audit")))


def test_everything_is_written_and_readable(finished):
    folder = finished.files[-1].parent
    assert [path.name for path in finished.files] == ["outcomes.jsonl", "answers.jsonl", "report.html", "audit.json"]
    assert read_audit(folder) == finished.report
    assert read_outcomes(folder / "outcomes.jsonl") == finished.outcomes
    assert not (folder / FILENAME).exists()


def test_numbers_agree_with_the_outcomes(finished):
    for plugin in ("deepwordbug", "unicode"):
        found = metrics(finished.report, "evasion", plugin)
        statuses = [outcome.status for outcome in finished.outcomes if outcome.plugin == plugin]
        succeeded, failed = statuses.count("succeeded"), statuses.count("failed")
        assert len(statuses) == 24
        assert succeeded > 0
        assert found["attack_success_rate", None].value == succeeded / (succeeded + failed)
        assert found["attack_success_rate", None].n == succeeded + failed
        assert found["accuracy_under_attack", None].value == failed / 24
        for metric in found.values():
            if metric.method == "wilson":
                assert metric.ci_low <= metric.value <= metric.ci_high
    worst = metrics(finished.report, "evasion", "ensemble")["worst_case_accuracy", None].value
    assert worst <= min(
        metrics(finished.report, "evasion", p)["accuracy_under_attack", None].value for p in ("deepwordbug", "unicode")
    )


def test_every_success_really_fools_the_model(finished, victim):
    successes = [outcome for outcome in finished.outcomes if outcome.status == "succeeded"]
    texts = [outcome.perturbed for outcome in successes]
    predictions = victim.predictions(victim.logits(texts))
    for outcome, prediction in zip(successes, predictions, strict=True):
        assert prediction.labels == outcome.predicted_after != outcome.label
        assert outcome.predicted == outcome.label
        assert outcome.perturbed != outcome.original


def test_provenance_names_data_and_duplicates(finished, tiny_model):
    run = finished.report.run
    assert run.train_data is not None
    assert run.train_duplicates is not None  # known, because the manifest names the data
    assert run.data.path == str(tiny_model / "data" / "test.csv")
    assert run.model_sha256 != run.data.sha256
    assert "--seed 0" in run.command


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sections": None}, ("attacks", "examples")),
        ({"attacks": None, "attacked_examples": None, "seed": 0, "sections": ("clean",)}, ("sections",)),
        ({"attacks": ("emo-standard-v1",), "attacked_examples": 200, "seed": 3, "sections": None}, ("seed",)),
    ],
)
def test_what_replaces_the_profile_is_recorded(tiny_model, tmp_path, changes, found):
    assert profile_changes(prepare(request(tiny_model, tmp_path / "out", **changes))) == found


def test_the_same_seed_gives_the_same_audit(finished, tiny_model, tmp_path):
    run_audit(request(tiny_model, tmp_path, pool=3))
    assert without_timings(tmp_path) == without_timings(finished.files[-1].parent)


def test_a_warm_cache_changes_costs_and_nothing_else(finished, tiny_model, tmp_path):
    cold = run_audit(request(tiny_model, tmp_path / "cold", cache=True))
    warm = run_audit(request(tiny_model, tmp_path / "warm", cache=True))
    gradients = warm.report.run.attacked_examples  # of the self-diagnosis, one each, which are not cached
    assert warm.report.run.cost.physical_queries == gradients < cold.report.run.cost.physical_queries
    assert without_timings(tmp_path / "warm") == without_timings(finished.files[-1].parent)


def test_multi_label_models_are_audited(tiny_multi_model, tmp_path):
    report = run_audit(request(tiny_multi_model, tmp_path)).report
    clean = metrics(report, "clean", "clean")
    assert 0 < clean["micro_f1", None].value <= 1
    assert 0 < clean["expected_calibration_error", None].value < 1
    assert report.sections[0].confusion is None


def test_a_killed_audit_resumes_to_the_same_result(tiny_model, tmp_path, finished):
    command = [
        *(sys.executable, "-m", "robust_emo.cli.main", "audit", str(tiny_model), "--out", str(tmp_path), "--pool", "1"),
        *("--sections", "clean,evasion", "--attacks", "deepwordbug,unicode", "--examples", "24"),
        *("--no-cache", "--quiet", "--threads", "1"),
    ]
    journal = tmp_path / FILENAME
    with subprocess.Popen(command, env=os.environ) as process:
        deadline = time.monotonic() + 120
        while not (journal.exists() and journal.read_bytes().count(b"\n") > 6):
            assert process.poll() is None, "the audit ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "audit.json").exists()
    done_before = journal.read_bytes().count(b"\n") - 1
    assert done_before < 48
    with journal.open("ab") as stream:
        stream.write(b'{"plugin": "deepw')  # a kill can tear the last line
    code = subprocess.run([*command, "--resume"], env=os.environ, check=False).returncode
    assert code == finished.exit_code
    assert without_timings(tmp_path) == without_timings(finished.files[-1].parent)
    assert json.loads((tmp_path / "audit.json").read_text())["run"]["cost"]["resumed"] is True


def test_resuming_another_audit_is_refused(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setattr("robust_emo.audit._write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_audit(request(tiny_model, tmp_path))
    monkeypatch.undo()
    with pytest.raises(InputError, match="cannot resume .*: attacked examples, seed changed"):
        run_audit(request(tiny_model, tmp_path, seed=5, resume=True))
    swapped = DataFile(
        str(tiny_model / "data" / "test.csv"),
        label_map={"joy": "sadness", "sadness": "joy", "anger": "anger", "fear": "fear"},
    )
    with pytest.raises(InputError, match="cannot resume .*: attacked examples changed"):
        run_audit(request(tiny_model, tmp_path, data=swapped, resume=True))
    with pytest.raises(PreflightError, match="unfinished audit: --resume continues it, --restart"):
        run_audit(request(tiny_model, tmp_path))
    assert run_audit(request(tiny_model, tmp_path, resume=True)).report.run.cost.resumed
    with pytest.raises(PreflightError, match="nothing to resume"):
        run_audit(request(tiny_model, tmp_path, resume=True))


def test_an_audit_that_may_stop_is_resumed_under_its_own_policy_only(tiny_model, tmp_path, monkeypatch):
    """Under another one it might have stopped sooner: outcomes would be kept that no section counts."""
    monkeypatch.setattr("robust_emo.audit._write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    for stopping in (True, False):
        with pytest.raises(KeyboardInterrupt):
            run_audit(request(tiny_model, tmp_path / str(stopping), stop_when_certain=stopping))
    monkeypatch.undo()
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nmetric = "worst_case_accuracy"\nsection = "evasion/ensemble"\nmin = 0.9\n')
    asked = request(tiny_model, tmp_path / "True", stop_when_certain=True, policy=str(policy), resume=True)
    with pytest.raises(InputError, match="cannot resume .*: policy of --stop-when-certain changed"):
        run_audit(asked)
    assert run_audit(replace(asked, policy="minimal")).report.run.cost.resumed
    assert run_audit(replace(asked, out=tmp_path / "False", stop_when_certain=False)).report.run.cost.resumed


def test_third_party_plugins_take_part(tiny_model, tmp_path, fake_plugin):
    finished = run_audit(
        request(tiny_model, tmp_path, attacks=("shout",), sections=("clean", "evasion", "lengths"), formats=("lines",))
    )
    assert metrics(finished.report, "lengths", "lengths")["mean_length", None].value > 10
    lines = (tmp_path / "lines.txt").read_text().splitlines()
    assert len(lines) == 24
    assert all(line.startswith("shout ") for line in lines)


def test_a_crashed_section_is_incomplete_and_never_a_pass(tiny_model, tmp_path, fake_plugin):
    policy = tmp_path / "lenient.toml"
    policy.write_text('[[require]]\nsection = "clean"\nmetric = "accuracy"\nmin = 0.5\n')
    finished = run_audit(request(tiny_model, tmp_path, sections=("clean", "crashing"), policy=str(policy)))
    crashed = finished.report.sections[-1]
    assert crashed.error == "ZeroDivisionError: the section divided by zero"
    assert crashed.metrics == ()
    assert finished.exit_code is ExitCode.INCONCLUSIVE


def test_errored_examples_are_in_no_rate(tiny_model, tmp_path, fake_plugin):
    finished = run_audit(request(tiny_model, tmp_path, attacks=("moody",), attacked_examples=60))
    found = metrics(finished.report, "evasion", "moody")
    errored = sum(outcome.status == "errored" for outcome in finished.outcomes)
    assert errored > 0
    assert found["accuracy_under_attack", None].n == 60 - errored
    assert found["attack_success_rate", None].value == 0
    assert found["mean_words_perturbed", None].value is None


def test_a_gate_that_fails_exits_with_1(tiny_model, tmp_path):
    policy = tmp_path / "strict.toml"
    policy.write_text('[[require]]\nsection = "evasion/ensemble"\nmetric = "worst_case_accuracy"\nmin = 0.99\n')
    assert run_audit(request(tiny_model, tmp_path / "out", policy=str(policy))).exit_code is ExitCode.GATE_FAILED


def test_all_problems_are_reported_at_once(tmp_path):
    with pytest.raises(PreflightError) as caught:
        run_audit(request(tmp_path / "no_model", tmp_path / "out", attacks=("deepwordbag",), profile="quik"))
    text = str(caught.value)
    assert "did you mean 'deepwordbug'?" in text
    assert "did you mean 'quick'?" in text
    assert "no such model directory" in text
    assert not (tmp_path / "out").exists()


def test_missing_parts_are_named_before_the_start(tiny_model, tmp_path, fake_plugin):
    with pytest.raises(PreflightError, match="pip install words") as caught:
        run_audit(request(tiny_model, tmp_path / "out", attacks=("unready", "broken")))
    assert "'broken' (robust_emo_fake.not_there:Broken) cannot be imported" in str(caught.value)


def test_changed_test_data_are_an_error(tiny_model, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(tiny_model, copy)
    with (copy / "data" / "test.csv").open("a") as stream:
        stream.write("one more,joy,extra,\n")
    with pytest.raises(PreflightError, match="changed since training"):
        run_audit(request(copy, tmp_path / "out"))


def test_labels_that_the_model_lacks_are_an_error(tiny_model, tmp_path):
    rows = [{"text": row["text"], "label": row["label"]} for row in emotion_rows(8)]
    rows[3]["label"] = "envy"
    data = write_rows(tmp_path / "data.csv", rows)
    with pytest.raises(PreflightError, match="'envy' .*none of the model's labels"):
        run_audit(request(tiny_model, tmp_path / "out", data=DataFile(str(data))))


def test_a_read_only_or_impossible_output_is_known_before_the_start(tiny_model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PreflightError, match="cannot write to"):
        run_audit(request(tiny_model, tmp_path / "file" / "out"))
    with pytest.raises(PreflightError, match="cannot write to"):
        run_audit(request(tiny_model, Path("/proc/robust-emo")))


def test_long_texts_are_cut_and_counted(tiny_model, tmp_path):
    rows = [{"text": row["text"], "label": row["label"]} for row in emotion_rows(8)]
    rows[0]["text"] = "I feel glad " * 9000  # over 100 kB
    data = write_rows(tmp_path / "data.csv", rows)
    report = run_audit(request(tiny_model, tmp_path / "out", data=DataFile(str(data)), attacks=("unicode",))).report
    assert report.run.truncated_texts == 1


def test_a_crashing_reporter_costs_its_own_file_only(tiny_model, tmp_path, fake_plugin):
    finished = run_audit(request(tiny_model, tmp_path, formats=("clumsy", "html")))
    assert finished.failed_reports == ("report 'clumsy' crashed: KeyError: 'ink'",)
    assert (tmp_path / "report.html").exists()
    assert (tmp_path / "audit.json").exists()
    assert finished.exit_code is not ExitCode.PASS


def test_an_old_result_does_not_outlive_the_start_of_a_new_audit(tiny_model, tmp_path, monkeypatch):
    run_audit(request(tiny_model, tmp_path, sections=("clean",), formats=("html", "junit", "badge")))
    for name in ("README.md", "notes.txt"):
        (tmp_path / name).write_text("mine")
    monkeypatch.setattr("robust_emo.audit._write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_audit(request(tiny_model, tmp_path, sections=("clean",)))
    for name in ("audit.json", "report.html", "audit.junit.xml", "audit.badge.json"):
        assert not (tmp_path / name).exists()
    for name in ("README.md", "notes.txt"):
        assert (tmp_path / name).read_text() == "mine"


def test_an_audit_with_errored_examples_is_incomplete(tiny_model, tmp_path, fake_plugin):
    policy = tmp_path / "lenient.toml"
    policy.write_text('[[require]]\nsection = "evasion/moody"\nmetric = "accuracy_under_attack"\nmin = 0.1\n')
    assert run_audit(request(tiny_model, tmp_path / "out", attacks=("moody",), policy=str(policy))).exit_code == 3


def test_one_attack_that_succeeds_decides_even_where_another_crashed(tiny_model, tmp_path, fake_plugin):
    finished = run_audit(request(tiny_model, tmp_path, attacks=("moody", "deepwordbug")))
    by_example = {}
    for outcome in finished.outcomes:
        by_example.setdefault(outcome.example_id, set()).add(outcome.status.value)
    broken = sum("succeeded" in statuses for statuses in by_example.values())
    unknown = sum("errored" in statuses and "succeeded" not in statuses for statuses in by_example.values())
    (ensemble,) = [section for section in finished.report.sections if section.plugin == "ensemble"]
    assert broken > 0
    assert ensemble.counts["succeeded"] == broken
    assert ensemble.counts["errored"] == unknown


def test_the_printed_command_repeats_the_audit(tiny_model, tmp_path):
    first = run_audit(request(tiny_model, tmp_path / "first"))
    command = shlex.split(first.report.run.command)
    command[command.index("--out") + 1] = str(tmp_path / "second")
    subprocess.run([sys.executable, "-m", "robust_emo.cli.main", *command[1:], "-q"], check=False)
    assert without_timings(tmp_path / "second") == without_timings(tmp_path / "first")


def test_budgets_of_the_profile_tighten_those_of_attacks(finished):
    for section in finished.report.sections:
        if section.kind == "evasion" and section.plugin != "ensemble":
            assert section.args["budget"]["max_queries"] == 1000


def test_a_moved_model_without_its_training_data_is_audited_with_a_warning(tiny_model, tmp_path):
    model = shutil.copytree(tiny_model, tmp_path / "model")
    (model / "data" / "train.csv").unlink()
    run = run_audit(request(model, tmp_path / "out")).report.run
    assert run.train_duplicates is None
    assert any("are gone" in warning for warning in run.warnings)
