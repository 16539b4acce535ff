"""The history of a folder: what lies there now beside what was read before."""

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from robust_emo.audit_file import parse_audit
from robust_emo.errors import InputError
from robust_emo.history.choice import audits_of, chosen_metrics, to_forget
from robust_emo.history.record import past_audit
from robust_emo.history.search import find_audits
from robust_emo.history.store import FILENAME, forget_audits, read_audits, save_audits
from robust_emo.types import AuditHistory, AuditSettings, Neighbours, PastAudit


@dataclass(frozen=True, slots=True)
class _Known:
    """Every audit of a folder, whichever are shown."""

    audits: tuple[PastAudit, ...]
    new: tuple[PastAudit, ...]
    """Those which the history does not hold as they are now."""
    problems: tuple[str, ...]


def read_history(
    folder: Path, *, model: str | None = None, metrics: Sequence[str] = (), save: bool = True
) -> AuditHistory:
    """All audits below `folder` and those that once lay there.

    Args:
        folder: searched by :func:`~robust_emo.history.search.find_audits`.
        model: show only the audits of this one; see :func:`~robust_emo.history.choice.audits_of`.
        metrics: to show; see :func:`~robust_emo.history.choice.chosen_metrics`.
        save: remember what is new in the folder's history file.

    Raises:
        InputError: no such folder, model or metric, or the history file cannot be used.
    """
    file = folder / FILENAME
    known = _known(folder, read_audits(file, repair=save))
    if save and known.new:
        save_audits(file, known.new)
    audits = tuple(audits_of(known.audits, model)) if known.audits else ()
    return AuditHistory(
        folder=str(folder),
        audits=audits,
        metrics=chosen_metrics(audits, metrics) if audits else (),
        neighbours=tuple(_neighbours(folder, audits)),
        problems=known.problems,
    )


def forget(folder: Path, wanted: Sequence[str]) -> list[PastAudit]:
    """Take audits whose files are gone out of the history; returns them.

    Raises:
        InputError: see :func:`~robust_emo.history.choice.to_forget`; or the history file cannot be used.
    """
    file = folder / FILENAME
    found = to_forget(_known(folder, read_audits(file, repair=True)).audits, wanted)
    if found:
        forget_audits(file, [audit.sha256 for audit in found])
    return found


def _known(folder: Path, before: dict[str, PastAudit]) -> _Known:
    """Every file that is there is read again: `before` is believed only of those that are gone."""
    search = find_audits(folder)
    problems = {path.relative_to(folder).as_posix(): reason for path, reason in search.problems.items()}
    there: dict[str, PastAudit] = {}
    for file in search.files:
        path = file.relative_to(folder).as_posix()
        try:
            audit = _read(file, path)
        except InputError as error:
            problems[path] = f"not listed: {str(error).removeprefix(f'{file} ')}"
            continue
        there.setdefault(audit.sha256, audit)
    new = tuple(audit for sha256, audit in there.items() if before.get(sha256) != audit)
    missing = [audit for sha256, audit in before.items() if sha256 not in there]
    gone = [replace(audit, gone=not _hidden(audit.path, problems)) for audit in missing]
    audits = sorted((*there.values(), *gone), key=lambda audit: (audit.started_at, audit.sha256))
    return _Known(tuple(audits), new, tuple(f"{path}: {reason}" for path, reason in problems.items()))


def _read(file: Path, path: str) -> PastAudit:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from None
    return past_audit(parse_audit(content, file), sha256=hashlib.sha256(content).hexdigest(), path=path)


def _hidden(path: str, problems: dict[str, str]) -> bool:
    """Whether nobody can say if the file is still there."""
    above = {str(folder) for folder in (PurePosixPath(path), *PurePosixPath(path).parents)}
    return bool(above & problems.keys())


def _neighbours(folder: Path, audits: Sequence[PastAudit]) -> list[Neighbours]:
    latest: dict[AuditSettings, PastAudit] = {}
    found = []
    for audit in audits:
        if audit.gone:
            continue
        if older := latest.get(audit.settings):
            places = [shlex.quote(str((folder / each.path).parent)) for each in (older, audit)]
            found.append(Neighbours(older, audit, f"robust-emo compare {places[0]} {places[1]}"))
        latest[audit.settings] = audit
    return found
