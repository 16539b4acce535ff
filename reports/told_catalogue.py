"""The catalogues of what audits say: files in `languages/*/told/`, English first, ``{}`` for each value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .language import Language
from .told_template import GAP, ToldTemplate, told_template

_PHRASES = "phrases"
"""Begins the names of files of what only stands within sentences."""
_REASONS = "policies.json"
"""The file of the reasons in the policies that come with us."""


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences, or phrases, and what they are in the other language."""

    whole: Mapping[str, str]
    """Without values."""
    templates: tuple[ToldTemplate, ...]
    """Those that begin with a text of their own first, so that no gap swallows it; then the most fixed ones."""


@dataclass(frozen=True, slots=True)
class ToldCatalogue:
    """All of a language."""

    sentences: Told
    phrases: Told
    reasons: Mapping[str, str]
    """Of the policies that come with us; they are sentences, too."""


@cache
def told_catalogue(language: Language) -> ToldCatalogue:
    """Everything that is known of a language; nothing of English."""
    sentences: dict[str, str] = {}
    phrases: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for name, lines in told_files(language):
        reasons |= lines if name == _REASONS else {}
        (phrases if name.startswith(_PHRASES) else sentences).update(lines)
    return ToldCatalogue(told(sentences), told(phrases), reasons)


def told(lines: Mapping[str, str]) -> Told:
    """Lines of a catalogue, ready to be held against texts."""
    templates = [told_template(english, other) for english, other in lines.items() if GAP in english]
    return Told(
        whole={english: other for english, other in lines.items() if GAP not in english},
        templates=tuple(sorted(templates, key=lambda template: (not template.fixed[0], -template.letters))),
    )


def told_files(language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and lines of each file."""
    folder = files(__package__) / "languages" / language / "told"
    for file in sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else ():
        if file.name.endswith(".json"):
            yield file.name, json.loads(file.read_text(encoding="utf-8"))
