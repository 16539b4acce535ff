"""The canary file: texts, labels, coins and what will be guessed, fixed before the training and secret until then."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from robust_emo.atomic import write_atomically
from robust_emo.errors import InputError
from robust_emo.models.canary_seal import CanarySeal
from robust_emo.types import Example

FILENAME = "canaries.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary and how its coin fell."""

    kind: str
    label: str
    inserted: bool
    """Whether the model was trained on it: a fair coin, independent of all others."""
    text: str | None = None
    """None where `features` say what the model reads."""
    features: tuple[float, ...] | None = None
    """Of a private head, without the constant."""
    expected: tuple[float, ...] | None = None
    """Logits, in the order of the labels, that somebody expects who knows all of the training but coins and noise."""


@dataclass(frozen=True, slots=True)
class SealedCanaries:
    """All canaries of one training."""

    labels: tuple[str, ...]
    """In the order of the model's logits."""
    kind: str
    """As the user asked for it."""
    guesses: int
    scoring: str
    salt: str
    """256 random bits: without them the coins of few canaries could be tried out against the seal."""
    canaries: tuple[Canary, ...]

    @property
    def inserted(self) -> tuple[Canary, ...]:
        """Those that were trained on."""
        return tuple(canary for canary in self.canaries if canary.inserted)

    @property
    def content(self) -> bytes:
        """Of the file."""
        return (json.dumps({"format": _FORMAT, **asdict(self)}, indent=1, ensure_ascii=False) + "\n").encode()

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.content).hexdigest()

    def examples(self) -> tuple[Example, ...]:
        """The texts that are trained on, as such: each of an author of its own."""
        return tuple(
            Example(f"canary-{number}", canary.text, (canary.label,), f"canary-{self.salt[:8]}-{number}")
            for number, canary in enumerate(self.canaries, 1)
            if canary.inserted and canary.text is not None
        )

    def seal(self, path: str) -> CanarySeal:
        """What the manifest says of the file at `path`."""
        return CanarySeal(self.sha256, path, len(self.canaries), self.kind, self.guesses, self.scoring)

    def write(self, folder: Path) -> None:
        """Write the file into an existing folder, atomically."""
        write_atomically(folder / FILENAME, self.content)


def read_canaries(file: Path) -> SealedCanaries:
    """Read a canary file that nothing is known of.

    Raises:
        InputError: it is missing, or is none.
    """
    return _parsed(_bytes(file), file)


def open_seal(seal: CanarySeal, file: Path) -> SealedCanaries:
    """Read the canary file that a manifest speaks of.

    Raises:
        InputError: it is missing, is none, or is not the one that was sealed.
    """
    content = _bytes(file)
    if (found := hashlib.sha256(content).hexdigest()) != seal.sha256:
        raise InputError(
            f"{file}: canaries changed since training (sha256 {found[:12]}… now, {seal.sha256[:12]}… sealed); "
            "restore the file: an audit with other coins or guesses would say nothing"
        )
    sealed = _parsed(content, file)
    told = (seal.count, seal.kind, seal.guesses, seal.scoring)
    if told != (len(sealed.canaries), sealed.kind, sealed.guesses, sealed.scoring):
        raise InputError(f"{file} and the manifest say different things of the canaries; restore the manifest")
    return sealed


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"the canary file {file} cannot be read: {error.strerror or error}") from error


def _parsed(content: bytes, file: Path) -> SealedCanaries:
    from pydantic import TypeAdapter, ValidationError  # heavy, and only needed for what is on disk

    try:
        fields: Mapping[str, Any] = json.loads(content)
        if fields.pop("format") != _FORMAT:  # type: ignore[attr-defined]  # a dict, or AttributeError
            raise InputError(f"{file}: written by another version of robust-emo")
        return TypeAdapter(SealedCanaries).validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{file} is no canary file: {where}: {first['msg']}") from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{file} is no canary file") from error
