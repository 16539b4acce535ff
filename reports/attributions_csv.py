"""Attributions as a table, one row per word, for spreadsheets and data frames."""

import csv
import io
from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import Explanation

from .csv_cell import cell
from .json import without_lone_surrogates
from .visible import shortened

COLUMNS = (
    "example_id", "text", "method", "target", "predicted", "label", "trust", "word", "start", "end", "attribution",
)  # fmt: skip
_MAX_TEXT = 1_000


class AttributionsCsv:
    """One table of all words of all explanations."""

    spec = PluginSpec(name="csv", version="1", summary="one row per word with its attribution")
    suffix = ".csv"

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """UTF-8 without a byte order mark, RFC 4180; the same explanations give the same bytes."""
        return attributions_csv(explanations)


def attributions_csv(explanations: Sequence[Explanation]) -> bytes:
    """The table, with :data:`COLUMNS`.

    Texts are as they were given, but for the middle of those above 1,000 characters: each stands in every row of its
    words. Several emotions are joined by ``;``. A text that a spreadsheet would run as a formula
    gets an apostrophe in front; `start` and `end` count without it.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in explanations:
        label = "" if each.label is None else ";".join(each.label)
        head = (
            each.example_id or "",
            shortened(each.text, _MAX_TEXT),
            each.method,
            each.target,
            ";".join(each.predicted),
            label,
            each.trust,
        )
        for word in each.words:
            writer.writerow(
                (*map(cell, head), cell(word.text), word.start, word.end, repr(round(word.attribution, 6) + 0.0))
            )
    return without_lone_surrogates(table.getvalue()).encode()
