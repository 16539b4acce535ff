"""The data that hardening learns from and measures on, and what the new manifest says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from robust_emo.data.dataset import Dataset
from robust_emo.data.duplicates import count_shared
from robust_emo.data.table import is_hub_id
from robust_emo.data_file import DataFile, read_data
from robust_emo.hardening.recipe import Recipe
from robust_emo.hardening.request import HardenRequest
from robust_emo.models.checks import check_model_directory
from robust_emo.models.manifest import DataSource, Manifest


@dataclass(frozen=True, slots=True)
class Sources:
    """Data sets, read."""

    train: Dataset | None
    """What normalisers and rounds learn from; None where they must not or cannot."""
    measured: Mapping[str, Dataset]
    """By the names that the manifest gives their metrics: ``validation``, ``test``."""
    recorded: Mapping[str, DataSource]
    """What the new manifest says of data."""
    notes: tuple[str, ...]
    """What a reader must know where there is nothing to learn from, or where what is measured on is trained on."""


def read_sources(request: HardenRequest, recipe: Recipe, parent: Manifest | None) -> Sources:
    """Read what the request names, else what the parent's manifest names.

    Raises:
        InputError: a file cannot be read, or changed since the manifest was written.
    """
    train, notes = _training_data(request, parent)
    measured = _measured(request, parent)
    recorded = dict(parent.data) if parent else {}
    if request.data is not None:
        recorded["test"] = _source(request.data, measured["test"])
    # What the weights come from is not forgotten for what a defence learnt its words from.
    if request.train_data is not None and train is not None and (recipe.training or "train" not in recorded):
        recorded["train"] = _source(request.train_data, train)
    if recipe.training and train is not None:
        notes += _shared(train, measured)
    return Sources(train, measured, recorded, notes)


def named_paths(request: HardenRequest, parent: Manifest | None) -> tuple[str, ...]:
    """All that will be read, whether it exists or not."""
    recorded = [source.located(Path(request.model)) for source in parent.data.values()] if parent else []
    given = [source.path for source in (request.data, request.train_data) if source is not None]
    given += [str(audit) for audit in request.outcomes]
    inside = Path(request.model).resolve()
    return (request.model, *given, *(path for path in recorded if not Path(path).resolve().is_relative_to(inside)))


def _training_data(request: HardenRequest, parent: Manifest | None) -> tuple[Dataset | None, tuple[str, ...]]:
    recorded = parent.data.get("train") if parent else None
    source = request.train_data or (DataFile.recorded(recorded, request.model) if recorded else None)
    if parent is not None and parent.privacy is not None:
        return None, ("the model was trained privately: its defence does not look at the training texts",)
    if source is None:
        return None, ("training data unknown: the defence knows English, not the model's own words (--train-data)",)
    if not request.train_data and not _is_there(source):
        return None, (f"training data {source.path} are gone: the defence knows English, not the model's own words",)
    return read_data(source, check_model_directory(request.model).task, None), ()


def _shared(train: Dataset, measured: Mapping[str, Dataset]) -> tuple[str, ...]:
    """The training data may be any file of the user's, one that was split among others."""
    counts = {name: count_shared(data.examples, train.examples) for name, data in measured.items()}
    return tuple(
        f"{count} of {len(measured[name].examples)} {name} texts also stand in the training data: trained on, they "
        "make the model look better than it is"
        for name, count in counts.items()
        if count
    )


def _measured(request: HardenRequest, parent: Manifest | None) -> dict[str, Dataset]:
    sources = {
        name: DataFile.recorded(parent.data[name], request.model)
        for name in ("validation", "test")
        if parent is not None and name in parent.data
    }
    sources = {name: source for name, source in sources.items() if _is_there(source)}
    if request.data is not None:
        sources["test"] = request.data
    config = check_model_directory(request.model)
    return {name: read_data(source, config.task, config.labels) for name, source in sources.items()}


def _is_there(source: DataFile) -> bool:
    """Whoever shares a model may keep its data."""
    return is_hub_id(source.path) or Path(source.path).exists()


def _source(file: DataFile, read: Dataset) -> DataSource:
    return DataSource(
        path=file.path if is_hub_id(file.path) else str(Path(file.path).absolute()),
        sha256=read.sha256,
        rows=len(read.examples),
        text_column=file.text_column,
        label_column=file.label_column,
        id_column=file.id_column,
        group_column=file.group_column,
        label_map=file.label_map or {},
    )
