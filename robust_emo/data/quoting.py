"""Values of a data file inside one-line messages: anything may stand in them, line breaks and escape codes too."""

from collections.abc import Iterable

_LONGEST = 60
_MOST = 12


def quoted(value: str) -> str:
    """`value` in quotes, with unprintable characters escaped and a long one cut."""
    return repr(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…")


def listed(values: Iterable[str]) -> str:
    """The first values, quoted, separated by commas."""
    names = list(values)
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(map(quoted, names[:_MOST])) + more
