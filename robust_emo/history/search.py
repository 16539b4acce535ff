"""Finding the audits below a folder."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from robust_emo.errors import InputError

DEEPEST = 6
"""Levels of folders that are searched."""
_NAME = "audit.json"
_COPIES = "mlruns"
"""Where MLflow keeps copies of audits without the texts beside them."""


@dataclass(slots=True)
class _Search:
    """One search on its way."""

    folder: Path
    files: list[Path] = field(default_factory=list)
    problems: dict[Path, str] = field(default_factory=dict)
    deeper: list[Path] = field(default_factory=list)

    def look(self, folder: Path, depth: int) -> list[Path]:
        """Note what lies in `folder`; returns the folders in it."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.problems[folder] = f"cannot be searched: {error.strerror}"
            return []
        folders: list[Path] = []
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or entry.name == _COPIES:
                continue
            if entry.is_symlink():
                self._link(path)
            elif entry.is_dir():
                (folders if depth < DEEPEST else self.deeper).append(path)
            elif entry.name == _NAME and entry.is_file():
                self.files.append(path)
        return folders

    def _link(self, path: Path) -> None:
        """What a link inside the folder leads to is found where it lies."""
        inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder))  # survives loops
        if not inside and (path.name == _NAME or path.is_dir()):
            self.problems[path] = "not followed: a link out of the folder"


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Every audit.json below a folder."""

    files: tuple[Path, ...]
    problems: dict[Path, str]
    """Folders and links that were not searched, and why."""


def find_audits(folder: Path) -> FoundFiles:
    """Search `folder` to a depth of :data:`DEEPEST`; hidden folders and MLflow's `mlruns` are left out, and no link
    is followed.

    Raises:
        InputError: `folder` is none, or cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; expected one that holds audits")
    search = _Search(folder)
    level = [folder]
    for depth in range(DEEPEST + 1):
        level = [inner for each in level for inner in search.look(each, depth)]
    if folder in search.problems:
        raise InputError(f"{folder} {search.problems[folder]}")
    if search.deeper:
        others = f", nor were {len(search.deeper) - 1} others" if len(search.deeper) > 1 else ""
        search.problems[search.deeper[0]] = f"not searched: deeper than {DEEPEST} levels{others}"
    return FoundFiles(tuple(search.files), search.problems)
