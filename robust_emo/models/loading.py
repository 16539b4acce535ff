"""Loading a classifier from a directory: safetensors only, no remote code, and every misfit named."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.steps import load_defence
from robust_emo.errors import InputError
from robust_emo.models.checks import ClassifierConfig, check_model_directory
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import read_manifest
from robust_emo.types import Task

_LONGEST = 512


@dataclass(frozen=True, slots=True)
class LoadedClassifier:
    """A sequence classifier as read from disk."""

    model: Any
    """transformers model with a classification head, on the CPU, fp32."""
    tokenizer: Any
    labels: tuple[str, ...]
    """In the order of the logits."""
    task: Task
    max_length: int
    """Most tokens that model and tokenizer take, at most 512."""
    positions: int
    """Most tokens the model can take, padding included."""
    architecture: str
    sha256: str
    """Of weights, config and tokenizer files, and of the input defence."""
    defence: InputDefence | None = None
    """What every text goes through before the tokenizer."""


def load_classifier(directory: str | Path) -> LoadedClassifier:
    """Read a classifier that `save_pretrained` wrote. No network, no pickle, no code from the directory.

    Raises:
        InputError: as :func:`check_model_directory`, :func:`read_manifest` and :func:`load_defence`; also for weights
            that do not fit the config, a missing classification head, or a tokenizer that does not fit the model.
        PluginError: as :func:`load_defence`.
    """
    from transformers import AutoTokenizer

    from robust_emo.models.quiet import quiet_transformers

    path = Path(directory)
    config, manifest = check_model_directory(path), read_manifest(path)
    defence = load_defence(manifest.defence if manifest else (), path)
    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        except Exception as error:  # transformers raises nearly anything here
            raise InputError(f"the tokenizer in {path} cannot be loaded: {first_line(error)}") from error
        try:
            model, info = _class_of(config).from_pretrained(
                path, local_files_only=True, trust_remote_code=False, use_safetensors=True,
                dtype="float32", output_loading_info=True,
            )  # fmt: skip
        except Exception as error:
            raise InputError(f"the model in {path} cannot be loaded: {first_line(error)}") from error
    _check_complete(path, sorted(info["missing_keys"]))
    check_tokenizer_fits(path, model, tokenizer)
    return LoadedClassifier(
        model=model,
        tokenizer=tokenizer,
        labels=config.labels,
        task=config.task,
        max_length=longest_input(model, tokenizer),
        positions=_positions(model),
        architecture=type(model).__name__,
        sha256=model_sha256(path),
        defence=defence,
    )


def _class_of(config: ClassifierConfig) -> Any:  # noqa: ANN401 - any transformers class
    """What reads the weights: a class of transformers, or the one of this project."""
    from transformers import AutoModelForSequenceClassification

    from robust_emo.models.pooled_head import MODEL_TYPE, PooledHeadForSequenceClassification

    return (
        PooledHeadForSequenceClassification if config.model_type == MODEL_TYPE else AutoModelForSequenceClassification
    )


def check_tokenizer_fits(name: str | Path, model: Any, tokenizer: Any) -> None:  # noqa: ANN401 - any transformers class
    """Refuse a tokenizer that is not the model's.

    Raises:
        InputError: it has more tokens than the model embeds, or no padding token; the message begins with `name`.
    """
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise InputError(
            f"{name}: tokenizer and model do not belong together: the tokenizer has {len(tokenizer)} tokens, "
            f"the model embeds {rows}"
        )
    if tokenizer.pad_token_id is None:
        raise InputError(f"{name}: the tokenizer has no padding token; set pad_token in tokenizer_config.json")


def longest_input(model: Any, tokenizer: Any) -> int:  # noqa: ANN401 - any transformers class
    """Most tokens that model and tokenizer take, at most 512."""
    return int(min(_LONGEST, _positions(model), tokenizer.model_max_length))


def _positions(model: Any) -> int:  # noqa: ANN401
    positions = int(getattr(model.config, "max_position_embeddings", None) or _LONGEST)
    if model.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= 2  # their positions start behind the padding index
    return positions


def first_line(error: Exception) -> str:
    """What an error says, short enough for a one-line message."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _check_complete(path: Path, missing: list[str]) -> None:
    if missing:
        raise InputError(
            f"{path}: the weights lack {missing[0]}{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}; "
            "an audit of freshly initialised weights would say nothing"
        )
