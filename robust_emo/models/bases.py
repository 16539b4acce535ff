"""Base models to fine-tune: the bundled encoder, a directory, a hub id, or a small one made from the user's texts."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_files, read_config
from robust_emo.models.loading import check_tokenizer_fits, first_line, longest_input
from robust_emo.models.manifest import read_manifest
from robust_emo.models.minilm import minilm_directory
from robust_emo.models.pooled_head import MODEL_TYPE
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.scratch import SCRATCH_SIZES, make_scratch
from robust_emo.types import Task
from robust_emo.unknown_name import unknown_name

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
_SCRATCH = "scratch:"


@dataclass(frozen=True, slots=True)
class Base:
    """A model ready to be fine-tuned, fp32 on the CPU."""

    name: str
    """As the user wrote it."""
    description: str
    """One line, e.g. `BertForSequenceClassification, 22.7 M parameters`."""
    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel
    fresh: frozenset[str]
    """Parameters initialised at random on top of pretrained ones; empty where everything is new."""
    max_length: int
    """Most tokens the model takes."""


def known_bases() -> dict[str, str]:
    """Names that :func:`resolve_base` knows by itself, each with one line."""
    sizes = {
        f"{_SCRATCH}{size}": f"BERT {shape.layers}x{shape.hidden} with a tokenizer, both made from your texts"
        for size, shape in SCRATCH_SIZES.items()
    }
    return {
        "minilm": "all-MiniLM-L6-v2 (English), bundled, 22.7 M parameters",
        **sizes,
        "DIRECTORY": "any transformers model directory with safetensors",
        "HUB_ID": "any model of the Hugging Face hub with safetensors (uses the network)",
    }


def resolve_base(name: str, *, texts: Sequence[str], labels: Sequence[str], task: Task, seed: int) -> Base:
    """A tokenizer and a classifier with a fresh head for `labels`.

    Deterministic in its arguments; the caller's random state is left alone. The network is used for hub ids only,
    and code of a model repository is never run.

    Args:
        name: `minilm`, `scratch:<size>`, a directory, or a hub id.
        texts: training texts, from which `scratch` makes its tokenizer.
        labels: label names in the order of the logits, at least two.
        seed: of the newly initialised weights.

    Raises:
        InputError: no such base, no safetensors, or parts that do not fit together.
        PrerequisiteError: the package with the bundled encoder is missing.
    """
    with torch.random.fork_rng(devices=[]), quiet_transformers():
        torch.manual_seed(seed)
        if name.startswith(_SCRATCH):
            return _scratch(name, texts, labels, task)
        if name == "minilm":
            return _pretrained(name, str(minilm_directory()), labels, task, offline=True)
        if Path(name).is_dir():
            check_model_files(Path(name))
            _check_can_grow(Path(name))
            _check_no_defence(Path(name))
            return _pretrained(name, name, labels, task, offline=True)
        if "/" not in name:  # hub ids have an owner, so a typo never goes to the network
            raise InputError(unknown_name("base", name, known_bases()))
        if Path(name).exists() or name.startswith((".", "/", "~")) or not _HUB_ID.fullmatch(name):
            raise InputError(f"no such model directory: {name}. Known bases: {', '.join(known_bases())}")
        return _pretrained(name, name, labels, task, offline=False)


def _check_can_grow(directory: Path) -> None:
    if read_config(directory).get("model_type") == MODEL_TYPE:
        raise InputError(
            f"base '{directory}' is a head on frozen features, made by private training: train from its base"
        )


def _check_no_defence(directory: Path) -> None:
    manifest = read_manifest(directory)
    if manifest is not None and manifest.defence:
        raise InputError(
            f"base '{directory}' has an input defence, which the new model would lack: train from the model it was "
            "made of and harden the result"
        )


def save_tokenizer(tokenizer: PreTrainedTokenizerBase, directory: Path, *, max_length: int) -> None:
    """Save a tokenizer that reads texts as in training, so that every user of the model cuts them at `max_length`."""
    tokenizer.model_max_length = max_length
    tokenizer.backend_tokenizer.no_truncation()  # the last call's truncation would be saved along
    tokenizer.save_pretrained(directory)
    path = directory / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    for passing in ("local_files_only", "is_local", "max_length"):  # arguments of our calls, not of the tokenizer
        config.pop(passing, None)
    if config.get("tokenizer_class") == "TokenizersBackend":  # transformers 5; version 4 knows the old name only
        config["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _scratch(name: str, texts: Sequence[str], labels: Sequence[str], task: Task) -> Base:
    size = name.removeprefix(_SCRATCH)
    if size not in SCRATCH_SIZES:
        raise InputError(unknown_name("base", name, (_SCRATCH + size for size in SCRATCH_SIZES)))
    tokenizer, model = make_scratch(size, texts, **_head(labels, task))
    return Base(name, _describe(model), tokenizer, model, frozenset(), SCRATCH_SIZES[size].positions)


def _pretrained(name: str, source: str, labels: Sequence[str], task: Task, *, offline: bool) -> Base:
    where: dict[str, Any] = {"local_files_only": offline, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **where)
        config = AutoConfig.from_pretrained(source, **where)
        for key, value in _head(labels, task).items():
            setattr(config, key, value)
        model, info = AutoModelForSequenceClassification.from_pretrained(
            source,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            **where,
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:  # of transformers, for a bad source
        where_from = "" if offline else " from the hub"
        raise InputError(f"base '{name}' cannot be loaded{where_from}: {first_line(error)}") from error
    _add_padding(model, tokenizer)
    check_tokenizer_fits(f"base '{name}'", model, tokenizer)
    fresh = {
        *info["missing_keys"],
        *(key if isinstance(key, str) else key[0] for key in info["mismatched_keys"]),
    }
    head = {name for name, _ in model.named_parameters() if not name.startswith(f"{model.base_model_prefix}.")}
    if not head <= fresh:  # a classifier's own head knows other labels, or these in another order
        _initialise(model, head)
    return Base(name, _describe(model), tokenizer, model, frozenset(fresh | head), longest_input(model, tokenizer))


def _head(labels: Sequence[str], task: Task) -> dict[str, Any]:
    return {
        "num_labels": len(labels),
        "id2label": dict(enumerate(labels)),
        "label2id": {label: number for number, label in enumerate(labels)},
        "problem_type": f"{task.value}_classification",
    }


def _initialise(model: PreTrainedModel, names: Collection[str]) -> None:
    """Give the named parameters new random values."""
    new = AutoModelForSequenceClassification.from_config(model.config).state_dict()
    model.load_state_dict({name: new[name] for name in names}, strict=False)


def _add_padding(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """GPT-like models come without a padding token; their end token serves."""
    if tokenizer.pad_token_id is None and tokenizer.eos_token is not None:
        tokenizer.pad_token = tokenizer.eos_token
    if model.config.pad_token_id is None:
        model.config.pad_token_id = tokenizer.pad_token_id


def _describe(model: PreTrainedModel) -> str:
    return f"{type(model).__name__}, {model.num_parameters() / 1e6:.1f} M parameters"
