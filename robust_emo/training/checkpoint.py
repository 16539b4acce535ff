"""Checkpoints of an unfinished training: safetensors and JSON, written whole or not at all."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from robust_emo.errors import InputError
from robust_emo.models.manifest import EpochRecord
from robust_emo.training.precision import PrecisionChoice

Tensors = dict[str, Tensor]

_TENSORS = ("model", "optimiser", "best")
_PREFIX = "checkpoint-"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is."""

    epoch: int = 0
    """Epochs completed."""
    step: int = 0
    """Steps done of the epoch under way."""
    loss_sum: float = 0.0
    """Of those steps."""
    seconds: float = 0.0
    """Spent in those steps."""
    history: tuple[EpochRecord, ...] = ()

    @property
    def best(self) -> EpochRecord | None:
        """The epoch with the highest validation macro-F1, the earliest of equals; None before the first."""
        return max(self.history, key=lambda record: record.macro_f1, default=None)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that the next step depends on."""

    progress: Progress
    precision: PrecisionChoice
    model: Tensors
    optimiser: Tensors
    best: Tensors
    """Weights of the epoch to keep, of those so far; empty before the end of the first."""


class CheckpointStore:
    """A folder with the last complete checkpoint; the one before is deleted only after the new one is complete.

    Args:
        folder: made when the first checkpoint is written.
        configuration: all that shapes the result; a checkpoint of another configuration is refused.
        files: by name, what else a resumed training must find again.
    """

    def __init__(
        self, folder: Path, configuration: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> None:
        self.folder = folder
        self._configuration = json.loads(json.dumps(configuration))
        self._files = files or {}

    def save(self, checkpoint: Checkpoint) -> None:
        """Write the checkpoint under a temporary name, flush it to disk, then rename it.

        Raises:
            InputError: weights could not be written, e.g. because the disk is full; the one before is still there.
            OSError: likewise for the folder or the state.
        """
        previous = self._complete()
        number = 1 + max((int(path.name.removeprefix(_PREFIX)) for path in previous), default=0)
        temporary = self.folder / "writing"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            self._write(checkpoint, temporary)
            temporary.rename(self.folder / f"{_PREFIX}{number:06d}")
        except SafetensorError as error:
            raise InputError(f"cannot write the checkpoint {self.folder}: {error}") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            with suppress(OSError):  # goes only when nothing was ever completed in it
                self.folder.rmdir()
        for path in previous:
            shutil.rmtree(path)

    def load(self) -> Checkpoint | None:
        """The last complete checkpoint; None where there is none.

        Raises:
            InputError: it is damaged, or was made with another configuration; the differences are named.
        """
        complete = self._complete()
        if not complete:
            return None
        path = complete[-1]
        try:
            state = json.loads((path / "state.json").read_text(encoding="utf-8"))
            check_configuration(self.folder, state["configuration"], self._configuration)
            history = tuple(EpochRecord(**record) for record in state["progress"].pop("history"))
            return Checkpoint(
                progress=Progress(**state["progress"], history=history),
                precision=PrecisionChoice(**state["precision"]),
                **{name: load_file(path / f"{name}.safetensors") for name in _TENSORS},
            )
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise InputError(f"the checkpoint {path} is damaged ({error}); start again without --resume") from error

    def file(self, name: str) -> Path | None:
        """A file of that name in the last complete checkpoint; None where there is none."""
        complete = self._complete()
        return complete[-1] / name if complete and (complete[-1] / name).is_file() else None

    def exists(self) -> bool:
        """Whether there is a complete checkpoint."""
        return bool(self._complete())

    def clear(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, checkpoint: Checkpoint, directory: Path) -> None:
        for name in _TENSORS:
            _write_tensors(directory / f"{name}.safetensors", getattr(checkpoint, name))
        for name, content in self._files.items():
            (directory / name).write_bytes(content)
        state = {
            "progress": asdict(checkpoint.progress),
            "precision": asdict(checkpoint.precision),
            "configuration": self._configuration,
        }
        with (directory / "state.json").open("w", encoding="utf-8") as file:
            json.dump(state, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def _complete(self) -> list[Path]:
        return sorted(path for path in self.folder.glob(f"{_PREFIX}*") if path.is_dir())


class Saves:
    """When to write a checkpoint, and where.

    Args:
        store: None writes none.
        seconds: least time between two that nobody asked for.
    """

    def __init__(self, store: CheckpointStore | None, seconds: float) -> None:
        self._store, self._seconds = store, seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether it is time."""
        return self._store is not None and time.monotonic() - self._last >= self._seconds

    def save(self, make: Callable[[], Checkpoint]) -> None:
        """Write what `make` returns; it is not called where there is no store."""
        if self._store is not None:
            self._store.save(make())
        self._last = time.monotonic()


def check_configuration(folder: Path, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to continue what was begun otherwise.

    Raises:
        InputError: the two configurations differ; the differences are named.
    """
    different = [
        f"{key} was {then.get(key)!r}, now {now.get(key)!r}"
        for key in sorted({*now, *then})
        if now.get(key) != then.get(key)
    ]
    if different:
        raise InputError(
            f"cannot resume {folder}: {'; '.join(different)}. "
            "Use the same settings and data, or start again without --resume"
        )


def copied(tensors: Mapping[str, Tensor]) -> Tensors:
    """The tensors on the CPU, sharing no memory with the model."""
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}


def _write_tensors(path: Path, tensors: Tensors) -> None:
    save_file(tensors, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
