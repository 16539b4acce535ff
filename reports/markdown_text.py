"""Foreign text inside Markdown, as GitHub and GitLab read it: it stays text, links nowhere and notifies nobody."""

import re
from collections.abc import Iterable

from .visible import shortened, visible

_MAX_TEXT = 300
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#!|~$^])")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
# Sites link these wherever they stand, escaped or not: people, issues, labels, addresses.
_LINKED = re.compile(r"([@#!~%$&]|://|\bwww|\bGH)(?=[\w.\-/])", re.IGNORECASE)
_APART = "&#8203;"
"""A zero-width space, at which they end a word."""


def escaped(text: str, limit: int = _MAX_TEXT) -> str:
    """`text` on one line, behind words of ours or in a cell; above `limit` characters its middle is left out."""
    line = shortened(visible(" ".join(text.split())), limit)
    parted = _LINKED.sub("\\1\0", line).translate(_HTML)  # no zero is left of the text
    return _SPECIAL.sub(r"\\\1", parted).replace("\0", _APART)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a table whose cells are Markdown already; no lines where there are no rows."""
    lines = [_row(row) for row in rows]
    titles = tuple(head)
    return [_row(titles), _row("---" for _ in titles), *lines, ""] if lines else []


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
