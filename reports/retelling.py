"""Sentences that an audit wrote, in the language of the page.

An audit writes its notes, errors and reasons in English, with their values in them. The catalogues in
`languages/*/told/` have those sentences with a gap ``{}`` for each value; a value that is itself such a sentence, or a
list of them, is retold too. What no catalogue knows stays English as a whole: half a sentence in each language tells
nobody anything.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from .language import Language, spoken
from .told_template import GAP, ToldTemplate, told_template

LONGEST = 2_000
"""Characters of a text that is looked up: ours are shorter."""
_MAX_DEPTH = 4
"""Of sentences in values of sentences."""
_MAX_PIECES = 12
_MAX_COMPARED = 100_000
"""Templates held against one text, with all its pieces and values; a hostile one is then left as it is."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|; ")
_BETWEEN_ITEMS = re.compile(r", and |, | and ")
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


@lru_cache(maxsize=1024)
def _retold(language: Language, text: str) -> str | None:
    return _Retelling(language).text(text, _MAX_DEPTH)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    sentences: Mapping[str, str]
    """Without values."""
    templates: tuple[ToldTemplate, ...]
    """Those that begin with a text of their own first, so that no gap swallows it; then the most fixed ones."""


@dataclass(slots=True)
class _Retelling:
    """One text on its way into another language."""

    language: Language
    compared: int = 0
    known: dict[tuple[str, int], str | None] = field(default_factory=dict)

    def text(self, text: str, depth: int) -> str | None:
        """As a whole, otherwise piece by piece; None where any piece is unknown."""
        key = (text, depth)
        if key not in self.known:
            self.known[key] = self._whole(text, depth) or self._pieces(text, depth)
        return self.known[key]

    def _whole(self, text: str, depth: int) -> str | None:
        if depth <= 0:
            return None
        found = self._sentence(text, depth)
        if found is None and text.endswith("."):
            # A note is no sentence yet: pages make one of it.
            note = self._sentence(f"{text[:1].lower()}{text[1:-1]}", depth)
            found = None if note is None else f"{note}。"
        return found

    def _sentence(self, text: str, depth: int) -> str | None:
        catalogue = _catalogue(self.language)
        if text in catalogue.sentences:
            return catalogue.sentences[text]
        self.compared += len(catalogue.templates)
        if self.compared > _MAX_COMPARED:
            return None
        for template in catalogue.templates:
            values = template.values(text)
            if values is not None:
                told = [self._value(value, depth - 1) for value in values]
                if None not in told:
                    return template.other.format(*told)
        return None

    def _pieces(self, text: str, depth: int) -> str | None:
        ends = [match.span() for match in _BETWEEN_SENTENCES.finditer(text)]
        if not 0 < len(ends) < _MAX_PIECES:
            return None
        ends.append((len(text), len(text)))
        starts = [0, *(following for _, following in ends)]
        rest: dict[int, str] = {len(ends): ""}
        for first in reversed(range(len(ends))):
            for last in reversed(range(first, len(ends))):
                piece = text[starts[first] : ends[last][0]]
                told = self._whole(piece, depth) if last + 1 in rest else None
                if told is not None:
                    rest[first] = told + self._joint(text, ends[last]) + rest[last + 1]
                    break
        return rest.get(0)

    def _joint(self, text: str, between: tuple[int, int]) -> str:
        return _JOINTS[self.language][0] if ";" in text[slice(*between)] else ""

    def _value(self, value: str, depth: int) -> str | None:
        """Retold; as it is where it is a name, a number or quoted; None where it is English that nobody knows."""
        found = self.text(value, depth)
        if found is not None:
            return found
        items = _BETWEEN_ITEMS.split(value)
        if len(items) > 1:
            told = [self._item(item, depth) for item in items]
            if None not in told:
                return _JOINTS[self.language][1].join(filter(None, told))
        return self._item(value, depth)

    def _item(self, item: str, depth: int) -> str | None:
        found = self._whole(item, depth)
        if found is not None:
            return found
        return None if _PROSE.search(_QUOTED.sub("", item)) else item


@cache
def _catalogue(language: Language) -> _Catalogue:
    told = told_sentences(language)
    templates = [told_template(english, other) for english, other in told.items() if GAP in english]
    return _Catalogue(
        sentences={english: other for english, other in told.items() if GAP not in english},
        templates=tuple(sorted(templates, key=lambda template: (not template.fixed[0], -template.letters))),
    )


def told_sentences(language: Language) -> dict[str, str]:
    """Every line of the catalogues of what audits say, English first."""
    folder = files(__package__) / "languages" / language / "told"
    told: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            told.update(json.loads(file.read_text(encoding="utf-8")))
    return told
