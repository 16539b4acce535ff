"""What a model is called on a page."""

from pathlib import PurePosixPath, PureWindowsPath


def model_name(path: str) -> str:
    """The last part of its path, on any system."""
    return PureWindowsPath(path).name or PurePosixPath(path).name or path
