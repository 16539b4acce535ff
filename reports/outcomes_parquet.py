"""outcomes.parquet: every attacked text as a row, with types, for data frames."""

import io
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from robust_emo.errors import RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .json import without_lone_surrogates

if TYPE_CHECKING:
    import pyarrow

_LISTS = ("label", "predicted", "predicted_after", "invalid_reasons")
_COUNTS = ("num_queries", "words_perturbed")
_TRUTHS = ("valid", "out_of_queries")


class OutcomesParquet:
    """One row per attacked text and attack, with the columns of outcomes.jsonl."""

    spec = PluginSpec(name="parquet", version="1", summary="outcomes.parquet: the same as csv, typed, unmasked")
    filename = "outcomes.parquet"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """A Parquet file: lists are lists, null is null. Texts are whole and not masked.

        The same outcomes give the same bytes by the same pyarrow. Lone surrogates, which Parquet cannot hold, become
        U+FFFD. The metadata of the schema name the model by its SHA-256.

        Raises:
            RobustEmoError: an outcome holds a value of another type than it should.
        """
        import pyarrow
        import pyarrow.parquet

        columns = {field.name: [_held(getattr(o, field.name)) for o in outcomes] for field in fields(AttackOutcome)}
        about = {"robust_emo": report.run.robust_emo, "model_sha256": report.run.model_sha256}
        schema = pyarrow.schema([(name, _type(name)) for name in columns], metadata=about)
        buffer = io.BytesIO()
        try:
            pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), buffer)
        except (pyarrow.ArrowException, TypeError) as error:
            raise RobustEmoError(
                f"the outcomes hold a value of another type than outcomes.jsonl has: {error}"
            ) from error
        return buffer.getvalue()


def _type(column: str) -> "pyarrow.DataType":
    import pyarrow

    if column in _LISTS:
        return pyarrow.list_(pyarrow.string())
    return pyarrow.int64() if column in _COUNTS else pyarrow.bool_() if column in _TRUTHS else pyarrow.string()


def _held(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, str):
        return without_lone_surrogates(value)
    return list(map(without_lone_surrogates, value)) if isinstance(value, tuple) else value
