"""TOML files that come with the package, found by name: profiles, ensembles and recipes."""

import tomllib
from importlib.resources import files
from typing import Any

from robust_emo.errors import InputError
from robust_emo.unknown_name import unknown_name


def bundled_names(folder: str) -> list[str]:
    """Names of the files in one folder of the package, without `.toml`, sorted."""
    entries = (files("robust_emo") / folder).iterdir()
    return sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml"))


def read_bundled(folder: str, kind: str, name: str) -> dict[str, Any]:
    """The content of the file called `name`; see :func:`bundled_text`."""
    return tomllib.loads(bundled_text(folder, kind, name))


def bundled_text(folder: str, kind: str, name: str) -> str:
    """The text of the file called `name`.

    Args:
        folder: inside the package.
        kind: what such a file is called in messages.
        name: without `.toml`.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    names = bundled_names(folder)
    if name not in names:
        raise InputError(unknown_name(kind, name, names))
    return (files("robust_emo") / folder / f"{name}.toml").read_text(encoding="utf-8")
