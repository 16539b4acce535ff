"""The sample data that come with the package: short texts written for this project, with author ids."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from robust_emo.errors import InputError, PrerequisiteError

_NAMES = {"en": "english.csv", "zh": "chinese.csv"}


def sample_path(language: Literal["en", "zh"]) -> Path:
    """Path of the built-in English or Chinese sample: CSV with the columns text, label, author.

    Raises:
        InputError: another language.
        PrerequisiteError: the installation lacks the file.
    """
    if language not in _NAMES:
        raise InputError(f"no built-in sample for language '{language}'; there are {', '.join(_NAMES)}")
    path = Path(str(files("robust_emo.data").joinpath("sample", _NAMES[language])))
    if not path.is_file():
        raise PrerequisiteError(f"{path} is missing from this installation; pip install --force-reinstall robust-emo")
    return path
