"""outcomes.csv: every attacked text as a row, for spreadsheets and data frames."""

import csv
import io
from collections.abc import Sequence
from dataclasses import fields

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .csv_cell import cell
from .json import without_lone_surrogates

COLUMNS = tuple(field.name for field in fields(AttackOutcome))


class OutcomesCsv:
    """One row per attacked text and attack, with the columns of outcomes.jsonl."""

    spec = PluginSpec(name="csv", version="1", summary="outcomes.csv: a row per attacked text and attack, unmasked")
    filename = "outcomes.csv"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8 without a byte order mark, RFC 4180; the same outcomes give the same bytes.

        Lists are joined by ``;``. What is null there is empty here. A text that a spreadsheet would run as a formula
        gets an apostrophe in front. Texts are whole and not masked.
        """
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for outcome in outcomes:
            writer.writerow([_shown(getattr(outcome, column)) for column in COLUMNS])
        return without_lone_surrogates(table.getvalue()).encode()


def _shown(value: str | int | bool | tuple[str, ...] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return cell(";".join(value) if isinstance(value, tuple) else str(value))
