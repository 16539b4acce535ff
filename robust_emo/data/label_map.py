"""Label maps: old label names to new ones, e.g. 28 fine emotions to six. An empty new name drops the label."""

import json
from collections.abc import Mapping
from pathlib import Path

from robust_emo.data.delimited import parse_records
from robust_emo.data.encoding import read_text
from robust_emo.data.quoting import listed, quoted
from robust_emo.errors import InputError


def read_label_map(path: str | Path) -> dict[str, str]:
    """Read a JSON object `{"old": "new"}`, or a CSV or TSV file with the columns `old` and `new`.

    Returns:
        New name by old name; "" (in JSON also null) drops the label.

    Raises:
        InputError: no such file, another form, an old name twice, or nothing in it.
    """
    path = Path(path)
    try:
        text = read_text(path)
        pairs = _from_json(text) if path.suffix.lower() == ".json" else _from_table(text, path)
        mapping: dict[str, str] = {}
        for old, new in pairs:
            if old in mapping:
                raise InputError(f"label {quoted(old)} is mapped twice")
            mapping[old] = new
        if not mapping:
            raise InputError("maps no label")
    except InputError as error:
        raise InputError(f"label map {path}: {error}") from error
    return mapping


def map_labels(names: tuple[str, ...], mapping: Mapping[str, str]) -> tuple[str, ...]:
    """New names of known labels, each once; fewer, possibly none, where the map drops some.

    Raises:
        KeyError: the map does not have one of the names.
    """
    return tuple(dict.fromkeys(mapping[name] for name in names if mapping[name]))


def _from_json(text: str) -> list[tuple[str, str]]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from error
    if not text.lstrip().startswith("{"):
        raise InputError('expected a JSON object {"old": "new"}')
    for old, new in pairs:
        if new is not None and not isinstance(new, str):
            raise InputError(f"label {quoted(old)} must map to a string, or to null to drop it")
    return [(old.strip(), (new or "").strip()) for old, new in pairs]


def _from_table(text: str, path: Path) -> list[tuple[str, str]]:
    records = parse_records(text, tabs=path.suffix.lower() == ".tsv")
    if sorted(name.lower() for name in records.header) != ["new", "old"]:
        raise InputError(f"expected the two columns old,new (or a .json object), got {listed(records.header)}")
    if records.problems:
        raise InputError(str(records.problems[0]))
    old = [name.lower() for name in records.header].index("old")
    return [(fields[old].strip(), fields[1 - old].strip()) for _, fields in records.records]
