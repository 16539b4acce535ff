"""The text column of a data file, to be written back changed while all else in the file stays as it is."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from robust_emo.data.delimited_cells import DelimitedCells
from robust_emo.data.encoding import read_text
from robust_emo.data.jsonlines_cells import JsonLinesCells
from robust_emo.data.rows import Unit
from robust_emo.data.table import SUFFIXES
from robust_emo.errors import InputError

_MARK = "\ufeff"


class TextColumn(Protocol):
    """Texts of one file in the order of its rows."""

    @property
    def texts(self) -> Sequence[str]:
        """One a row; "" where a row has none."""

    @property
    def lines(self) -> Sequence[int]:
        """Number of each row's first line, or of the row in a file without lines; from 1."""

    @property
    def unit(self) -> Unit:
        """What `lines` counts."""

    @property
    def other_columns(self) -> Sequence[str]:
        """Names of the columns that are kept."""

    def rewritten(self, texts: Sequence[str]) -> bytes:
        """The whole file with other texts, as many as before; every byte outside changed cells is the same.

        Raises:
            InputError: a text cannot be written in this format.
        """


def format_of(path: Path) -> str:
    """``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet``, with or without ``.gz`` behind it in the name.

    Raises:
        InputError: another one.
    """
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise InputError(f"{path}: unknown format; expected a name that ends in one of {', '.join(SUFFIXES)}")
    return "." + name.removesuffix(".gz").rpartition(".")[2]


def read_text_column(path: Path, named: str | None = None) -> TextColumn:
    """Read a local file. A label is not asked for, but every row must be whole: nothing may be passed over unseen.

    Args:
        path: CSV, TSV, JSONL (each also .gz) or Parquet.
        named: the text column, where it is not found by usual names.

    Raises:
        InputError: no such file, another format, no text column, or a bad row.
    """
    if not path.is_file():
        what = "is a directory, expected one of its files" if path.is_dir() else "no such file"
        raise InputError(f"{path}: {what}")
    kind = format_of(path)
    try:
        if kind == ".parquet":
            from robust_emo.data.parquet_texts import ParquetTexts  # pyarrow is heavy

            return ParquetTexts(path, named)
        text = read_text(path)
        mark = _MARK if _is_marked(path) else ""
        if kind == ".jsonl":
            return JsonLinesCells(text, named, mark=mark)
        return DelimitedCells(text, named, tabs=kind == ".tsv", mark=mark)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _is_marked(path: Path) -> bool:
    """Whether the content begins with a byte order mark, which `read_text` takes off."""
    with path.open("rb") as stream:
        packed = path.suffix.lower() == ".gz"
        return (gzip.GzipFile(fileobj=stream) if packed else stream).read(3) == _MARK.encode()
