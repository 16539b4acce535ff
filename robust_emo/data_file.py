"""One data source, how it is read, and what fingerprint it must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.models.manifest import DataSource
from robust_emo.types import Task


@dataclass(frozen=True, slots=True)
class DataOptions:
    """The command that was run and what it calls its data, for messages, and for the command line that repeats it."""

    command: str = "audit"
    audited: str = "--data"
    trained_on: str = "--train-data"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data source and how to read it; see :func:`robust_emo.data.dataset.read_dataset`."""

    path: str
    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    group_column: str | None = None
    label_map: Mapping[str, str] | None = None
    label_map_file: str | None = None
    """Where the label map was read from."""
    sha256: str | None = None
    """Fingerprint it must have, where one was recorded."""

    def reading(self) -> dict[str, str | None]:
        """The command-line options that say how to read it; None for what was not given."""
        return {
            "--text-column": self.text_column,
            "--label-column": self.label_column,
            "--id-column": self.id_column,
            "--group-column": self.group_column,
            "--label-map": self.label_map_file,
        }

    @classmethod
    def recorded(cls, source: DataSource, model: str) -> "DataFile":
        """As the manifest of `model` recorded it."""
        return cls(
            path=source.located(Path(model)),
            text_column=source.text_column,
            label_column=source.label_column,
            id_column=source.id_column,
            group_column=source.group_column,
            label_map=source.label_map or None,
            sha256=source.sha256,
        )


def read_data(source: DataFile, task: Task, labels: tuple[str, ...] | None) -> Dataset:
    """Read a data source; `labels` are the model's, or None to accept any.

    Raises:
        InputError: as :func:`robust_emo.data.dataset.read_dataset`.
    """
    return read_dataset(
        source.path,
        text_column=source.text_column,
        label_column=source.label_column,
        id_column=source.id_column,
        group_column=source.group_column,
        label_map=source.label_map,
        labels=labels,
        task=task,
        sha256=source.sha256,
    )
