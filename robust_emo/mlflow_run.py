"""A finished audit as a run of MLflow: settings, numbers with their intervals, verdict and files."""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from robust_emo.errors import PrerequisiteError, RobustEmoError
from robust_emo.gate import exit_code
from robust_emo.history.record import metrics_of, started_at, verdict_of
from robust_emo.mlflow_environment import mlflow_environment, tracking_uri
from robust_emo.types import AuditReport, PastMetric

_EXPERIMENT = "robust-emo"
_LONGEST_NAME = 200
_LONGEST_VALUE = 500
_BATCH = 100
"""Metrics sent at once, with ends and n of each; a server takes 1,000."""


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """Where an audit was logged."""

    run_id: str
    experiment: str


def check_mlflow() -> None:
    """Whether an audit can be logged, without importing what takes seconds.

    Raises:
        PrerequisiteError: MLflow is not installed.
    """
    if find_spec("mlflow") is None:
        raise PrerequisiteError("mlflow is not installed: pip install mlflow-skinny (or mlflow, with its databases)")


def log_audit(report: AuditReport, files: Sequence[Path], *, folder: Path) -> LoggedRun:
    """Log an audit to MLFLOW_TRACKING_URI, else to `mlruns` in `folder`; the network is used only where that names a
    server.

    Args:
        report: the audit.
        files: kept with the run.
        folder: of the audit.

    Raises:
        PrerequisiteError: MLflow is not installed.
        RobustEmoError: MLflow cannot log there; a run that was begun is marked as failed.
    """  # fmt: skip
    check_mlflow()
    uri = tracking_uri() or ""
    with mlflow_environment(folder):
        try:
            from mlflow.tracking import MlflowClient

            client = MlflowClient(tracking_uri=tracking_uri())
            return _logged(client, report, files)
        except RobustEmoError:
            raise
        except Exception as error:  # whatever a client of MLflow raises, the audit itself is judged and written
            raise RobustEmoError(f"MLflow cannot log the audit: {_reason(error, uri)}") from error


def _reason(error: Exception, uri: str) -> str:
    """MLflow's own message quotes the address, and with it what passwords and tokens stand there."""
    kind = type(error).__name__
    if not re.match("https?:", uri, re.IGNORECASE) and not set("@?#") & set(uri):
        said = str(error).strip().partition("\n")[0] or kind
        return f"{said} (for databases, pip install mlflow in place of mlflow-skinny)"
    return f"{kind} at {_plain_address(uri)}, where MLFLOW_TRACKING_URI points; is it right, and is somebody there?"


def _plain_address(uri: str) -> str:
    """Scheme and host: ``https://runs.example:5000``; no host where what stands before it may be part of a password."""
    scheme, _, rest = uri.partition(":")
    before, at, _ = rest.lstrip("/").rpartition("@")
    if at and set("/?#\\") & set(before):
        return f"an address of {scheme}"
    host = re.match(r"[\w.:\[\]-]*", rest.lstrip("/").rpartition("@")[2])
    return f"{scheme}://{host[0] if host else ''}"


def _logged(client: Any, report: AuditReport, files: Sequence[Path]) -> LoggedRun:  # noqa: ANN401 - imported late
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or _EXPERIMENT
    known = client.get_experiment_by_name(name)
    began = round(datetime.fromisoformat(started_at(report)).timestamp() * 1000)
    experiment = known.experiment_id if known else client.create_experiment(name)
    run_id = str(client.create_run(experiment, start_time=began, tags=_tags(report)).info.run_id)
    try:
        _log_numbers(client, run_id, report, began)
        for file in files:
            client.log_artifact(run_id, str(file))
    except BaseException:
        with suppress(Exception):  # the first error is the one that tells
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, end_time=began + round(report.run.cost.seconds * 1000))
    return LoggedRun(run_id, name)


def _log_numbers(client: Any, run_id: str, report: AuditReport, began: int) -> None:  # noqa: ANN401
    from mlflow.entities import Metric, Param

    client.log_batch(run_id, params=[Param(key, value) for key, value in _settings(report).items()])
    numbers = [Metric(key, value, began, 0) for key, value in _numbers(report).items()]
    for start in range(0, len(numbers), _BATCH):
        client.log_batch(run_id, metrics=numbers[start : start + _BATCH])


def _settings(report: AuditReport) -> dict[str, str]:
    run = report.run
    found = {
        "model": run.model,
        "model_sha256": run.model_sha256,
        "architecture": run.architecture,
        "data": run.data.path,
        "data_sha256": run.data.sha256,
        "profile": run.profile_text,
        "seed": run.seed,
        "policy": run.policy,
        "policy_sha256": run.policy_sha256,
        "examples": run.examples,
        "attacked_examples": run.attacked_examples,
        "device": run.device,
        "precision": run.precision,
        "max_length": run.max_length,
        "robust_emo": run.robust_emo,
    }
    return {key: str(value)[:_LONGEST_VALUE] for key, value in found.items() if value is not None}


def _tags(report: AuditReport) -> dict[str, str]:
    model = report.run.model.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return {
        "mlflow.runName": model[:_LONGEST_VALUE],
        "robust_emo.verdict": verdict_of(report).value,
        "robust_emo.exit_code": str(int(exit_code(report.verdicts, report.sections))),
        "robust_emo.not_measured": str(sum(each.metric.value is None for each in metrics_of(report))),
        "robust_emo.crashed_sections": str(sum(section.error is not None for section in report.sections)),
    }


def _numbers(report: AuditReport) -> dict[str, float]:
    """``clean/accuracy``, its ``.ci_low``, ``.ci_high`` and ``.n``; what was not measured is left out."""
    found: dict[str, float] = {}
    names: set[str] = set()
    for each in metrics_of(report):
        metric = each.metric
        if metric.value is None:
            continue
        name = _free(_name(each), names)
        names.add(name)
        ends = {"": metric.value, ".ci_low": metric.ci_low, ".ci_high": metric.ci_high, ".n": float(metric.n)}
        found |= {f"{name}{end}": value for end, value in ends.items() if value is not None}
    return found


def _name(each: PastMetric) -> str:
    """MLflow takes letters, digits and few signs, and reads it as a path: ``clean/recall.joy``."""
    label = "" if each.metric.label is None else f".{each.metric.label.replace('/', '_')}"
    parts = f"{each.section}/{each.metric.name}{label}".split("/")
    plain = (re.sub(r"[^\w.\- ]", "_", part).strip(" .") or "_" for part in parts)
    return "/".join(plain)[:_LONGEST_NAME]


def _free(name: str, taken: set[str]) -> str:
    """Two labels may differ only in what cannot be written."""
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}-{number}"
    return free
