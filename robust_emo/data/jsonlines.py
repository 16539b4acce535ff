"""JSON Lines: one JSON object a line."""

import json
from typing import Any

from robust_emo.data.rows import Choose, Row, RowProblem, Table, cell_of
from robust_emo.errors import InputError


def read_jsonlines(text: str, choose: Choose) -> Table:
    """Rows of a JSON Lines text; the columns are the keys of all objects. Blank lines are skipped.

    Raises:
        InputError: no line holds an object, or the columns cannot be chosen.
    """
    problems: list[RowProblem] = []
    objects: list[tuple[int, dict[str, Any]]] = []
    for line, content in enumerate(text.split("\n"), 1):  # not splitlines(): U+2028 may stand inside a JSON string
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except (ValueError, RecursionError) as error:
            problems.append(RowProblem(line, f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            objects.append((line, value))
        else:
            problems.append(RowProblem(line, f"expected a JSON object, got {type(value).__name__}"))
    if not objects:
        raise InputError(f"no line holds a JSON object; {problems[0]}" if problems else "the file is empty")
    columns = choose(list(dict.fromkeys(key for _, value in objects for key in value)))
    rows: list[Row] = []
    for line, value in objects:
        try:
            rows.append(
                Row(
                    line,
                    cell_of(value.get(columns.text)),
                    cell_of(value.get(columns.label)),
                    None if columns.id is None else cell_of(value.get(columns.id)),
                    None if columns.group is None else cell_of(value.get(columns.group)),
                )
            )
        except ValueError as error:
            problems.append(RowProblem(line, str(error)))
    return Table(tuple(rows), tuple(sorted(problems, key=lambda problem: problem.line)))
