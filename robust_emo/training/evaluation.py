"""Logits of a model for a whole data set, in fp32: what is measured is what the saved model does."""

import numpy as np
import torch
from accelerate import Accelerator
from torch import nn

from robust_emo.arrays import FloatArray
from robust_emo.training.batches import Encoded, by_length, collate

_BATCH = 64


def predict_logits(model: nn.Module, data: Encoded, accelerator: Accelerator) -> FloatArray:
    """Logits (n, labels), the same on every process; each process computes its share."""
    device, rank, world = accelerator.device, accelerator.process_index, accelerator.num_processes
    plain = accelerator.unwrap_model(model)  # the distributed wrapper would synchronise at every call
    rows = torch.zeros(len(data), len(data.labels), device=device)
    plain.eval()
    with torch.inference_mode():
        for batch in by_length(data.lengths, batch_size=_BATCH * world):
            own = batch[rank::world]
            if own:
                inputs = collate(data, own).to(device)
                logits = plain(input_ids=inputs.input_ids, attention_mask=inputs.attention_mask).logits
                rows[list(own)] = logits.float()
        if world > 1:  # every row is zero on all processes but one
            rows = accelerator.reduce(rows, reduction="sum")
    return np.asarray(rows.cpu().numpy())
