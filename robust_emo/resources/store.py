"""Files of one resource, in a folder or in a zip archive, read alike."""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from robust_emo.errors import PrerequisiteError


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with files, an archive with one folder of them, or a single file."""

    path: Path
    folder: str = ""
    """The folder inside the archive."""

    @property
    def is_archive(self) -> bool:
        """Whether the files lie in a zip archive."""
        return self.path.suffix == ".zip"

    def has(self, names: Iterable[str]) -> bool:
        """Whether every one of `names` is there; a broken archive has none."""
        if not self.is_archive:
            return all((self.path / name).is_file() for name in names)
        try:
            with zipfile.ZipFile(self.path) as archive:
                inside = set(archive.namelist())
        except (OSError, zipfile.BadZipFile):
            return False
        return all(self._member(name) in inside for name in names)

    def names(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Files that the patterns match, in their order; in an archive the patterns are names."""
        if self.is_archive:
            return tuple(patterns)
        if self.path.is_file():
            return (self.path.name,)
        return tuple(found.name for pattern in patterns for found in sorted(self.path.glob(pattern)))

    def read(self, name: str) -> bytes:
        """Content of one file.

        Raises:
            PrerequisiteError: it is not there or cannot be read.
        """
        try:
            if not self.is_archive:
                return self._file(name).read_bytes()
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self._member(name))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise PrerequisiteError(f"{self.path}: {name} cannot be read: {error}") from error

    def fingerprint(self, names: Iterable[str]) -> str:
        """SHA-256 over names and contents: the same in a folder and in an archive.

        Raises:
            PrerequisiteError: as for :meth:`read`.
        """
        digest = hashlib.sha256()
        for name in names:
            inner = hashlib.sha256(self.read(name)).hexdigest()
            digest.update(f"{inner}  {name}\n".encode())
        return digest.hexdigest()

    def stamp(self, names: Iterable[str]) -> int:
        """When the newest of these files changed, in nanoseconds; tells whether a fingerprint still holds."""
        paths = [self.path] if self.is_archive else [self._file(name) for name in names]
        return max((path.stat().st_mtime_ns for path in paths if path.exists()), default=0)

    def _file(self, name: str) -> Path:
        return self.path if self.path.is_file() else self.path / name

    def _member(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name
