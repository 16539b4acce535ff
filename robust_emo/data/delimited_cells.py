"""Text cells of a CSV or TSV file with their places in it."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from robust_emo.data.columns import text_column
from robust_emo.data.delimited import Records, parse_records
from robust_emo.data.rows import Unit
from robust_emo.errors import InputError

_END = re.compile(r"\r\n|\r|\n")


class _Cell(NamedTuple):
    start: int
    end: int
    quoted: bool


class DelimitedCells:
    """See :class:`robust_emo.data.text_column.TextColumn`.

    Where a field stands is found by a reader of its own, and what stands there is compared with what the ordinary
    reader reads: a file that the two read differently is refused.
    """

    unit: Unit = "line"

    def __init__(self, text: str, named: str | None, *, tabs: bool, mark: str = "") -> None:
        """Raises InputError: no text column, a row of another width than the header, or a badly quoted field."""
        self._text, self._named, self._tabs, self._mark = text, named, tabs, mark
        records = parse_records(text, tabs=tabs)
        if records.problems:
            raise InputError(
                f"{records.problems[0]}; all rows must be readable, {len(records.problems)} are not: "
                "what stands in them would be passed over"
            )
        name = text_column(records.header, named)
        column = records.header.index(name)
        self.other_columns = tuple(other for other in records.header if other != name)
        self.lines = tuple(line for line, _ in records.records)
        self.texts = tuple(fields[column] for _, fields in records.records)
        self._cells = tuple(_cells(text, records, column, tabs=tabs))
        if tuple(_value(text, cell) for cell in self._cells) != self.texts:
            raise InputError("its quotes can be read in two ways; write it anew with every field quoted")

    def rewritten(self, texts: Sequence[str]) -> bytes:
        """See :class:`robust_emo.data.text_column.TextColumn`."""
        pieces: list[str] = [self._mark]
        done = 0
        for cell, old, new in zip(self._cells, self.texts, texts, strict=True):
            if new != old:
                pieces += (self._text[done : cell.start], _written(new, quoted=cell.quoted))
                done = cell.end
        whole = "".join((*pieces, self._text[done:]))
        again = DelimitedCells(whole.removeprefix(self._mark), self._named, tabs=self._tabs)
        if again.texts != tuple(texts):
            raise InputError("a changed text could not be written so that it is read back")
        return whole.encode()


def _written(text: str, *, quoted: bool) -> str:
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _value(text: str, cell: _Cell) -> str:
    raw = text[cell.start : cell.end]
    return raw[1:-1].replace('""', '"') if cell.quoted else raw


def _cells(text: str, records: Records, column: int, *, tabs: bool) -> Iterator[_Cell]:
    """The cell of the text column in every record but the header, in the dialect in which `records` were read."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = (
        "\t" if tabs or ("," not in header and "\t" in header) else "," if "," in header or ";" not in header else ";"
    )
    plain = tabs and not _spans_lines(text, records)
    for number, fields in enumerate(_plain(text) if plain else _quoted(text, delimiter)):
        if number:
            if column >= len(fields):
                raise InputError("its quotes can be read in two ways; write it anew with every field quoted")
            yield fields[column]


def _spans_lines(text: str, records: Records) -> bool:
    """Whether a TSV was read as quoted: then it has fewer records than lines that hold something."""
    held = sum(1 for line in re.split(_END, text) if line)
    return held != len(records.records) + 1


def _plain(text: str) -> Iterator[list[_Cell]]:
    """Lines of tab-separated fields; one that is wholly quoted is unquoted."""
    start = 0
    for line in (*_END.finditer(text), None):
        end = len(text) if line is None else line.start()
        if end > start:
            fields = []
            for field in text[start:end].split("\t"):
                quoted = re.fullmatch(r'"(?:[^"]|"")*"', field) is not None
                fields.append(_Cell(start, start + len(field), quoted))
                start += len(field) + 1
            yield fields
        start = end if line is None else line.end()


def _quoted(text: str, delimiter: str) -> Iterator[list[_Cell]]:
    """Records of RFC 4180; blank lines are none."""
    field = re.compile(rf'"(?:[^"]|"")*+"|[^{re.escape(delimiter)}\r\n]*+')
    place, fields = 0, list[_Cell]()
    while True:
        match = field.match(text, place)
        assert match is not None  # noqa: S101 - an empty field matches
        fields.append(_Cell(*match.span(), quoted=match.group().startswith('"')))
        place = match.end()
        if text.startswith(delimiter, place):
            place += 1
            continue
        if any(cell.end > cell.start for cell in fields) or len(fields) > 1:
            yield fields
        end = _END.match(text, place)
        if end is None:  # the end of the text, or something behind a closing quote, which the reader has refused
            return
        place, fields = end.end(), []
