"""CSV (RFC 4180) and TSV, with real line numbers also where quoted fields hold line breaks."""

import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from robust_emo.data.rows import Choose, Row, RowProblem, Table
from robust_emo.errors import InputError

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True, slots=True)
class Records:
    """Header and records of a delimited text; `records` are (first line, fields), all as wide as the header."""

    header: tuple[str, ...]
    records: tuple[tuple[int, list[str]], ...]
    problems: tuple[RowProblem, ...]


def read_delimited(text: str, choose: Choose, *, tabs: bool) -> Table:
    """Rows of a CSV text, or of a TSV text where `tabs`.

    Raises:
        InputError: there is no header, the columns cannot be chosen, or a quoted field never ends.
    """
    parsed = parse_records(text, tabs=tabs)
    t, l, i, g = choose(parsed.header).positions(parsed.header)  # noqa: E741 - initials of the four columns
    rows = tuple(
        Row(line, cells[t], cells[l], None if i is None else cells[i], None if g is None else cells[g])
        for line, cells in parsed.records
    )
    return Table(rows, parsed.problems)


def parse_records(text: str, *, tabs: bool) -> Records:
    """Split a delimited text. Blank lines are skipped; records of another width than the header are problems.

    A CSV header without any comma but with semicolons or tabs says that these separate the fields, as spreadsheets
    of many countries write them. TSV is read line by line, without line breaks in fields; only when lines do not fit
    the header and quoting explains more of them is it read as quoted.

    Raises:
        InputError: the text is empty or a quoted field never ends.
    """
    header_line = text.lstrip("\r\n").split("\n", 1)[0]
    if not header_line.strip():
        raise InputError("the file is empty; expected a header line with column names")
    if not tabs:
        comma = "," in header_line or ("\t" not in header_line and ";" not in header_line)
        return _quoted(text, "," if comma else "\t" if "\t" in header_line else ";")
    plain = _plain(text)
    if not plain.problems:
        return plain
    try:
        quoted = _quoted(text, "\t")
    except InputError:  # quotes are ordinary characters of these texts
        return plain
    return quoted if len(quoted.problems) < len(plain.problems) else plain


def _plain(text: str) -> Records:
    """Tab-separated lines; a field that is wholly quoted is unquoted, every other quote is an ordinary character."""
    lines = ((number, line.rstrip("\r\n")) for number, line in enumerate(io.StringIO(text, newline=""), 1))
    return _checked([(number, [_unquoted(field) for field in line.split("\t")]) for number, line in lines if line], [])


def _unquoted(field: str) -> str:
    match = _QUOTED.fullmatch(field) if field.startswith('"') else None
    return match[1].replace('""', '"') if match else field


def _quoted(text: str, delimiter: str) -> Records:
    records: list[tuple[int, list[str]]] = []
    problems: list[RowProblem] = []
    with _no_field_limit():
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return _checked(records, problems)
            except csv.Error as error:
                # An error past the record's first line means that its quote opened too early or never closed:
                # nobody knows how many rows it swallowed.
                if reader.line_num > line or not records or "end of data" in str(error):
                    raise InputError(
                        f"line {line}: a quoted field that starts here does not end properly; "
                        'write quotes inside quoted fields twice ("")'
                    ) from error
                problems.append(RowProblem(line, f"badly quoted: {error}"))
                continue
            if record:
                records.append((line, record))


def _checked(records: list[tuple[int, list[str]]], problems: list[RowProblem]) -> Records:
    header = tuple(name.strip() for name in records[0][1])
    width = len(header)
    good = tuple(record for record in records[1:] if len(record[1]) == width)
    problems += (
        RowProblem(line, f"{len(fields)} fields where the header has {width}")
        for line, fields in records[1:]
        if len(fields) != width
    )
    return Records(header, good, tuple(sorted(problems, key=lambda problem: problem.line)))


@contextmanager
def _no_field_limit() -> Iterator[None]:
    """The csv module refuses fields above 128 kB unless told otherwise, for the whole process."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
