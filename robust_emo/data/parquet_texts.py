"""Texts of a Parquet file; its schema, row groups and compression are kept."""

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow
import pyarrow.parquet

from robust_emo.data.columns import text_column
from robust_emo.data.rows import Unit
from robust_emo.errors import InputError


class ParquetTexts:
    """See :class:`robust_emo.data.text_column.TextColumn`; other columns keep their values, the file not its bytes."""

    unit: Unit = "row"

    def __init__(self, path: Path, named: str | None) -> None:
        """Raises InputError: not a Parquet file, no text column, or one that holds no texts."""
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                self._table = file.read()
                self._groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
                self._codec = file.metadata.row_group(0).column(0).compression if self._groups else "SNAPPY"
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"not a readable Parquet file: {str(error).splitlines()[0]}") from error
        self._name = text_column(self._table.column_names, named)
        self._type = self._table.schema.field(self._name).type
        inner = self._type.value_type if pyarrow.types.is_dictionary(self._type) else self._type
        if not (pyarrow.types.is_string(inner) or pyarrow.types.is_large_string(inner)):
            raise InputError(f"column {self._name!r} holds {self._type}, expected texts")
        self._values: list[str | None] = self._table.column(self._name).to_pylist()
        self.other_columns = tuple(name for name in self._table.column_names if name != self._name)
        self.lines = range(1, len(self._values) + 1)
        self.texts = tuple(value or "" for value in self._values)

    def rewritten(self, texts: Sequence[str]) -> bytes:
        """See :class:`robust_emo.data.text_column.TextColumn`."""
        values = [None if old is None else new for old, new in zip(self._values, texts, strict=True)]
        place = self._table.schema.get_field_index(self._name)
        if pyarrow.types.is_dictionary(self._type):
            column = pyarrow.array(values, self._type.value_type).dictionary_encode().cast(self._type)
        else:
            column = pyarrow.array(values, self._type)
        table = self._table.set_column(place, self._table.schema.field(place), column)
        buffer = io.BytesIO()
        with pyarrow.parquet.ParquetWriter(buffer, table.schema, compression=self._codec) as writer:
            start = 0
            for rows in self._groups:
                writer.write_table(table.slice(start, rows), row_group_size=max(rows, 1))
                start += rows
        return buffer.getvalue()
