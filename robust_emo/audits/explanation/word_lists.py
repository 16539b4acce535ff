"""The table of grammatical words and of terms for groups of people; the file says what each section is."""

import re
from functools import cache
from importlib.resources import files

TABLE = "tables/word_kinds.txt"


@cache
def words(section: str) -> frozenset[str]:
    """Entries of a section of the table.

    Raises:
        KeyError: there is no such section.
    """
    return frozenset(_sections()[section].split())


@cache
def identity_terms() -> re.Pattern[str]:
    """Terms for groups of people by gender, orientation, religion, origin, age or disability, English and Chinese."""
    people = f"(?=[ -](?:{_either('people')})\\b)"
    english = rf"(?i:\b(?:(?:{_either('identity')})s?|(?:{_either('identity before people')}){people})\b)"
    return re.compile(rf"{english}|\b(?:{_either('identity capital')})s?\b|{_either('identity chinese')}")


@cache
def _sections() -> dict[str, str]:
    text = (files("robust_emo") / TABLE).read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return {name: body for name, _, body in (part.partition("]") for part in lines.split("[")[1:])}


def _either(section: str) -> str:
    """An alternation of the section's entries, the longest first."""
    return "|".join(re.escape(entry).replace("_", "[ -]") for entry in sorted(words(section), key=len, reverse=True))
