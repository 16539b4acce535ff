"""Experiment trackers through accelerate: TensorBoard, Weights & Biases, MLflow."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from accelerate import Accelerator

from robust_emo.errors import InputError, PrerequisiteError

TrackerName = Literal["tensorboard", "wandb", "mlflow"]
Device = Literal["auto", "cpu", "cuda", "mps"]

_PACKAGES: dict[str, tuple[str, str]] = {
    "tensorboard": ("tensorboard", "tensorboard"),
    "wandb": ("wandb", "wandb"),
    "mlflow": ("mlflow", "mlflow-skinny"),
}


def make_accelerator(
    *, device: Device = "auto", tracker: TrackerName | None = None, log_directory: Path | None = None
) -> Accelerator:
    """Device placement, processes (under torchrun) and, where asked for, a tracker.

    Raises:
        InputError: the device is not there.
        PrerequisiteError: the tracker's package is not installed.
    """
    if tracker is not None and find_spec(_PACKAGES[tracker][0]) is None:
        raise PrerequisiteError(f"{tracker} is not installed: pip install {_PACKAGES[tracker][1]}")
    if tracker == "mlflow":
        _keep_mlflow_local(log_directory)
    # Autocast is ours: the precision is known only after a measurement on the device that this object finds.
    accelerator = Accelerator(cpu=device == "cpu", mixed_precision="no", log_with=tracker, project_dir=log_directory)
    if device not in ("auto", accelerator.device.type):
        raise InputError(f"no {device} device here; found {accelerator.device.type}")
    return accelerator


def _keep_mlflow_local(folder: Path | None) -> None:
    """No telemetry; and what no MLFLOW_TRACKING_URI sends elsewhere goes to `folder`.

    MLflow's own default is a database, for which mlflow-skinny has no driver.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    if folder is not None and not os.environ.get("MLFLOW_TRACKING_URI"):
        os.environ["MLFLOW_TRACKING_URI"] = (folder / "mlruns").absolute().as_uri()
        os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"


def start_tracking(accelerator: Accelerator, name: str, settings: Mapping[str, Any]) -> None:
    """Open a run called `name`; nothing happens without a tracker. Settings that are not numbers become text."""
    plain = {
        key: value if isinstance(value, int | float | str | bool) else str(value) for key, value in settings.items()
    }
    accelerator.init_trackers(name, config=plain)
