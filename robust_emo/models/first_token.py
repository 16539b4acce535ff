"""Leaving out what a classifier does not read: what the last layer makes of all tokens but the first.

BERT and its kin classify by the first token alone, yet compute the last layer for all of them. A sixth of a MiniLM is
its last layer, of which the first token needs no more than the keys and values of the others: a sixth of the layer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn

_READ_THE_FIRST_TOKEN = (
    "BertForSequenceClassification",
    "RobertaForSequenceClassification",
    "XLMRobertaForSequenceClassification",
    "CamembertForSequenceClassification",
    "ElectraForSequenceClassification",
)
_TOLERANCE = 1e-4  # of the largest logit: far above rounding, far below what another token would change


class LastAttention:
    """The attention part of a last layer, which can be had for the first token alone.

    Args:
        attention: of BERT's shape: `self` with query, key and value, and `output`.
    """

    def __init__(self, attention: nn.Module) -> None:
        self._attention: Any = attention
        self._users = 0  # batches of several threads may be within at once
        self._lock = Lock()

    @contextmanager
    def first_token_only(self) -> Iterator[None]:
        """Within it, only the first token of each text goes on behind the attention."""
        with self._lock:
            self._users += 1
            self._attention.forward = self._of_first_token  # no hook can keep the rest from being computed
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    del self._attention.forward

    def _of_first_token(
        self, hidden: Tensor, attention_mask: Tensor | None = None, *_: object, **__: object
    ) -> tuple[Tensor, None]:
        """(rows, 1, width), and no attention weights.

        Args:
            hidden: (rows, tokens, width).
            attention_mask: (rows, 1, tokens or 1, tokens), to be added to what the tokens mean to each other, or true
                where they may read each other.
        """
        own, first = self._attention.self, hidden[:, :1]

        def heads(vectors: Tensor) -> Tensor:
            return vectors.view(*vectors.shape[:2], own.num_attention_heads, own.attention_head_size).transpose(1, 2)

        read = nn.functional.scaled_dot_product_attention(
            heads(own.query(first)),
            heads(own.key(hidden)),
            heads(own.value(hidden)),
            attn_mask=None if attention_mask is None else attention_mask[:, :, :1],
        )
        answer: Tensor = self._attention.output(read.transpose(1, 2).flatten(2), first)
        return answer, None


def last_attention(model: nn.Module) -> LastAttention | None:
    """The attention part of the last layer, if the model answers the same when only its first token goes on.

    Tried on a few tokens, some of them filled up, not only looked up: a model may bear the name and have its own head.

    Args:
        model: in evaluation mode.
    """
    config: Any = model.config
    if type(model).__name__ not in _READ_THE_FIRST_TOKEN or config.chunk_size_feed_forward:
        return None  # a feed-forward part in chunks refuses a single token
    if getattr(config, "is_decoder", False) or getattr(config, "position_embedding_type", "absolute") != "absolute":
        return None  # the distance between tokens is part of their attention
    layers: Any = model.base_model.encoder.layer  # type: ignore[union-attr]  # as all of these have it
    if not layers:
        return None
    attention = LastAttention(layers[-1].attention)
    words = model.get_input_embeddings()  # type: ignore[operator]  # every transformers model has it
    device = words.weight.device
    ids = torch.arange(64, device=device).reshape(4, 16) * 7919 % words.num_embeddings
    mask = (torch.arange(16, device=device) < torch.tensor([[16], [3], [9], [16]], device=device)).long()
    with torch.inference_mode():
        whole: Tensor = model(input_ids=ids, attention_mask=mask).logits
        with attention.first_token_only():
            short: Tensor = model(input_ids=ids, attention_mask=mask).logits
    same = (whole - short).abs().max() <= _TOLERANCE * whole.abs().max()
    return attention if bool(same) else None
