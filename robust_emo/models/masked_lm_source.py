"""Where a masked language model comes from, told without loading anything."""

import re
from pathlib import Path

from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_files

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")


def is_on_disk(name: str) -> bool:
    """True for a model directory, False for what can only be a hub id (nobody looks there yet).

    Raises:
        InputError: neither, or a directory without config, safetensors or tokenizer.
    """
    path = Path(name)
    if path.is_dir():
        check_model_files(path, loader="AutoModelForMaskedLM")
        return True
    if path.exists() or not _HUB_ID.fullmatch(name):
        raise InputError(
            f"no such masked language model: {name}; expected a directory as save_pretrained writes it, or a hub id "
            "such as distilbert/distilroberta-base"
        )
    return False


def masked_lm_problem(name: str) -> str | None:
    """Why `name` cannot be used as a masked language model, as far as can be told without loading it; else None."""
    try:
        is_on_disk(name)
    except InputError as error:
        return str(error)
    return None
