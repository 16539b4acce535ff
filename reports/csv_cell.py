"""Text as a cell of a CSV file that people open in a spreadsheet."""

import re

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a cell must not begin with: spreadsheets would run it (OWASP, CSV injection)."""

_INSIDE = re.compile(r"(?<=[\s\S])([;\t|])([=+\-@＝＋－＠])")
"""A formula behind what separates columns in some places: spreadsheets split there, quoted or not."""


def cell(text: str) -> str:
    """`text` with an apostrophe in front of what a spreadsheet would run as a formula."""
    shown = text.replace("\0", "\ufffd")  # ends the cell, or the file, in many readers
    shown = _INSIDE.sub(r"\1'\2", shown)
    first = shown.lstrip(" \u00a0\u3000\ufeff")[:1]
    return f"'{shown}" if first in _FORMULA and first else shown
