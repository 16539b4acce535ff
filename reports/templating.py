"""Pages that need no network, no JavaScript and no trust in what they show."""

import gzip
import hashlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .language import LANGUAGES, Language, say, say_markup, speaking, spoken
from .retelling import retold
from .visible import shortened, visible

_MAX_STRING = 1_000
"""Characters of any one string on the page; label names and paths may be hostile too."""
_NAMES = {"en": "English", "zh": "中文"}


@dataclass(frozen=True, slots=True)
class InlineAsset:
    """Our own style sheet or script, and the hash by which the page's security policy admits it alone."""

    code: Markup
    sha256: str


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The same page in another language, which the page's script puts in its place."""

    language: Language
    packed: Markup
    """gzip, then base64."""


def rendered(template: str, make_page: Callable[[], object], language: Language) -> bytes:
    """The page in UTF-8, with itself in the other language inside; the same page gives the same bytes.

    Args:
        template: name of a file in `templates`.
        make_page: makes what it lays out, in the language spoken while it is called.
        language: shown at first, and all that is shown without JavaScript.

    Raises:
        InputError: there is no catalogue of the language.
    """
    others = []
    for other in LANGUAGES:
        if other != language:
            packed = gzip.compress(_page(template, make_page, other, ()).encode(), mtime=0)
            others.append(OtherLanguage(other, Markup(b64encode(packed).decode())))  # noqa: S704 - base64 has no tags
    return _page(template, make_page, language, others).encode()


def _page(template: str, make_page: Callable[[], object], language: Language, others: Sequence[OtherLanguage]) -> str:
    environment = _environment()
    assets = {"css": _asset(environment, "report.css"), "js": _asset(environment, "report.js")}
    with speaking(language):
        return environment.get_template(template).render(page=make_page(), others=others, languages=_NAMES, **assets)


def filled(template: str, **values: object) -> str:
    """A template that is no page, such as a picture, escaped like one.

    Args:
        template: name of a file in `templates`.
        values: what it lays out.
    """
    return _environment().get_template(template).render(**values)


def _told(text: str) -> str:
    """What the audit wrote itself, in the language of the page; marked as English where no catalogue knows it."""
    found = retold(text)
    return Markup('<span lang="en">{}</span>').format(_printable(text)) if found is None else found


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=say, _h=_say_markup, spoken=spoken, told=_told)
    return environment


def _say_markup(text: str, /, **values: object) -> Markup:
    return say_markup(text, **{name: _printable(value) for name, value in values.items()})


def _printable(value: object) -> object:
    """Last gate before the page: no string may hide characters or reorder its surroundings."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(shortened(value, _MAX_STRING))
    return value


def _asset(environment: Environment, name: str) -> InlineAsset:
    assert environment.loader is not None  # noqa: S101 - set above
    code, _, _ = environment.loader.get_source(environment, name)
    return InlineAsset(Markup(code), b64encode(hashlib.sha256(code.encode()).digest()).decode())  # noqa: S704 - our own file
