"""The SQLite file that remembers audits, one row each, by the SHA-256 of their audit.json."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from robust_emo.errors import InputError
from robust_emo.history.record import utc
from robust_emo.types import PastAudit

FILENAME = "robust-emo-history.sqlite"
_VERSION = 1
_APPLICATION = 0x656D6F68
"""By which the file is known to be a history."""
_TABLE = "CREATE TABLE audits (sha256 TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID"


def read_audits(file: Path, *, repair: bool = False) -> dict[str, PastAudit]:
    """All audits in the file, by their SHA-256; none where there is no file.

    Args:
        file: the history.
        repair: whether SQLite may undo in it what a killed run began to write; otherwise nothing is written.

    Raises:
        InputError: it is no history, one of a newer version, or damaged.
    """
    from pydantic import TypeAdapter, ValidationError

    if not os.path.lexists(file):
        return {}
    with _opened(file, "rw" if repair else "ro", "move it away, and what is there is read anew") as database:
        rows = database.execute("SELECT sha256, record FROM audits").fetchall() if _version(database, file) else []
    known: TypeAdapter[PastAudit] = TypeAdapter(PastAudit)
    try:
        audits = {sha256: known.validate_json(record, strict=True) for sha256, record in rows}
        usable = all(key == audit.sha256 and utc(audit.started_at) == audit.started_at for key, audit in audits.items())
    except (ValidationError, InputError):
        usable = False
    if not usable:
        raise InputError(f"{file} holds rows that are no audits; delete it, and what is there is read anew")
    return audits


def save_audits(file: Path, audits: Iterable[PastAudit]) -> None:
    """Add audits, or replace what is known of them; all of them or, after an error or a kill, none.

    Raises:
        InputError: the file cannot be written, or is not ours to write.
    """
    from pydantic import TypeAdapter

    known: TypeAdapter[PastAudit] = TypeAdapter(PastAudit)
    rows = [(audit.sha256, known.dump_json(audit).decode()) for audit in audits]
    with _opened(file, "rwc", "--no-save lists the audits without writing") as database, _transaction(database, file):
        database.executemany("INSERT OR REPLACE INTO audits VALUES (?, ?)", rows)


def forget_audits(file: Path, fingerprints: Iterable[str]) -> None:
    """Delete what is known of the audits with these SHA-256; raises as :func:`save_audits`."""
    with _opened(file, "rw", "nothing was forgotten") as database:
        with _transaction(database, file):
            database.executemany("DELETE FROM audits WHERE sha256 = ?", ((each,) for each in fingerprints))
        database.execute("VACUUM")  # else the bytes stay in the file


@contextmanager
def _opened(file: Path, mode: str, hint: str) -> Iterator[sqlite3.Connection]:
    if file.is_symlink():
        raise InputError(f"history {file} is a link; expected a file of its own: delete the link")
    address = f"{file.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)) as database:
            yield database
    except sqlite3.Error as error:
        raise InputError(f"history {file} cannot be used ({error}); {hint}") from error


@contextmanager
def _transaction(database: sqlite3.Connection, file: Path) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        if not _version(database, file):
            database.execute(_TABLE)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection, file: Path) -> int:
    """Version of its layout; 0 for a file that is empty."""
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if not tables and not application:
        return 0
    if application != _APPLICATION:
        raise InputError(f"{file} is an SQLite file of another program; move it away")
    if version != _VERSION:
        raise InputError(
            f"{file} has version {version}, this robust-emo reads {_VERSION}; "
            "install the robust-emo that wrote it, or move it away"
        )
    return int(version)
