"""A labelled data set: read, checked row by row, with stable ids and a fingerprint."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from robust_emo.data.columns import NamedColumns
from robust_emo.data.fingerprint import reject_change, sha256_of, sha256_of_rows
from robust_emo.data.label_map import map_labels
from robust_emo.data.labels import detect_task, label_names
from robust_emo.data.quoting import listed, quoted
from robust_emo.data.rows import Cell, Row, RowProblem, Table, Unit
from robust_emo.data.table import SUFFIXES, is_hub_id, read_table
from robust_emo.errors import InputError
from robust_emo.types import DataInfo, Example, Task

_SHOWN = 3
"""Problems spelled out in one message."""


BY_PLACE = "row-"
"""What ids begin with that say where a row stands, in data without ids."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled texts of one source, in its order."""

    name: str
    """File name without suffix, or the hub id."""
    path: str
    """The source as given: a path or a hub id."""
    sha256: str
    """Of the file's bytes, of all files of a directory, or of a hub data set's rows."""
    task: Task
    labels: tuple[str, ...]
    """Label names that occur, sorted."""
    examples: tuple[Example, ...]
    problems: tuple[RowProblem, ...] = ()
    """Bad rows that were left out."""
    dropped: int = 0
    """Good rows left out because the label map drops all their labels."""

    def info(self) -> DataInfo:
        """The form that audit.json and the manifest keep."""
        counts = Counter(label for example in self.examples for label in example.labels)
        return DataInfo(
            path=self.path,
            sha256=self.sha256,
            rows=len(self.examples),
            skipped_rows=len(self.problems),
            label_counts={label: counts[label] for label in self.labels},
        )


def read_dataset(
    source: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
    group_column: str | None = None,
    label_map: Mapping[str, str] | None = None,
    labels: Sequence[str] | None = None,
    task: Task | None = None,
    strict: bool = False,
    min_classes: int = 1,
    sha256: str | None = None,
) -> Dataset:
    """Read labelled texts. Texts are kept exactly; white space around labels, ids and groups is not.

    Args:
        source: CSV, TSV, JSONL (each also .gz) or Parquet file, `datasets` directory, or hub id `owner/name[:split]`.
        text_column, label_column, group_column: names, upper and lower case alike; the first two are found by usual
            names, a group column is used only when named.
        id_column: likewise found or named; "" ignores it. Without one, ids are `row-<line>` (of row, in formats
            without lines).
        label_map: new label by old label; "" drops the label, and the row when no label is left.
        labels: the model's labels; any other one is an error.
        task: how labels are read; None decides by the data, see :func:`robust_emo.data.labels.detect_task`.
        strict: a bad row is an error, instead of being left out and listed in `problems`.
        min_classes: fewest different labels in single-label data; training needs 2.
        sha256: the recorded fingerprint; other content is an error.

    Raises:
        InputError: unreadable source, wrong columns, changed content, unknown labels, duplicate ids, more than half
            of the rows bad, no usable row, or too few classes.
    """
    hub = is_hub_id(source)
    named = NamedColumns(text_column, label_column, id_column, group_column)
    table = read_table(source, named.choose)
    now = sha256_of_rows(table.rows) if hub else sha256_of(source)
    if sha256 is not None:
        reject_change(source, now, sha256)
    try:
        task = task or detect_task(row.label for row in table.rows)
        good, problems = _labelled(table, task)
        _judge(problems, len(good), strict=strict)
        kept = good if label_map is None else _mapped(good, label_map, table.unit)
        if labels is not None:
            known = f"are none of the model's labels ({listed(labels)}); map them with --label-map FILE"
            _reject_foreign(kept, frozenset(labels), known, table.unit)
        _reject_duplicate_ids(kept, table.unit)
        occurring = tuple(sorted({name for _, names in kept for name in names}))
        _require_classes(occurring, len(kept), task, min_classes)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    examples = tuple(_example(row, names) for row, names in kept)
    return Dataset(
        _name(source, hub),
        str(source),
        now,
        task,
        occurring,
        examples,
        problems,
        dropped=len(good) - len(kept),
    )


_Labelled = Sequence[tuple[Row, tuple[str, ...]]]


def _labelled(table: Table, task: Task) -> tuple[_Labelled, tuple[RowProblem, ...]]:
    """Rows with their label names, and all bad rows in order."""
    good, problems = [], list(table.problems)
    for row in table.rows:
        try:
            _check_text(row.text)
            for part, cell in (("label", row.label), ("id", row.id), ("group", row.group)):
                _check_characters(part, cell)
            if isinstance(row.id, tuple) or isinstance(row.group, tuple):
                raise ValueError("the id or the group is a list")
            good.append((row, label_names(row.label, task)))
        except ValueError as error:
            problems.append(RowProblem(row.line, str(error), table.unit))
    return good, tuple(sorted(problems, key=lambda problem: problem.line))


def _check_text(text: Cell) -> None:
    if isinstance(text, tuple):
        raise ValueError("the text is a list")
    if text is None or not text.strip():
        raise ValueError("no text")
    _check_characters("text", text)


def _check_characters(part: str, cell: Cell) -> None:
    """NUL and lone surrogates are no text: files, tokenizers and reports would each change them in another way."""
    for value in (cell,) if isinstance(cell, str) else cell or ():
        if "\0" in value:
            raise ValueError(f"the {part} holds a NUL character")
        try:
            value.isascii() or value.encode()
        except UnicodeEncodeError as error:
            code = ord(value[error.start])
            raise ValueError(f"the {part} holds half a surrogate pair (U+{code:04X}), which is no character") from error


def _judge(problems: Sequence[RowProblem], good: int, *, strict: bool) -> None:
    total = good + len(problems)
    if total == 0:
        raise InputError("no rows")
    if problems and (strict or len(problems) > total / 2):
        raise InputError(f"{len(problems)} of {total} rows are bad; {_some(map(str, problems), '; ')}")


def _mapped(good: _Labelled, label_map: Mapping[str, str], unit: Unit) -> _Labelled:
    _reject_foreign(good, label_map.keys(), "are not in the label map; add them (an empty new name drops one)", unit)
    mapped = ((row, names, map_labels(names, label_map)) for row, names in good)
    return [(row, new) for row, old, new in mapped if new or not old]


def _reject_foreign(rows: _Labelled, known: Iterable[str], complaint: str, unit: Unit) -> None:
    counts = Counter(name for _, names in rows for name in names)
    foreign = counts.keys() - set(known)
    if foreign:
        first = {name: row.line for row, names in reversed(rows) for name in names if name in foreign}
        shown = (f"{quoted(name)} ({unit} {line}, {counts[name]} in all)" for name, line in reversed(first.items()))
        raise InputError(f"labels {_some(shown, ', ')} {complaint}")


def _reject_duplicate_ids(rows: _Labelled, unit: Unit) -> None:
    lines: dict[str, int] = {}
    twice = []
    for row, _ in rows:
        first = lines.setdefault(_id(row), row.line)
        if first != row.line:
            twice.append(f"{quoted(_id(row))} on {unit}s {first} and {row.line}")
    if twice:
        raise InputError(
            f"ids must be unique, but {_some(twice, ', ')}; name another column with --id-column, or none with ''"
        )


def _require_classes(labels: Sequence[str], rows: int, task: Task, min_classes: int) -> None:
    if rows == 0:
        raise InputError("no usable row: the label map drops them all")
    if task is Task.SINGLE_LABEL and len(labels) < min_classes:
        raise InputError(f"expected at least {min_classes} different labels, got {len(labels)} ({listed(labels)})")


def _id(row: Row) -> str:
    return (row.id.strip() if isinstance(row.id, str) else "") or f"{BY_PLACE}{row.line}"


def _example(row: Row, names: tuple[str, ...]) -> Example:
    assert isinstance(row.text, str)  # noqa: S101 - _labelled kept only such rows
    group = row.group.strip() if isinstance(row.group, str) else ""
    return Example(_id(row), row.text, names, group or None)


def _name(source: str | Path, hub: bool) -> str:
    name = str(source) if hub else Path(source).absolute().name
    suffix = next((suffix for suffix in reversed(SUFFIXES) if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(suffix)]


def _some(items: Iterable[str], separator: str) -> str:
    """The first few of them, and how many more there are."""
    texts = list(items)
    more = len(texts) - _SHOWN
    return separator.join(texts[:_SHOWN]) + (f"{separator}and {more} more" if more > 0 else "")
