"""Rows as they stand in a data file, before any of them is judged: the common form of all file formats."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from robust_emo.data.columns import Columns

Unit = Literal["line", "row"]
"""What the number of a row counts: lines of a text file, or rows of a file that has no lines; both from 1."""

Cell = str | tuple[str, ...] | None
"""One value: a string, a list of strings, or nothing."""

Choose = Callable[[Sequence[str]], Columns]
"""Picks the columns to read from the names of all columns; raises InputError when it cannot."""


class Row(NamedTuple):
    """The wanted cells of one row. Cells of columns that were not wanted are None."""

    line: int
    """Number of the row's first line (or of the row), from 1; a header counts as a line."""
    text: Cell
    label: Cell
    id: Cell
    group: Cell


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One row that could not be used, and why."""

    line: int
    reason: str
    unit: Unit = "line"

    def __str__(self) -> str:
        return f"{self.unit} {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Table:
    """All readable rows of one source, and those that its format already rules out."""

    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()
    unit: Unit = "line"


def cell_of(value: object) -> Cell:
    """A JSON or Arrow value as a cell: numbers as written in JSON, whole floats without `.0`, NaN as nothing.

    Raises:
        ValueError: the value is neither a scalar nor a flat list of scalars.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list | tuple):
        return tuple(cell for item in value if (cell := _scalar(item)) is not None)
    if isinstance(value, dict | bytes):
        raise ValueError(f"a value of type {type(value).__name__} is neither a text nor a list of labels")
    return str(value)  # integers, decimals, dates


def _scalar(value: object) -> str | None:
    cell = cell_of(value)
    if isinstance(cell, tuple):
        raise ValueError("a list holds another list")
    return cell
