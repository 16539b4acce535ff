"""What a model is given for whole units: token ids, and everything that it would otherwise share among the texts.

BERT and its kin look up one row of position ids for the whole batch. Opacus would take the gradient of that row for the
gradient of the first text; so each text gets a row of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from robust_emo.training.batches import Encoded, collate


@dataclass(frozen=True, slots=True)
class PhysicalBatch:
    """What goes through a model at a time."""

    inputs: dict[str, Tensor]
    """Each (texts, tokens)."""
    targets: Tensor
    members: Tensor | None
    """The unit in this batch that each text is part of, (texts,); None where each is one of its own."""
    units: int


def physical_batch(
    data: Encoded, units: Sequence[Sequence[int]], *, expanded: Sequence[str], device: str
) -> PhysicalBatch:
    """The texts of `units`, each given as rows of `data`.

    Args:
        expanded: which of `position_ids` and `token_type_ids` the architecture takes and would share.
    """
    rows = [row for unit in units for row in unit]
    batch = collate(data, rows).to(torch.device(device))
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    if "position_ids" in expanded:
        width = batch.input_ids.shape[1]
        inputs["position_ids"] = torch.arange(width, device=device).repeat(len(rows), 1)
    if "token_type_ids" in expanded:
        inputs["token_type_ids"] = torch.zeros_like(batch.input_ids)
    if len(rows) == len(units):
        return PhysicalBatch(inputs, batch.targets, None, len(units))
    members = [number for number, unit in enumerate(units) for _ in unit]
    return PhysicalBatch(inputs, batch.targets, torch.tensor(members, device=device), len(units))
