"""Versions of what decides how a text is read, beside the code of the normalisers."""

import unicodedata
from collections.abc import Mapping
from importlib.metadata import version

UNICODE = "unicode"


def unicode_version() -> dict[str, str]:
    """That of the tables which this Python has."""
    return {UNICODE: unicodedata.unidata_version}


def package_versions(*names: str) -> dict[str, str]:
    """Of installed packages, by their names."""
    return {name: version(name) for name in names}


def changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Sentences on what is of another version now; of what was not recorded nothing is said."""
    return [
        f"{_called(name)} {recorded} then, {now.get(name, 'none')} now"
        for name, recorded in sorted(then.items())
        if now.get(name) != recorded
    ]


def _called(name: str) -> str:
    return "Unicode (a part of Python)" if name == UNICODE else name
