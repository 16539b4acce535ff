"""Downloads the resources that a user names, through NLTK's downloader: the only place that uses the network."""

import re
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.resources import catalogue
from robust_emo.resources.places import nltk_folders
from robust_emo.resources.resource import Resource


def default_folder() -> Path:
    """Where NLTK looks first: the first folder in NLTK_DATA, else `nltk_data` in the home folder."""
    return nltk_folders()[0]


def fetch(names: Sequence[str], folder: Path | None = None) -> list[Resource]:
    """Download resources into one of NLTK's data folders; each appears there whole or not at all.

    Args:
        names: as `robust-emo resources` lists them.
        folder: where to, :func:`default_folder` by default; made if absent.

    Returns:
        The resources as they are found afterwards.

    Raises:
        InputError: no resource has that name, or it is no download; checked for all names before the first one.
        PrerequisiteError: the network or the folder did not let it through.
    """
    identifiers = {name: _identifier(name) for name in names}
    folder = (folder or default_folder()).absolute()
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".fetch-", dir=folder))
    except OSError as error:
        raise PrerequisiteError(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        for name, identifier in identifiers.items():
            _download(name, identifier, staging)
            _install(identifier, staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if made and not any(folder.iterdir()):
            folder.rmdir()
    catalogue.forget()
    return [catalogue.find(name) for name in names]


def _identifier(name: str) -> str:
    identifier = catalogue.nltk_identifier(name)
    if not identifier:
        resource = catalogue.find(name)
        raise InputError(f"{resource.title} is not fetched by this command: {resource.command}")
    return identifier


def _download(name: str, identifier: str, staging: Path) -> None:
    from nltk.downloader import Downloader, ErrorMessage

    package = identifier.rpartition("/")[2]
    reason = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what NLTK warns of, it then refuses with an error
            for message in Downloader().incr_download(package, download_dir=str(staging)):
                if isinstance(message, ErrorMessage):
                    reason = str(message.message)
                    break
    except (OSError, ValueError) as error:
        reason = str(error) or type(error).__name__
    if reason:
        raise PrerequisiteError(_failure(name, identifier, " ".join(reason.split())))
    if not any(_parts(identifier, staging)):
        raise PrerequisiteError(f"{name} could not be fetched: the download holds no {identifier}")


def _failure(name: str, identifier: str, reason: str) -> str:
    """One line: what is wrong, what to do, and the technical reason behind it."""
    unreached = re.search(r"<urlopen error (?:\[Errno -?\d+\] )?(.*)>", reason)
    if unreached is None:
        return f"{name} could not be fetched: {reason}"
    by_hand = f"connect, or copy {identifier}.zip into a folder named by NLTK_DATA"
    return f"{name} could not be fetched: no network: {by_hand} ({unreached[1]})"


def _install(identifier: str, staging: Path, folder: Path) -> None:
    for part in _parts(identifier, staging):
        target = folder / part.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            target.rename(staging / f"old-{target.name}")
        part.replace(target)


def _parts(identifier: str, staging: Path) -> list[Path]:
    """What the download left: the archive, the unpacked folder, or both."""
    found = (staging / f"{identifier}{ending}" for ending in (".zip", ""))
    return [path for path in found if path.exists()]
