"""What a manifest says of the canaries of a training: which file is the one, and nothing of what is in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class CanarySeal:
    """A part of the manifest of a model that was trained with canaries."""

    __pydantic_config__ = _STRICT

    sha256: str
    """Of the file. It holds 256 random bits, so that nobody finds out by trying which coins fell how."""
    path: str
    """Absolute, or relative to the model directory where the file lies inside it."""
    count: int
    """Canaries, those left out included."""
    kind: str
    guesses: int
    """How many there will be, settled before the training; half of them say that a canary was trained on."""
    scoring: str
    """By what canaries are ordered, settled likewise: see :mod:`robust_emo.canaries.scoring`."""

    def located(self, model_directory: Path) -> Path:
        """The file as seen from here: also where a model and the data folder beside it were moved together."""
        recorded = Path(self.path)
        beside = model_directory.with_name(f"{model_directory.name}.data") / recorded.name
        return next((path for path in (model_directory / recorded, beside) if path.exists()), recorded)
