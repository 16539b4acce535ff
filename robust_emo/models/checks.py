"""Looking at a model directory without loading weights, so that misfits are named within milliseconds."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust_emo.errors import InputError
from robust_emo.types import Task

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack")
_INDEX = "model.safetensors.index.json"
_TOKENIZERS = ("tokenizer.json", "vocab.*", "*.model", "tokenizer.model")


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """What config.json says of a classifier."""

    labels: tuple[str, ...]
    """In the order of the logits."""
    task: Task
    model_type: str
    """As transformers calls the architecture; empty where the file does not say."""


def check_model_directory(directory: str | Path) -> ClassifierConfig:
    """Look at a model directory without loading weights.

    Raises:
        InputError: no directory, no config, no safetensors weights (with the way to convert pickles), not a
            classifier, or a regression head.
    """
    path = Path(directory)
    if not path.exists():
        raise InputError(f"no such model directory: {path}")
    if not path.is_dir():
        raise InputError(f"{path} is a file; expected a model directory as save_pretrained writes it")
    check_model_files(path)
    config = read_config(path)
    _check_head(path, config)
    return ClassifierConfig(
        labels=_labels(path, config),
        task=Task.MULTI_LABEL if config.get("problem_type") == "multi_label_classification" else Task.SINGLE_LABEL,
        model_type=str(config.get("model_type") or ""),
    )


def read_config(path: Path) -> dict[str, Any]:
    """The config.json of a model directory.

    Raises:
        InputError: it is not JSON, or no object.
    """
    try:
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path / 'config.json'} is not valid JSON: {error}") from error
    if not isinstance(config, dict):
        raise InputError(f"{path / 'config.json'} does not hold a JSON object")
    return config


def check_model_files(path: Path, *, loader: str = "AutoModelForSequenceClassification") -> None:
    """Look for the files of a model, classifier or not, in an existing directory.

    Args:
        path: the directory.
        loader: the class of transformers with which pickled weights would be converted.

    Raises:
        InputError: no config, no safetensors weights (with the way to convert pickles), weights or an adapter that
            are not in the directory itself, or no tokenizer.
    """
    if not (path / "config.json").is_file():
        raise InputError(f"{path} has no config.json; expected a model directory as save_pretrained writes it")
    _check_weights(path, loader)
    if not any(found.is_file() for pattern in _TOKENIZERS for found in path.glob(pattern)):
        # transformers 5 would make an empty tokenizer up, and every word would be unknown
        raise InputError(f"{path} has no tokenizer; expected tokenizer.json or a vocabulary beside the weights")


def _labels(path: Path, config: dict[str, Any]) -> tuple[str, ...]:
    names = config.get("id2label")
    if not isinstance(names, dict) or set(names) != {str(index) for index in range(len(names))}:
        raise InputError(f"{path}: config.json has no id2label, or one that does not count from 0: label names unknown")
    labels = tuple(str(names[str(index)]) for index in range(len(names)))
    if len(set(labels)) != len(labels):
        raise InputError(f"{path}: config.json names a label twice: {', '.join(labels)}")
    return labels


def _check_weights(path: Path, loader: str) -> None:
    if (path / "model.safetensors").is_file() or (path / _INDEX).is_file():
        _check_parts(path)
        return
    pickles = sorted(found.name for pattern in _PICKLES for found in path.glob(pattern))
    if pickles:
        raise InputError(
            f"{path} holds its weights as {pickles[0]}, which can run code when loaded; convert them where you "
            f"trust them: {loader}.from_pretrained(DIR).save_pretrained(NEW_DIR, safe_serialization=True)"
        )
    if (path / "adapter_config.json").is_file():
        raise InputError(f"{path} holds only a LoRA adapter; merge it first: peft's merge_and_unload()")
    raise InputError(f"{path} has no weights: expected model.safetensors")


def _check_parts(path: Path) -> None:
    """The fingerprint of a model is of the files in its directory, so nothing may be loaded from elsewhere."""
    if (path / "adapter_config.json").is_file():
        raise InputError(
            f"{path} holds weights and a LoRA adapter, which names a base elsewhere; merge it first (peft's "
            "merge_and_unload()), or move adapter_config.json away"
        )
    if not (path / _INDEX).is_file():
        return
    try:
        parts = set(json.loads((path / _INDEX).read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path / _INDEX} is no index of weights: expected JSON with a 'weight_map'") from None
    for part in sorted(map(str, parts)):
        if Path(part).name != part or not part.endswith(".safetensors") or not (path / part).is_file():
            raise InputError(
                f"{path / _INDEX} names {part!r}; expected safetensors files in the same directory and no others"
            )


def _check_head(path: Path, config: dict[str, Any]) -> None:
    names = config.get("architectures") or []
    if names and not any("ForSequenceClassification" in name for name in names):
        raise InputError(
            f"{path} is a {names[0]}, not a classifier (…ForSequenceClassification); "
            f"fine-tune it first: robust-emo train DATA --base {path} --out NEW_DIR"
        )
    labels = config.get("id2label") or {}
    if config.get("problem_type") == "regression" or len(labels) == 1 or config.get("num_labels") == 1:
        raise InputError(f"{path} has a regression head (one output); expected a classifier with two labels or more")
