"""Column-wise sources: Parquet files, directories of `datasets` and data sets of the Hugging Face hub.

Numeric labels whose names the source knows (ClassLabel) become these names. Heavy imports, so imported lazily.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from robust_emo.data.quoting import listed
from robust_emo.data.rows import Choose, Row, RowProblem, Table, cell_of
from robust_emo.errors import InputError


def read_parquet(path: Path, choose: Choose) -> Table:
    """Rows of a Parquet file; only the chosen columns are read.

    Raises:
        InputError: not a Parquet file, or the columns cannot be chosen.
    """
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            columns = choose(file.schema_arrow.names)
            wanted = (columns.text, columns.label, columns.id, columns.group)
            table = file.read(columns=[name for name in wanted if name is not None])
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"not a readable Parquet file: {_first_line(error)}") from error
    names = None
    if b"huggingface" in (table.schema.metadata or {}):
        from datasets import Features

        names = _class_names(Features.from_arrow_schema(table.schema)[columns.label])
    return _table([None if name is None else table.column(name).to_pylist() for name in wanted], names)


def read_saved(path: Path, choose: Choose) -> Table:
    """Rows of a directory that `Dataset.save_to_disk` wrote, or a `DatasetDict` of one split.

    Raises:
        InputError: not such a directory, several splits, or the columns cannot be chosen.
    """
    import datasets

    if not (path / "dataset_info.json").is_file() and not (path / "dataset_dict.json").is_file():
        raise InputError("is a directory, but not one that datasets' save_to_disk wrote; name a file in it")
    try:
        data = datasets.load_from_disk(str(path))
    except Exception as error:  # pyarrow, OSError, KeyError, ...: whatever a damaged directory provokes
        raise InputError(f"not a readable datasets directory: {_first_line(error)}") from error
    return _from_datasets(_only_split(data, f"{path}/"), choose)


def read_hub(source: str, choose: Choose) -> Table:
    """Rows of a hub data set `owner/name`, or of one of its splits `owner/name:split`. Uses the network.

    Raises:
        InputError: it cannot be loaded, has several splits, or the columns cannot be chosen.
    """
    import datasets

    name, _, split = source.partition(":")
    try:
        data = datasets.load_dataset(name, split=split or None)
    except Exception as error:  # the hub client raises many unrelated types
        raise InputError(f"no such local file, and the hub data set cannot be loaded: {_first_line(error)}") from error
    return _from_datasets(_only_split(data, f"{name}:"), choose)


def _only_split(data: Any, prefix: str) -> Any:  # noqa: ANN401 - datasets.Dataset or DatasetDict, lazily imported
    if not isinstance(data, dict):
        return data
    if len(data) != 1:
        raise InputError(f"holds the splits {listed(data)}; name one, e.g. {prefix}{next(iter(data), 'train')}")
    return next(iter(data.values()))


def _from_datasets(data: Any, choose: Choose) -> Table:  # noqa: ANN401 - datasets.Dataset, lazily imported
    columns = choose(data.column_names)
    wanted = (columns.text, columns.label, columns.id, columns.group)
    values = data.with_format(None).select_columns([name for name in wanted if name is not None])[:]
    return _table(
        [None if name is None else values[name] for name in wanted],
        _class_names(data.features[columns.label]),
    )


def _class_names(feature: Any) -> Sequence[str] | None:  # noqa: ANN401 - any feature type of any datasets release
    """Names of a ClassLabel, or of a list of them."""
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)
    return getattr(inner, "names", None)


def _table(columns: list[Sequence[Any] | None], names: Sequence[str] | None) -> Table:
    texts, labels, ids, groups = columns
    assert texts is not None  # noqa: S101 - Columns always has a text and a label
    assert labels is not None  # noqa: S101
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        try:
            rows.append(
                Row(
                    index + 1,
                    cell_of(text),
                    cell_of(label if names is None else _named(label, names)),
                    None if ids is None else cell_of(ids[index]),
                    None if groups is None else cell_of(groups[index]),
                )
            )
        except ValueError as error:
            problems.append(RowProblem(index + 1, str(error), "row"))
    return Table(tuple(rows), tuple(problems), "row")


def _named(label: Any, names: Sequence[str]) -> Any:  # noqa: ANN401 - an Arrow value: number, list of numbers or None
    """The class names of a label number or of a list of them; -1 means that there is no label."""
    if isinstance(label, list):
        return [_named(item, names) for item in label]
    if label is None or label == -1:
        return None
    if not 0 <= label < len(names):
        raise ValueError(f"label number {label}, but there are {len(names)} class names")
    return names[label]


def _first_line(error: Exception) -> str:
    return re.split(r"[\r\n]", str(error), maxsplit=1)[0] or type(error).__name__
