"""Pages that need no network, no JavaScript and no trust in what they show."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .visible import shortened, visible

_MAX_STRING = 1_000
"""Characters of any one string on the page; label names and paths may be hostile too."""


@dataclass(frozen=True, slots=True)
class InlineAsset:
    """Our own style sheet or script, and the hash by which the page's security policy admits it alone."""

    code: Markup
    sha256: str


def rendered(template: str, page: object) -> bytes:
    """The page in UTF-8; the same page gives the same bytes.

    Args:
        template: name of a file in `templates`.
        page: what it lays out.
    """
    environment = _environment()
    assets = {"css": _asset(environment, "report.css"), "js": _asset(environment, "report.js")}
    return environment.get_template(template).render(page=page, **assets).encode()


def filled(template: str, **values: object) -> str:
    """A template that is no page, such as a picture, escaped like one.

    Args:
        template: name of a file in `templates`.
        values: what it lays out.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: object) -> object:
    """Last gate before the page: no string may hide characters or reorder its surroundings."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(shortened(value, _MAX_STRING))
    return value


def _asset(environment: Environment, name: str) -> InlineAsset:
    assert environment.loader is not None  # noqa: S101 - set above
    code, _, _ = environment.loader.get_source(environment, name)
    return InlineAsset(Markup(code), b64encode(hashlib.sha256(code.encode()).digest()).decode())  # noqa: S704 - our own file
