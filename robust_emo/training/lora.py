"""Low-rank adaptation (Hu et al. 2021) through peft."""

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

from peft import LoraConfig, TaskType, get_peft_model
from torch import nn
from transformers import PreTrainedModel

from robust_emo.errors import InputError
from robust_emo.training.hyperparameters import Lora


def add_lora(model: PreTrainedModel, settings: Lora, *, fresh: Collection[str], frozen: Collection[str] = ()) -> Any:  # noqa: ANN401 - peft is untyped
    """Freeze `model` and add adapters to all its linear layers; layers with `fresh` parameters are trained whole.

    Args:
        frozen: parts of the names of layers that get no adapter.

    Raises:
        InputError: nothing to adapt, as in a model made from scratch, where everything must be trained.
    """
    if not fresh:
        raise InputError("LoRA adapts a pretrained model; a model made from scratch needs --method standard")
    # A head of several layers is named as a whole: peft wraps `classifier` by itself, and a layer of it that was named
    # too would be wrapped inside that and never be trained.
    inside = f"{model.base_model_prefix}."
    whole = sorted({name.rpartition(".")[0] if name.startswith(inside) else name.split(".")[0] for name in fresh})
    layers = (name for name, layer in model.named_modules() if isinstance(layer, nn.Linear))
    linear = [
        name
        for name in layers
        if not any(f"{name}.".startswith(f"{top}.") for top in whole) and not any(part in name for part in frozen)
    ]
    if not linear:
        raise InputError(f"LoRA adapts linear layers, and {type(model).__name__} has none; use --method standard")
    config = LoraConfig(
        task_type=TaskType.SEQ_CLS,
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=linear,
        modules_to_save=whole,
    )
    with warnings.catch_warnings():
        # peft reads an attribute that transformers 5 renamed; nothing a user could do about it
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(model, config)


def trained_whole(adapted: nn.Module) -> frozenset[str]:
    """Names of the parameters that :func:`add_lora` trains themselves, without adapters."""
    return frozenset(name for name, _ in adapted.named_parameters() if ".modules_to_save." in name)


def merge_lora(adapted: Any, adapter_directory: Path | None) -> PreTrainedModel:  # noqa: ANN401 - peft is untyped
    """The plain model with the adapters added into its weights.

    Args:
        adapter_directory: where to keep the adapters by themselves; None keeps them nowhere.
    """
    if adapter_directory is not None:
        adapted.save_pretrained(adapter_directory, safe_serialization=True)
    merged: PreTrainedModel = adapted.merge_and_unload()
    return merged
