"""A model directory that appears whole or not at all."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from robust_emo.errors import InputError
from robust_emo.models.manifest import MANIFEST_NAME


def checkpoint_folder(out: Path) -> Path:
    """Where an unfinished training of `out` keeps its checkpoints: beside it."""
    return out.with_name(f"{out.name}.partial")


def check_output(out: Path, *, overwrite: bool) -> None:
    """Refuse an unusable output directory before any work is done.

    Raises:
        InputError: `out` is a file or holds the current directory; it is not empty and `overwrite` is off, or is not a
            model directory and `overwrite` would delete it; or its parent cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; --out wants a directory")
    if Path.cwd().is_relative_to(out.resolve()):  # it could not be replaced under the user's feet
        what = "is" if Path.cwd() == out.resolve() else "holds"
        raise InputError(f"--out {what} the current directory; name a directory of its own")
    if out.is_dir() and any(out.iterdir()):
        if not overwrite:
            raise InputError(f"{out} is not empty; name another directory or give --overwrite")
        if not ((out / MANIFEST_NAME).exists() or (out / "config.json").exists()):
            raise InputError(f"{out} is not a model directory; it will not be overwritten")
    probe = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        probe.mkdir(parents=True)
        probe.rmdir()
    except OSError as error:
        raise InputError(f"cannot write to {out.parent}: {error.strerror}") from error


def check_apart(out: Path, read: Iterable[str | Path | None]) -> None:
    """Refuse an output directory whose replacement would take along something that the work reads.

    Args:
        read: files and directories; None and what does not exist, such as a hub id, are passed over.

    Raises:
        InputError: one of them is `out`, lies in it or holds it, symbolic links followed.
    """
    here = out.resolve()
    for path in (Path(path) for path in read if path):
        if not path.exists():
            continue
        there = path.resolve()
        if there == here:
            raise InputError(f"{out} is read and cannot be written as well; name another directory with --out")
        if there.is_relative_to(here):
            raise InputError(f"{out} holds {path}, which is read; name another directory with --out")
        if here.is_relative_to(there):
            raise InputError(f"{out} lies inside {path}, which is read; name another directory with --out")


@contextmanager
def whole_directory(out: Path) -> Iterator[Path]:
    """Yield a temporary directory beside `out` that takes its place when the block ends well.

    Raises:
        InputError: weights could not be written, e.g. because the disk is full.
    """
    temporary = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        _open_to_readers(temporary)
        _replace(temporary, out)
    except SafetensorError as error:
        raise InputError(f"cannot write the weights to {out.parent}: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _open_to_readers(directory: Path) -> None:
    """Give every file the mode that the user's umask asks for; safetensors makes its files private."""
    mode = directory.stat().st_mode & 0o666
    for path in directory.rglob("*"):
        if path.is_file():
            path.chmod(mode)


def _replace(new: Path, out: Path) -> None:
    if not out.exists():
        new.rename(out)
        return
    old = new.with_name(f"{new.name}.old")
    out.rename(old)  # a directory that is not empty cannot be replaced in one call
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
