"""Fingerprints: SHA-256 of a data file, of a directory, or of rows that have no file."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from robust_emo.data.rows import Row
from robust_emo.errors import InputError


def sha256_of(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes, or of the names, sizes and bytes of all files in a directory.

    Files come in name order; hidden ones (`.DS_Store`) do not count.

    Raises:
        InputError: no such path, or unreadable.
    """
    path = Path(path)
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256()
        for name, part in _visible_files(path):
            with part.open("rb") as file:
                inner = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{inner}  {name}\n".encode())
        return digest.hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def sha256_of_rows(rows: Iterable[Row]) -> str:
    """Hexadecimal SHA-256 of rows, each as one line of JSON; for hub data sets."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row).encode() + b"\n")
    return digest.hexdigest()


def reject_change(source: str | Path, now: str, then: str) -> None:
    """Refuse a source whose fingerprint differs from the recorded one.

    Raises:
        InputError: they differ.
    """
    if now != then:
        raise InputError(
            f"{source}: changed since training (sha256 {now[:12]}… now, {then[:12]}… then); "
            "restore it, or name the data explicitly"
        )


def _visible_files(folder: Path) -> list[tuple[str, Path]]:
    """All files below `folder` with their relative names, in name order, hidden ones and hidden folders left out."""
    named = ((part.relative_to(folder), part) for part in folder.rglob("*") if part.is_file())
    return sorted((name.as_posix(), part) for name, part in named if not any(p.startswith(".") for p in name.parts))
