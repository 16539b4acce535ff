"""One vector for a text: the mean of its tokens, of length 1 (Reimers & Gurevych 2019)."""

from torch import Tensor, nn


def mean_pooled(encoder: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """Mean of the last layer's vectors over the tokens of each text, scaled to length 1; (rows, width), fp32."""
    hidden = encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
    return nn.functional.normalize(mean.float(), dim=1)
