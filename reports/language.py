"""The languages of the pages: every sentence of theirs is looked up here by its English text.

English texts are the keys of the catalogues in `languages/`, as with gettext. Names and texts of an audit are data and
stand as they are; the sentences that an audit itself wrote (errors, notes of sections) are looked up by
:mod:`~.retelling`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from markupsafe import Markup

from robust_emo.errors import InputError

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_spoken: ContextVar[Language] = ContextVar("language", default="en")


def known(language: str) -> Language:
    """`language`, if there is a catalogue of it.

    Raises:
        InputError: there is none.
    """
    for each in LANGUAGES:
        if each == language:
            return each
    raise InputError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within it, :func:`say` speaks `language`.

    Raises:
        InputError: there is no catalogue of it.
    """
    token = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """The language spoken now; English unless somebody chose another."""
    return _spoken.get()


def later(text: str) -> str:
    """`text` unchanged: marks a text in a table for the catalogues, which :func:`say` then looks up when it is used."""
    return text


def say(text: str, /, **values: object) -> str:
    """`text` in the language spoken now, its ``{placeholders}`` filled in.

    Args:
        text: in English. One that no catalogue has is said in English.
        values: put in as they are; braces in them mean nothing.
    """
    found = text if spoken() == "en" else _catalogue(spoken()).get(text, text)
    return found.format(**values) if values else found


def say_counted(number: int, one: str, many: str, /, **values: object) -> str:
    """:func:`say` of `one` for the number 1, otherwise of `many`; ``{n}`` in them is the number.

    Languages without a plural have `many` in their catalogue alone.
    """
    english = one if number == 1 else many
    return say(english if spoken() == "en" else many, n=f"{number:,}", **values)


def say_markup(text: str, /, **values: object) -> Markup:
    """:func:`say` of a text with tags of ours in it; the values are escaped.

    Args:
        text: in English, trusted markup.
        values: untrusted unless they are markup already.
    """
    return Markup(say(text)).format(**values)  # noqa: S704 - the catalogues are ours


@cache
def _catalogue(language: Language) -> dict[str, str]:
    """English text to text in `language`, of all files of the language."""
    folder = files(__package__) / "languages" / language
    texts: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            texts.update(json.loads(file.read_text(encoding="utf-8")))
    return texts
