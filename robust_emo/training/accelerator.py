"""Experiment trackers through accelerate: TensorBoard, Weights & Biases, MLflow."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from accelerate import Accelerator
from accelerate.utils import LoggerType

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.mlflow_environment import mlflow_environment

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
    # Autocast is ours: the precision is known only after a measurement on the device that this object finds.
    accelerator = Accelerator(cpu=device == "cpu", mixed_precision="no", log_with=tracker, project_dir=log_directory)
    if device not in ("auto", accelerator.device.type):
        raise InputError(f"no {device} device here; found {accelerator.device.type}")
    return accelerator


@contextmanager
def tracking(accelerator: Accelerator, name: str, settings: Mapping[str, Any], *, folder: Path) -> Iterator[None]:
    """A run called `name`, which ends on leaving; nothing happens without a tracker.

    Args:
        accelerator: of :func:`make_accelerator`.
        name: of the run.
        settings: kept with it; those that are not numbers become text.
        folder: of the runs that MLflow keeps itself.
    """
    plain = {
        key: value if isinstance(value, int | float | str | bool) else str(value) for key, value in settings.items()
    }
    with mlflow_environment(folder) if LoggerType.MLFLOW in accelerator.log_with else nullcontext():
        accelerator.init_trackers(name, config=plain)
        try:
            yield
        except BaseException:
            with suppress(Exception):  # what stopped the training is what must be told
                _give_up(accelerator)
            raise
        accelerator.end_training()


def _give_up(accelerator: Accelerator) -> None:
    """End the run as one that failed, where the tracker can say so."""
    for each in accelerator.trackers:
        if each.name == "mlflow":
            import mlflow

            mlflow.end_run(status="FAILED")
        else:
            each.finish()
