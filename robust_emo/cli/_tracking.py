"""Logging a finished audit to a tracker."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.types import AuditReport

tracker_option = click.option(
    "--tracker",
    type=click.Choice(["mlflow"]),
    help="Also log the audit there: to MLFLOW_TRACKING_URI, else to mlruns beside audit.json.",
)


def check_tracker(tracker: str | None) -> None:
    """Before anything is done, whether it is installed."""
    if tracker is not None:
        from robust_emo.mlflow_run import check_mlflow

        check_mlflow()


def log_to_tracker(report: "AuditReport", files: Sequence[Path], *, folder: Path, quiet: bool) -> None:
    """Log and say where; raises as :func:`robust_emo.mlflow_run.log_audit`."""
    from robust_emo.mlflow_run import log_audit

    run = log_audit(report, files, folder=folder)
    if not quiet:
        say(printable(f"MLflow: run {run.run_id} of experiment {run.experiment}"))
