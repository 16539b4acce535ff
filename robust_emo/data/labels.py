"""Label cells: one name, or several as a list, a JSON array in a string, or separated by `;` or `|`."""

import ast
import json
import re
from collections.abc import Iterable
from functools import lru_cache

from robust_emo.data.rows import Cell, cell_of
from robust_emo.types import Task

_SEPARATOR = re.compile(r"[;|]")


def detect_task(cells: Iterable[Cell]) -> Task:
    """Multi-label when any cell is a list, reads as one, or contains `;` or `|`; otherwise single-label."""
    return Task.MULTI_LABEL if any(_is_several(cell) for cell in set(cells)) else Task.SINGLE_LABEL


@lru_cache(maxsize=4096)  # a column has few different cells
def label_names(cell: Cell, task: Task) -> tuple[str, ...]:
    """The names in one cell: stripped, each once, in the order written.

    With SINGLE_LABEL a separator or bracket is part of the name. With MULTI_LABEL an explicit empty list says that
    the text has no label; an empty string never does.

    Raises:
        ValueError: no label, or not exactly one in single-label data.
    """
    if isinstance(cell, str) and task is Task.MULTI_LABEL:
        listed = _listed(cell)
        names = _SEPARATOR.split(cell) if listed is None else list(listed)
        explicit = listed is not None
    else:
        names = [cell] if isinstance(cell, str) else list(cell or ())
        explicit = isinstance(cell, tuple)
    clean = tuple(dict.fromkeys(name for raw in names if (name := raw.strip())))
    if task is Task.SINGLE_LABEL and len(clean) > 1:
        raise ValueError(f"{len(clean)} labels in single-label data")
    if not clean and (task is Task.SINGLE_LABEL or not explicit or names):
        raise ValueError("no label")
    return clean


def label_cell(names: tuple[str, ...]) -> str:
    """The cell that `label_names` reads back with the same task: joined by `|`, or a JSON array where that fails."""
    if len(names) == 1 and not _is_several(names[0]):
        return names[0]
    if names and not any(_SEPARATOR.search(name) or name.startswith("[") for name in names):
        return "|".join(names)
    return json.dumps(names, ensure_ascii=False)


def _is_several(cell: Cell) -> bool:
    return isinstance(cell, tuple) or (
        cell is not None and (_SEPARATOR.search(cell) is not None or _listed(cell) is not None)
    )


def _listed(cell: str) -> tuple[str, ...] | None:
    """The names in `["joy", "fear"]`, or in Python's spelling of such a list; None for anything else."""
    text = cell.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
            names = cell_of(value) if isinstance(value, list) else None
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return names if isinstance(names, tuple) else None
    return None
