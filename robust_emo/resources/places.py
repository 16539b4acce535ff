"""Where resources may lie: what the environment names, NLTK's data folders, Debian, a Python package."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from robust_emo.resources.store import Store


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource was found, or why what the user named is none."""

    store: Store | None = None
    source: str = ""
    version: str = ""
    problem: str = ""


Look = Callable[[], Place | None]
"""Looks in one kind of place; None when nothing is there."""


def from_variable(variable: str, files: Sequence[str] = ()) -> Look:
    """What an environment variable names: a folder or archive with `files`, or one file when there are none.

    A wrong path is a problem and never passed over for another place.
    """

    def look() -> Place | None:
        value = os.environ.get(variable)
        if not value:
            return None
        path = Path(value).expanduser()
        wrong = f"{variable} names {path}, which {{}}: name another or unset {variable}"
        if not path.exists():
            return Place(problem=wrong.format("does not exist"))
        if not files and not path.is_file():
            return Place(problem=wrong.format("is not a file"))
        store = Store(path, path.stem if path.suffix == ".zip" else "")
        lacks = next((name for name in files if not store.has((name,))), None)
        if lacks:
            return Place(problem=wrong.format(f"lacks {lacks}"))
        return Place(store, f"environment variable {variable}")

    return look


def from_nltk(identifier: str, files: Sequence[str]) -> Look:
    """The first of NLTK's folders that holds all `files` of e.g. ``corpora/stopwords``, unpacked or zipped."""
    inner = identifier.rpartition("/")[2]

    def look() -> Place | None:
        for folder in nltk_folders():
            for store in (Store(folder / identifier), Store(folder / f"{identifier}.zip", inner)):
                if store.path.exists() and store.has(files):
                    return Place(store, "NLTK data")
        return None

    return look


def on_debian(folder: str, files: Sequence[str]) -> Look:
    """Where a Debian package puts it."""

    def look() -> Place | None:
        store = Store(Path(folder))
        return Place(store, "Debian") if store.has(files) else None

    return look


def from_package(distribution: str, module: str) -> Look:
    """An installed Python package."""

    def look() -> Place | None:
        try:
            stated = version(distribution)
        except PackageNotFoundError:
            return None
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            return None
        return Place(Store(Path(spec.origin).parent), "Python package", stated)

    return look


def nltk_folders() -> list[Path]:
    """Folders that NLTK searches, in its order, those of NLTK_DATA first; without importing NLTK."""
    named = [Path(folder).expanduser() for folder in os.environ.get("NLTK_DATA", "").split(os.pathsep) if folder]
    prefix = Path(sys.prefix)
    usual = [Path.home() / "nltk_data", prefix / "nltk_data", prefix / "share/nltk_data", prefix / "lib/nltk_data"]
    if sys.platform == "win32":
        usual += [Path(f"{drive}:/nltk_data") for drive in "CDE"]
        usual += [Path(os.environ["APPDATA"]) / "nltk_data"] if "APPDATA" in os.environ else []
    else:
        usual += [Path(root) / "nltk_data" for root in ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")]
    return named + usual
