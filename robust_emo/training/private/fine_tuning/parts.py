"""Which weights are trained, by name: biases, adapters, the last layers, or all; the head always."""

from collections.abc import Iterator

from torch import nn
from transformers import PreTrainedModel

from robust_emo.errors import InputError
from robust_emo.models.bases import Base
from robust_emo.training.hyperparameters import Lora
from robust_emo.training.lora import add_lora
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.fine_tuning.support import Support


def with_trained_part(base: Base, settings: FineTuning, support: Support) -> nn.Module:
    """The model with `requires_grad` where it is trained; with adapters where these are.

    `bitfit` (Ben Zaken et al. 2022) trains biases, `lora` (Hu et al. 2021) adapters of all linear layers, `last` the
    last layers and the pooler, `full` everything but the embeddings, unless these are asked for. New layers are trained
    in all of them; what `support` calls frozen in none.

    Raises:
        InputError: there are fewer layers than are asked for, or nothing but the head would be trained.
    """
    model: nn.Module = base.model
    if settings.trained == "lora":
        lora = Lora(rank=settings.lora_rank, alpha=settings.lora_alpha, dropout=0.0)
        model = add_lora(base.model, lora, fresh=base.fresh, frozen=support.frozen)
    else:
        chosen = _chosen(base.model, settings, support)
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name in chosen or name in base.fresh)
    for name, parameter in model.named_parameters():
        if any(part in name for part in support.frozen):
            parameter.requires_grad_(False)
    return model


def _chosen(model: PreTrainedModel, settings: FineTuning, support: Support) -> set[str]:
    """Names of pretrained parameters that are trained."""
    embeddings = _inside(model, "embeddings")
    if settings.trained == "bitfit":
        return {name for name, _ in model.named_parameters() if name.endswith("bias")} - embeddings
    if settings.trained == "last":
        return {*_last(model, settings.last_layers, support), *_inside(model, "pooler")}
    return {name for name, _ in model.named_parameters()} - (set() if settings.train_embeddings else embeddings)


def _last(model: PreTrainedModel, count: int, support: Support) -> Iterator[str]:
    layers: nn.Module = model.base_model.get_submodule(support.layers)
    total = len(list(layers.children()))
    if count > total:
        raise InputError(f"the encoder has {total} layers; --last-layers must be at most that, got {count}")
    for number in range(total - count, total):
        yield from _inside(model, f"{support.layers}.{number}")


def _inside(model: PreTrainedModel, where: str) -> set[str]:
    """Names of parameters of this part of the encoder."""
    prefix = f"{model.base_model_prefix}.{where}."
    return {name for name, _ in model.named_parameters() if name.startswith(prefix)}
