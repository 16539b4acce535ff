"""Leaving out what a classifier does not read: the last layer's feed-forward part for all tokens but the first.

BERT and its kin classify by the first token alone, yet compute the last layer for all of them. A sixth of a MiniLM is
its last layer, and two thirds of a layer is its feed-forward part.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

_READ_THE_FIRST_TOKEN = (
    "BertForSequenceClassification",
    "RobertaForSequenceClassification",
    "XLMRobertaForSequenceClassification",
    "CamembertForSequenceClassification",
    "ElectraForSequenceClassification",
)
_TOLERANCE = 1e-3  # of the largest logit: far above rounding, far below what another token would change


def last_attention(model: nn.Module) -> nn.Module | None:
    """The attention part of the last layer, if the model answers the same when only its first token goes on.

    Tried on a few tokens, not only looked up: a model may bear the name and have a head of its own.

    Args:
        model: in evaluation mode.
    """
    if type(model).__name__ not in _READ_THE_FIRST_TOKEN or model.config.chunk_size_feed_forward:  # type: ignore[union-attr]  # as every transformers model
        return None  # a feed-forward part in chunks refuses a single token
    layers: Any = model.base_model.encoder.layer  # type: ignore[union-attr]  # as all of these have it
    if not layers:
        return None
    attention: nn.Module = layers[-1].attention
    words = model.get_input_embeddings()  # type: ignore[operator]  # every transformers model has it
    device = words.weight.device
    ids = torch.arange(16, device=device).reshape(4, 4) * 7919 % words.num_embeddings
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        whole: torch.Tensor = model(input_ids=ids, attention_mask=mask).logits
        with first_token_only(attention):
            short: torch.Tensor = model(input_ids=ids, attention_mask=mask).logits
    same = (whole - short).abs().max() <= _TOLERANCE * whole.abs().max()
    return attention if bool(same) else None


@contextmanager
def first_token_only(attention: nn.Module | None) -> Iterator[None]:
    """Within it, only the first token of each text goes on behind `attention`; None changes nothing."""
    if attention is None:
        yield
        return

    def first(_: nn.Module, __: object, output: tuple[Any, ...]) -> tuple[Any, ...]:
        return (output[0][:, :1], *output[1:])

    hook = attention.register_forward_hook(first)
    try:
        yield
    finally:
        hook.remove()
