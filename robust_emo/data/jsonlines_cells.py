"""Text values of a JSON Lines file with their places in it."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from robust_emo.data.columns import text_column
from robust_emo.data.rows import Unit, cell_of
from robust_emo.errors import InputError

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class _Member(NamedTuple):
    key: str
    value: Any
    start: int
    """Where the value begins in the file."""
    end: int


class JsonLinesCells:
    """See :class:`robust_emo.data.text_column.TextColumn`."""

    unit: Unit = "line"

    def __init__(self, text: str, named: str | None, *, mark: str = "") -> None:
        """Raises InputError: a line that holds no object, no text column, or a text that is a list or an object."""
        self._text, self._named, self._mark = text, named, mark
        objects = list(_objects(text))
        names = list(dict.fromkeys(member.key for _, members in objects for member in members))
        name = text_column(names, named)
        self.other_columns = tuple(other for other in names if other != name)
        self.lines = tuple(line for line, _ in objects)
        self._members = tuple(_only(name, line, members) for line, members in objects)
        self.texts = tuple(
            _read(member, line) if member else "" for member, line in zip(self._members, self.lines, strict=True)
        )

    def rewritten(self, texts: Sequence[str]) -> bytes:
        """See :class:`robust_emo.data.text_column.TextColumn`."""
        pieces: list[str] = [self._mark]
        done = 0
        for member, old, new in zip(self._members, self.texts, texts, strict=True):
            if new != old and member is not None:
                escaped = "\\u" in self._text[member.start : member.end]
                pieces += (self._text[done : member.start], json.dumps(new, ensure_ascii=escaped))
                done = member.end
        whole = "".join((*pieces, self._text[done:]))
        if JsonLinesCells(whole.removeprefix(self._mark), self._named).texts != tuple(texts):
            raise InputError("a changed text could not be written so that it is read back")
        return whole.encode(errors="surrogatepass")


def _objects(text: str) -> Iterator[tuple[int, list[_Member]]]:
    """Line number and members of every object; blank lines are none."""
    start = 0
    for line, content in enumerate(text.split("\n"), 1):  # not splitlines(): U+2028 may stand inside a JSON string
        if content.strip():
            try:
                if not isinstance(json.loads(content), dict):
                    raise InputError(f"line {line}: expected a JSON object; all rows must be readable")
            except (ValueError, RecursionError) as error:
                raise InputError(f"line {line}: not JSON: {error}; all rows must be readable") from error
            yield line, list(_members(text, start + len(content) - len(content.lstrip())))
        start += len(content) + 1


def _members(text: str, place: int) -> Iterator[_Member]:
    """Members of the object that begins at `place`, which is known to be valid."""
    place = _skip(text, place + 1)
    while text[place] != "}":
        key, place = _DECODER.raw_decode(text, place)
        start = _skip(text, _skip(text, place) + 1)
        value, end = _DECODER.raw_decode(text, start)
        yield _Member(key, value, start, end)
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    assert match is not None  # noqa: S101 - no space matches too
    return match.end()


def _only(name: str, line: int, members: Sequence[_Member]) -> _Member | None:
    found = [member for member in members if member.key == name]
    if len(found) > 1:
        raise InputError(f"line {line}: the key {name!r} stands {len(found)} times; only one can be kept")
    return found[0] if found else None


def _read(member: _Member, line: int) -> str:
    try:
        cell = cell_of(member.value)
    except ValueError as error:
        raise InputError(f"line {line}: {error}") from error
    if isinstance(cell, tuple):
        raise InputError(f"line {line}: the text is a list")
    return cell or ""
