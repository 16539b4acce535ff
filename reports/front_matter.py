"""The YAML in front of a model card, edited key by key: the author's lines, comments and quotes stay as they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from robust_emo.errors import InputError

_FRONT = re.compile(r"\A(\ufeff?)---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Card:
    """A README.md in its two parts."""

    mark: str
    """The byte order mark, where it has one."""
    front: str
    """YAML between the lines of dashes; empty where there is none."""
    body: str


def read_card(text: str) -> Card:
    """The parts of a README.md."""
    found = _FRONT.match(text)
    if found:
        return Card(found[1], found[2], text[found.end() :])
    body = text.removeprefix("\ufeff")
    return Card(text[: len(text) - len(body)], "", body)


def read_front(front: str) -> dict[str, Any]:
    """Keys and values.

    Raises:
        InputError: not YAML, or no mapping.
    """
    try:
        found = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"the front matter of README.md is not YAML ({reason}); mend it and try again") from error
    if found is not None and not isinstance(found, dict):
        raise InputError("the front matter of README.md is not a list of `key: value`; mend it and try again")
    return found or {}


def with_keys(front: str, changed: Mapping[str, Any]) -> str:
    """`front`, with plain line breaks, with the values of `changed`: in place where a key is there, else at the end.

    Raises:
        InputError: the YAML is not one key per line, so that nothing can be changed without touching the rest.
    """
    made = front
    try:
        for key, value in changed.items():
            made = _with_key(made, key, yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True))
        kept = _others(made, changed) == _others(front, changed)
    except (InputError, yaml.YAMLError, RecursionError):
        kept = False
    if not kept:
        raise InputError(
            f"the front matter of README.md ties {' and '.join(changed)} to other keys; write one `key: value` per "
            "line, without anchors, and try again"
        )
    return made


def _others(front: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in read_front(front).items() if key not in changed}


def _with_key(front: str, key: str, entry: str) -> str:
    root = yaml.compose(front, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    at = next((pair for pair in pairs if pair[0].value == key), None)
    if at is None:
        return f"{front}{entry}"
    start, end = at[0].start_mark.index, at[1].end_mark.index
    # The value of a block ends where the next key begins; comments and blank lines before it are the author's.
    old = re.sub(r"(?:^(?:#[^\n]*|[ \t]*)(?:\n|\Z))+\Z", "", front[start:end], flags=re.MULTILINE)
    rest = front[start + len(old) :]
    # What stands behind a value on its line, a comment, gets a line of its own.
    return front[:start] + entry + (rest if old.endswith("\n") else rest.lstrip(" \t").removeprefix("\n"))
