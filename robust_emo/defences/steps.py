"""How an input defence is kept in a model directory, and how it is read from there."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robust_emo import plugins
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.normaliser import DependentNormaliser, Normaliser
from robust_emo.defences.versions import changes
from robust_emo.errors import InputError

_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class DefenceFile:
    """A file that a normaliser needs, in the model directory."""

    __pydantic_config__ = _STRICT

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DefenceStep:
    """One normaliser as the manifest holds it."""

    __pydantic_config__ = _STRICT

    name: str
    version: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments but for files."""
    files: Mapping[str, DefenceFile] = field(default_factory=dict)
    """By the keyword argument that names them."""
    depends_on: Mapping[str, str] = field(default_factory=dict)
    """Versions of packages and of Unicode's tables with which the model was hardened, by name."""


def store(normalisers: Sequence[Normaliser], directory: Path) -> tuple[DefenceStep, ...]:
    """Copy the files that normalisers need into a model directory; returns what its manifest must say.

    Raises:
        OSError: a file cannot be copied.
    """
    names = [normaliser.spec.name for normaliser in normalisers]
    return tuple(
        _stored(normaliser, directory, f"{name}-{place + 1}" if names.count(name) > 1 else name)
        for place, (name, normaliser) in enumerate(zip(names, normalisers, strict=True))
    )


def _stored(normaliser: Normaliser, directory: Path, prefix: str) -> DefenceStep:
    spec, arguments, files = normaliser.spec, {}, {}
    for argument, value in normaliser.arguments().items():
        if isinstance(value, Path):
            name = f"{prefix}-{argument}{value.suffix}"
            if value != directory / name:
                shutil.copyfile(value, directory / name)
            files[argument] = DefenceFile(name, _sha256(directory / name))
        else:
            arguments[argument] = value
    return DefenceStep(spec.name, spec.version, arguments, files, _dependencies(normaliser))


def _dependencies(normaliser: Normaliser) -> dict[str, str]:
    return dict(normaliser.depends_on()) if isinstance(normaliser, DependentNormaliser) else {}


def load_defence(steps: Sequence[DefenceStep], directory: Path) -> InputDefence | None:
    """Make the normalisers of a manifest again; None where it has none.

    Raises:
        InputError: a file is missing, changed or not in the directory; a normaliser, or something that
            decides what it reads, is of another version now.
        PluginError: a normaliser that is not installed, or that does not take the arguments.
    """
    return InputDefence([_loaded(step, directory) for step in steps]) if steps else None


def _loaded(step: DefenceStep, directory: Path) -> Normaliser:
    files = {argument: _checked(step, file, directory) for argument, file in step.files.items()}
    normaliser: Normaliser = plugins.load("normalisers", step.name, **step.arguments, **files)
    if normaliser.spec.version != step.version:
        raise InputError(
            f"{directory}: the model was hardened with version {step.version} of the normaliser '{step.name}', "
            f"version {normaliser.spec.version} is installed; harden its parent again"
        )
    if changed := changes(step.depends_on, _dependencies(normaliser)):
        raise InputError(
            f"{directory}: what the normaliser '{step.name}' reads may have changed since the model was hardened: "
            f"{'; '.join(changed)}; install the former, or harden its parent again"
        )
    return normaliser


def _checked(step: DefenceStep, file: DefenceFile, directory: Path) -> Path:
    path = directory / file.name
    if Path(file.name).name != file.name:  # hostile manifests must not reach out of the directory
        raise InputError(f"{directory}: the normaliser '{step.name}' names {file.name!r}, which is not a file name")
    if not path.is_file():
        raise InputError(f"{path} is missing; the normaliser '{step.name}' of the model needs it")
    if _sha256(path) != file.sha256:
        raise InputError(f"{path} has changed since the model was hardened")
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
