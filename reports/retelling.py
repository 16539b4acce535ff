"""Sentences that an audit wrote, in the language of the page.

An audit writes its notes, errors and reasons in English, with their values in them. :mod:`~.told_catalogue` knows these
sentences; a value that is such a sentence itself, or a list of phrases, is retold too. What is not known stays English
as a whole: half a sentence in each language tells nobody anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .language import Language, spoken
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
    """`text` retold where a catalogue knows it: words of people, in whatever language, stay as they are."""
    return retold(text) or text


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
        return found

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
                known = [found for value in values if (found := value_of(value, depth - 1))]
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
        tries = (self._listed, self.text) if ", " in value else (self.text, self._listed)
        return self._phrase(value, depth) or tries[0](value, depth) or tries[1](value, depth)

    def _listed(self, value: str, depth: int) -> str | None:
        """``a, b and c``: names and phrases, perhaps a single one."""
        told: list[str | None] = []
        for item in value.split(", ")[: _MAX_ITEMS + 1]:
            found = self._item(item, depth)
            told += [found] if found is not None else [self._item(each, depth) for each in item.split(" and ")]
        if None in told or len(told) > _MAX_ITEMS:
            return None
        return _JOINTS[self.language][1].join(filter(None, told))

    def _item(self, item: str, depth: int) -> str | None:
        return self._phrase(item, depth) or self._whole(item, depth) or _name(item)

    def _phrase(self, text: str, depth: int) -> str | None:
        return self._found(told_catalogue(self.language).phrases, text, depth, self._part)

    def _part(self, value: str, depth: int) -> str | None:
        """A value of a phrase, which holds no sentence."""
        return self._phrase(value, depth) or _name(value)


def _name(text: str) -> str | None:
    return text if text and not _PROSE.search(_QUOTED.sub("", text)) else None
