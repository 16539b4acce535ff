"""Versions that resources state in their own files."""

import json
import re

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.store import Store


def wordnet_version(files: Store) -> str:
    """As the licence at the head of its data files says, e.g. ``3.0``; empty when it does not.

    Raises:
        PrerequisiteError: the file cannot be read.
    """
    header = files.read("data.adv")[:2_000].decode("ascii", "replace")
    stated = re.search(r"WordNet (\d[\d.]*) Copyright", header, re.IGNORECASE)
    return stated.group(1) if stated else ""


def model_type(files: Store) -> str:
    """Kind of a model, as its configuration says, e.g. ``bert``; empty when it does not.

    Raises:
        PrerequisiteError: the configuration cannot be read.
    """
    try:
        configuration = json.loads(files.read("config.json"))
    except ValueError as error:
        raise PrerequisiteError(f"{files.path}: config.json is not JSON: {error}") from error
    return str(configuration.get("model_type", "")) if isinstance(configuration, dict) else ""
