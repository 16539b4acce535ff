"""What a private training keeps beside the model, which can be handed on without it."""

import json
from pathlib import Path

from robust_emo.errors import InputError
from robust_emo.models.manifest import DataSource

TRAINED_ON = "trained_on.json"
"""Says which file was trained on: its fingerprint would tell whether a text was in it, to who knows all the others."""

MEASURED = "integrity.json"
"""What the check before the training measured: numbers taken of private texts, with no noise on them."""


def data_folder(model: Path) -> Path:
    """Parts that were split off, :data:`TRAINED_ON` and :data:`MEASURED`."""
    return model.with_name(f"{model.name}.data")


def trained_on(model: Path) -> DataSource | None:
    """Which file a private model was trained on; None where its data folder has gone.

    Raises:
        InputError: the folder is there and does not say.
    """
    path = data_folder(model.absolute()) / TRAINED_ON
    if not path.is_file():
        return None
    try:
        return DataSource(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path} does not say what the model was trained on: {error}") from None
