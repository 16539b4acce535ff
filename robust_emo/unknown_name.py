"""What to say of a name that does not exist."""

from collections.abc import Iterable, Sequence


def unknown_name(what: str, name: str, known: Iterable[str], *, listed_by: str = "") -> str:
    """One-line message for a name that does not exist, with one that is spelt nearly so, and the whole list.

    Args:
        what: what such a name is called.
        name: the one that does not exist.
        known: those that do.
        listed_by: a command that lists them, where they are too many for one line.
    """
    names = sorted(known)
    near = _misspelt(name, names)
    hint = f"; did you mean '{near}'?" if near else "."
    if listed_by:
        return f"unknown {what} '{name}'{hint} `{listed_by}` shows all"
    return f"unknown {what} '{name}'{hint} Known: {', '.join(names) or 'none'}"


def _misspelt(name: str, known: Sequence[str]) -> str | None:
    """The one of `known` that a slip or two make `name`: one in four characters, swapped neighbours being one.

    Shared endings are no slips: who writes ``happiness`` does not mean ``sadness``.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = max(len(name) > 2, len(name) // 4)
    found = process.extractOne(name, known, scorer=OSA.distance, processor=str.casefold, score_cutoff=slips)
    return None if found is None else str(found[0])
