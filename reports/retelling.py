"""Sentences that an audit wrote, in the language of the page.

An audit writes its notes, errors and reasons in English, with their values in them. :mod:`~.told_catalogue` knows these
sentences; a value that is such a sentence itself, or a list of phrases, is retold too, a name stays as it is. What is
not known stays English as a whole: half a sentence in each language tells nobody anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .language import Language, spoken
from .profile_text import told_profile
from .told_catalogue import Told, told_catalogue

LONGEST = 2_000
"""Characters of a text that is looked up: ours are shorter."""
_MAX_DEPTH = 5
"""Of sentences and phrases in the values of others."""
_MAX_PIECES = 12
_MAX_ITEMS = 100
_MAX_COMPARED = 200_000
"""Templates held against one text, with all its pieces and values; a hostile one is then left as it is."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|; ")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|“[^”]*”|‘[^’]*’")
_PROSE = re.compile(r"(?:\b[A-Za-z]?[a-z]+|[\d%]) (?:[a-z]{2,})\b|[.;] |^\s|\s$")
"""Words of a sentence or a counted thing, not a name or a number, which begin and end with no space."""
_PATH = re.compile(r"^\S*[/\\]|\.(?:csv|tsv|jsonl|txt|parquet|gz)$")
"""Begins a path, or ends the name of a file."""
_WHOLE_PATH = re.compile(r"[/~]|\S*[/\\].*\.\w+$")
"""A path with blanks in it."""
_CLOSED_FIRST = re.compile(r"[^(]*\)")
"""What runs over the end of a phrase into the next one."""
_BETWEEN_NAMES = re.compile(r", | and ")
_JOINTS: Mapping[Language, tuple[str, str]] = {"zh": ("；", "、")}
"""Between parts of a sentence and between the items of a list."""


def retold(text: str) -> str | None:
    """`text`, which an audit wrote, in the language spoken now; None if no catalogue knows it.

    Args:
        text: in English, any text. Its values are put in as they are.
    """
    language = spoken()
    if language == "en":
        return text
    return _retold(language, text) if 0 < len(text) <= LONGEST else None


def retold_if_known(text: str) -> str:
    """`text`, which an audit wrote, retold where a catalogue knows it; otherwise as it is."""
    return retold(text) or text


def retold_reason(reason: str) -> str:
    """`reason` of a policy: that of one that comes with us is told, what people wrote stays as it is."""
    return told_catalogue(spoken()).reasons.get(reason, reason)


@lru_cache(maxsize=1024)
def _retold(language: Language, text: str) -> str | None:
    return _Retelling(language).text(text, _MAX_DEPTH)


@dataclass(slots=True)
class _Retelling:
    """One text on its way into another language."""

    language: Language
    compared: int = 0
    known: dict[tuple[str, int], str | None] = field(default_factory=dict)

    def text(self, text: str, depth: int) -> str | None:
        """Piece by piece where all pieces are known, otherwise as a whole: a value may hold what looks like a piece."""
        key = (text, depth)
        if key not in self.known:
            self.known[key] = self._pieces(text, depth) or self._whole(text, depth)
        return self.known[key]

    def _whole(self, text: str, depth: int) -> str | None:
        sentences = told_catalogue(self.language).sentences
        found = self._found(sentences, text, depth, self._value)
        if found is None and text.endswith("."):
            # A note is no sentence yet: pages make one of it.
            note = self._found(sentences, f"{text[:1].lower()}{text[1:-1]}", depth, self._value)
            found = None if note is None else f"{note}。"
        return found or told_profile(text)

    def _found(self, told: Told, text: str, depth: int, value_of: Callable[[str, int], str | None]) -> str | None:
        """`text` by its own line or by a template that fits, with all its values."""
        if text in told.whole:
            return told.whole[text]
        if depth <= 0 or " " not in text:  # a name
            return None
        self.compared += len(told.templates)
        if self.compared > _MAX_COMPARED:
            return None
        for template in told.templates:
            values = template.values(text)
            if values is not None:
                told_values = (
                    value if template.holds_name(place, value) else value_of(value, depth - 1)
                    for place, value in enumerate(values)
                )
                known = [found for found in told_values if found]
                if len(known) == len(values):
                    return template.told(known)
        return None

    def _pieces(self, text: str, depth: int) -> str | None:
        """As many as there are known ones."""
        ends = [match.span() for match in _BETWEEN_SENTENCES.finditer(text)]
        if not 0 < len(ends) < _MAX_PIECES:
            return None
        ends.append((len(text), len(text)))
        starts = [0, *(following for _, following in ends)]
        rest: dict[int, str] = {len(ends): ""}
        for first in reversed(range(len(ends))):
            for last in range(first, len(ends) - (first == 0)):
                piece = self._whole(text[starts[first] : ends[last][0]], depth) if last + 1 in rest else None
                if piece is not None:
                    rest[first] = piece + self._joint(text, ends[last]) + rest[last + 1]
                    break
        return rest.get(0)

    def _joint(self, text: str, between: tuple[int, int]) -> str:
        return _JOINTS[self.language][0] if ";" in text[slice(*between)] else ""

    def _value(self, value: str, depth: int) -> str | None:
        """Retold; as it is where it is a name, a number or quoted; None where it is English that nobody knows."""
        if _PATH.search(value):
            return self.text(value, depth) or _names(value)
        listed = self._listed(value, depth) if ", " in value else None
        return listed or self._phrase(value, depth) or self.text(value, depth) or _names(value)

    def _listed(self, value: str, depth: int) -> str | None:
        """Phrases or sentences with commas between them; None where one of them is a name."""
        items = value.split(", ", _MAX_ITEMS)
        told = [
            found for item in items if " " in item and (found := self._phrase(item, depth) or self._whole(item, depth))
        ]
        return _JOINTS[self.language][1].join(told) if len(told) == len(items) <= _MAX_ITEMS else None

    def _phrase(self, text: str, depth: int) -> str | None:
        if _PATH.search(text):
            return None
        return self._found(told_catalogue(self.language).phrases, text, depth, self._part)

    def _part(self, value: str, depth: int) -> str | None:
        """A value of a phrase, which holds no sentence."""
        return self._phrase(value, depth) or (None if _CLOSED_FIRST.match(value) else _names(value))


def _names(text: str) -> str | None:
    """A name or several, as they are: which of ``and`` and the commas belongs to a name, nobody knows."""
    return text if _WHOLE_PATH.match(text) or all(map(_name, _BETWEEN_NAMES.split(text))) else None


def _name(text: str) -> str | None:
    return text if text and not _PROSE.search(_QUOTED.sub("", text)) else None
