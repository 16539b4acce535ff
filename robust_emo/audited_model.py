"""Whether an audit is one of the model at hand."""

from pathlib import Path

from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_directory
from robust_emo.models.fingerprint import model_sha256
from robust_emo.types import AuditReport

_SHOWN = 12
"""Digits of a SHA-256 that tell models apart for people."""


def check_audited(report: AuditReport, directory: str | Path) -> None:
    """Compare the fingerprint of a model directory with the one of the audited model.

    Raises:
        InputError: no model directory, or the audit was made of another model.
    """
    check_model_directory(directory)
    found, audited = model_sha256(directory), report.run.model_sha256
    if found != audited:
        raise InputError(
            f"the audit is not of {directory}: it was made of model {audited[:_SHOWN]}, and this is "
            f"{found[:_SHOWN]}; audit this model: robust-emo audit {directory}"
        )
