"""A finished audit in MLflow: every number with its interval, nothing that was not measured, no network."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
import report_factory as factory
from command_line import refused
from robust_emo_reports.json import dump_report

from robust_emo import mlflow_run
from robust_emo.audit import FinishedAudit
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.mlflow_environment import FOLDER
from robust_emo.mlflow_run import log_audit
from robust_emo.types import Metric

OUTCOMES = factory.make_outcomes(examples=30)
REPORT = factory.make_report(OUTCOMES)

installed = pytest.mark.skipif(
    find_spec("mlflow") is None, reason="MLflow is not installed: pip install 'robust-emo[mlflow]'"
)


@pytest.fixture
def audit(tmp_path, monkeypatch):
    """The directory of a finished audit; no variable of MLflow is set."""
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "audit.json").write_bytes(dump_report(REPORT))
    (tmp_path / "audit" / "outcomes.jsonl").write_bytes(dump_outcomes(OUTCOMES))
    return tmp_path / "audit"


def runs(folder, monkeypatch, experiment="robust-emo"):
    """All runs in the store of `folder`, with a client that reads their files."""
    from mlflow.tracking import MlflowClient

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = MlflowClient(tracking_uri=folder.as_uri())
    return client, client.search_runs([client.get_experiment_by_name(experiment).experiment_id])


def only_run(folder, monkeypatch):
    client, (run,) = runs(folder, monkeypatch)
    return client, run


@installed
def test_an_audit_is_logged_beside_itself_without_network(audit, cli, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was used"))
    ended = cli("report", audit, "--tracker", "mlflow")
    assert ended.code == 0
    assert not [name for name in os.environ if name.startswith("MLFLOW_")]
    client, run = only_run(audit / FOLDER, monkeypatch)
    assert ended.out.splitlines()[-1] == f"MLflow: run {run.info.run_id} of experiment robust-emo"
    assert run.info.status == "FINISHED"
    assert (run.data.params["profile"], run.data.params["seed"]) == (REPORT.run.profile_text, "0")
    assert run.data.params["model_sha256"] == REPORT.run.model_sha256
    assert run.data.params["policy"] == "release.toml"
    assert run.data.tags["robust_emo.verdict"] == "fail"
    assert run.data.tags["robust_emo.exit_code"] == "1"
    assert run.data.tags["mlflow.runName"] == "feedback-minilm"
    assert sorted(file.path for file in client.list_artifacts(run.info.run_id)) == ["audit.json", "report.html"]
    accuracy = next(metric for metric in REPORT.sections[0].metrics if metric.name == "accuracy")
    logged = run.data.metrics
    assert logged["clean/accuracy"] == pytest.approx(accuracy.value)
    assert logged["clean/accuracy.ci_low"] == pytest.approx(accuracy.ci_low)
    assert logged["clean/accuracy.ci_high"] == pytest.approx(accuracy.ci_high)
    assert logged["clean/accuracy.n"] == accuracy.n
    assert "evasion/ensemble/worst_case_accuracy_3_words" in logged
    assert "clean/recall.joy" in logged
    measured = [m for section in REPORT.sections for m in section.metrics if m.value is not None]
    assert len([name for name in logged if name.endswith(".n")]) == len(measured)


@installed
def test_what_was_not_measured_is_counted_and_left_out(audit, monkeypatch):
    odd = (
        Metric("accuracy", None, None, None, 0, 0.95, True),
        Metric("recall", 0.5, None, None, 4, 0.95, True, label="a/b"),
        Metric("recall", 0.25, 0.0, None, 4, 0.95, True, label="a:b"),
        Metric("recall", 0.75, None, None, 4, 0.95, True, label="../../etc\x00"),
        Metric("recall", 1.0, None, None, 4, 0.95, True, label="喜悦"),
    )
    clean = replace(REPORT.sections[0], metrics=odd)
    crashed = replace(REPORT.sections[1], plugin="../up", metrics=(), counts={}, error="MemoryError")
    report = replace(REPORT, sections=(clean, crashed), verdicts=())
    log_audit(report, [], folder=audit)
    _, run = only_run(audit / FOLDER, monkeypatch)
    values = {name: value for name, value in run.data.metrics.items() if not name.endswith((".n", ".ci_low"))}
    assert values == {
        "clean/recall.a_b": 0.5,
        "clean/recall.a_b-2": 0.25,
        "clean/recall..._.._etc_": 0.75,
        "clean/recall.喜悦": 1.0,
    }
    tags = run.data.tags
    assert (tags["robust_emo.not_measured"], tags["robust_emo.crashed_sections"]) == ("1", "1")
    assert (tags["robust_emo.verdict"], tags["robust_emo.exit_code"]) == ("inconclusive", "3")


@installed
def test_the_environment_says_where_to(audit, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "elsewhere").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "releases")
    assert log_audit(REPORT, [], folder=audit).experiment == "releases"
    log_audit(REPORT, [], folder=audit)
    assert len(runs(tmp_path / "elsewhere", monkeypatch, "releases")[1]) == 2
    assert not (audit / FOLDER).exists()


@installed
def test_a_run_that_cannot_be_finished_is_marked_as_failed(audit, monkeypatch):
    with pytest.raises(RobustEmoError, match="nowhere"):
        log_audit(REPORT, [audit / "nowhere"], folder=audit)
    assert only_run(audit / FOLDER, monkeypatch)[1].info.status == "FAILED"


@installed
def test_the_first_error_is_told_when_the_run_cannot_be_marked_either(audit, monkeypatch):
    def broken(self, *_, **__):
        raise ValueError("second")

    monkeypatch.setattr("mlflow.tracking.MlflowClient.set_terminated", broken)
    with pytest.raises(RobustEmoError, match="nowhere"):
        log_audit(REPORT, [audit / "nowhere"], folder=audit)


@installed
@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://me:SECRET@127.0.0.1:9", "at http://127.0.0.1:9, where"),
        ("http://me:pa/SECRET@127.0.0.1:9", "at an address of http, where"),
        ("http://SECRET/x@127.0.0.1:9", "at an address of http, where"),
        ("http://127.0.0.1:9/?token=SECRET", "at http://127.0.0.1:9, where"),
        ("https://127.0.0.1:9/?token=x@SECRET", "at an address of https, where"),
        ("HTTP://127.0.0.1:9/SECRET", "at HTTP://127.0.0.1:9, where"),
        ("mysterious://me:pa/SECRET@127.0.0.1:9/runs", "at an address of mysterious, where"),
    ],
)
def test_a_server_that_is_not_there_is_one_line_without_its_password(audit, monkeypatch, uri, told):
    """In a process of its own: what libraries log goes past the command to standard error."""
    variables = {"MLFLOW_TRACKING_URI": uri, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
    command = [sys.executable, "-m", "robust_emo.cli.main", "report", str(audit), "--tracker", "mlflow", "-q"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **variables})
    assert ended.returncode == ExitCode.USAGE
    assert told in ended.stderr
    assert "SECRET" not in ended.stdout + ended.stderr


@installed
@pytest.mark.parametrize("code", [ExitCode.PASS, ExitCode.GATE_FAILED])
def test_whatever_mlflow_raises_a_failed_check_stays_one(audit, cli, monkeypatch, code):
    def broken(*_, **__):
        raise ZeroDivisionError("in a plug-in of MLflow")

    monkeypatch.setattr("mlflow.tracking.MlflowClient.get_experiment_by_name", broken)
    finished = FinishedAudit(REPORT, (), (audit / "audit.json",), (), code)
    monkeypatch.setattr("robust_emo.cli.audit._run", lambda *_: finished)
    ended = cli("audit", "model", "--device", "cpu", "--tracker", "mlflow", "--out", audit, "-q")
    assert ended.code == (code or ExitCode.INCONCLUSIVE)
    assert "MLflow cannot log the audit: in a plug-in of MLflow" in ended.err
    assert ended.err.count("\n") == 1


@installed
def test_an_audit_that_could_not_be_logged_is_not_complete(audit, cli, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "mongodb://x")
    finished = FinishedAudit(REPORT, (), (audit / "audit.json",), (), ExitCode.PASS)
    monkeypatch.setattr("robust_emo.cli.audit._run", lambda *_: finished)
    ended = cli("audit", "model", "--device", "cpu", "--tracker", "mlflow", "--out", audit, "-q")
    assert ended.code == ExitCode.INCONCLUSIVE
    assert ended.err.count("\n") == 1
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    ended = cli("audit", "model", "--device", "cpu", "--tracker", "mlflow", "--out", audit, "-q")
    assert (ended.code, ended.err, ended.out) == (ExitCode.PASS, "", "")
    assert only_run(audit / FOLDER, monkeypatch)[1].info.status == "FINISHED"


@installed
def test_a_training_is_logged_without_a_database(audit, tmp_path, monkeypatch):
    from robust_emo.training.accelerator import make_accelerator, tracking

    accelerator = make_accelerator(device="cpu", tracker="mlflow", log_directory=tmp_path / "runs")
    with tracking(accelerator, "my_model", {"seed": 0}, folder=tmp_path / "runs"):
        accelerator.log({"loss": 0.5}, step=1)
    assert not [name for name in os.environ if name.startswith("MLFLOW_")]
    _, (run,) = runs(tmp_path / "runs" / "mlruns", monkeypatch, "my_model")
    assert (run.data.metrics, run.data.params) == ({"loss": 0.5}, {"seed": "0"})


@installed
def test_a_training_that_stops_early_is_logged_as_failed(tmp_path, monkeypatch):
    from robust_emo.training.accelerator import make_accelerator, tracking

    accelerator = make_accelerator(device="cpu", tracker="mlflow", log_directory=tmp_path / "runs")
    with (
        pytest.raises(KeyboardInterrupt),
        tracking(accelerator, "my_model", {"seed": 0}, folder=tmp_path / "runs"),
    ):
        raise KeyboardInterrupt
    assert not [name for name in os.environ if name.startswith("MLFLOW_")]
    _, (run,) = runs(tmp_path / "runs" / "mlruns", monkeypatch, "my_model")
    assert run.info.status == "FAILED"


def test_without_mlflow_nothing_is_begun(audit, cli, monkeypatch):
    monkeypatch.setattr(mlflow_run, "find_spec", lambda name: None)
    refused(cli("report", audit, "--tracker", "mlflow"), "mlflow is not installed: pip install mlflow-skinny")
    assert not (audit / "report.html").exists()
    refused(cli("audit", "no-such-model", "--tracker", "mlflow"), "mlflow is not installed")


def test_mlflow_is_imported_only_to_log():
    code = (
        "import sys, robust_emo.mlflow_run, robust_emo.cli.audit, robust_emo.cli.report; print('mlflow' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
