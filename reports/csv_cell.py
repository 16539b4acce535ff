"""Text as a cell of a CSV file that people open in a spreadsheet."""

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a cell must not begin with: spreadsheets would run it (OWASP, CSV injection)."""


def cell(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would run it as a formula."""
    shown = text.replace("\0", "\ufffd")  # ends the cell, or the file, in many readers
    first = shown.lstrip(" \u00a0\u3000\ufeff")[:1]
    return f"'{shown}" if first in _FORMULA and first else shown
