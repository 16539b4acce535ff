"""Query cache on disk: survives a restart and is shared by attacks. Holds hashes of texts, never texts."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np

from robust_emo.arrays import FloatArray, TokenIds
from robust_emo.errors import CacheError

_CHUNK = 500  # keys per SELECT, under SQLite's limit of bound variables


def cache_directory() -> Path:
    """`$ROBUST_EMO_CACHE`, else `robust-emo` in the user's cache directory."""
    if named := os.environ.get("ROBUST_EMO_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "robust-emo"


def token_key(ids: TokenIds) -> bytes:
    """16 bytes that stand for one tokenised text: texts that tokenise alike are one query."""
    return hashlib.blake2b(ids.tobytes(), digest_size=16).digest()


class QueryCache:
    """Float32 rows keyed by (model, token ids) in one SQLite file per model and way of running it.

    Args:
        directory: where the file goes; made if absent, readable by its owner only.
        model_sha256: of the model that answers.
        variant: whatever else changes the numbers, e.g. ``cpu-fp32-512``.
        features: numbers in each row.

    Raises:
        CacheError: the file is not a usable cache (named, so that it can be deleted).
    """

    def __init__(self, directory: Path, *, model_sha256: str, variant: str, features: int) -> None:
        self._features = features
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = directory / f"{model_sha256[:32]}-{variant}.sqlite"
        with self._named_errors():
            self._database = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            # A kill can lose the last moments of the log but never corrupts the file.
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute("CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def get(self, keys: Iterable[bytes]) -> dict[bytes, FloatArray]:
        """Rows of those keys that are known, each of shape (features,)."""
        wanted = list(keys)
        found: dict[bytes, FloatArray] = {}
        with self._named_errors():
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT key, value FROM rows WHERE key IN ({marks})"  # noqa: S608 - only question marks
                for key, value in self._database.execute(query, chunk):
                    found[key] = self._row(value)
        return found

    def put(self, rows: Mapping[bytes, FloatArray]) -> None:
        """Add rows; known keys keep their value."""
        with self._named_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(
                    "INSERT OR IGNORE INTO rows VALUES (?, ?)", ((key, row.tobytes()) for key, row in rows.items())
                )
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise

    def _row(self, value: bytes) -> FloatArray:
        row = np.frombuffer(value, dtype=np.float32) if len(value) == 4 * self._features else None
        if row is None or not np.isfinite(row).all():
            raise CacheError(f"query cache {self.path} holds foreign rows; delete it or use --no-cache")
        return row

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CacheError(f"query cache {self.path} is unusable ({error}); delete it or use --no-cache") from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> "QueryCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
