"""What a private head reads of each text: the frozen features, computed once."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from robust_emo.arrays import FloatArray
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.pooled_head import PooledHeadConfig, PooledHeadForSequenceClassification
from robust_emo.progress import Progress
from robust_emo.training.batches import Encoded
from robust_emo.training.private.contributions import Array
from robust_emo.training.private.encoders import PublicEncoder
from robust_emo.types import Task

_AT_A_TIME = 512  # texts, between two movements of a progress bar
BIAS = 0.3
"""Stands for the 1 of a bias, so that it takes a small part of the clipped norm."""


def make_model(
    encoders: Sequence[PublicEncoder], labels: Sequence[str], task: Task
) -> PooledHeadForSequenceClassification:
    """The encoders under a head that is all zeros."""
    config = PooledHeadConfig(
        [each.model.config.to_dict() for each in encoders],
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        problem_type=f"{task.value}_classification",
        pad_token_id=encoders[0].tokenizer.pad_token_id,
    )
    return PooledHeadForSequenceClassification(config, [each.model for each in encoders])


def features_of(model: BatchedModel, width: int, data: Encoded, name: str, progress: Progress) -> Array:
    """Features (n, width + 1) of all texts, the last one constant.

    Args:
        width: of the encoders together.
        name: what the bar says.

    Raises:
        InputError: a feature is not finite: such a text would move everything, whatever its gradient is clipped to.
    """
    progress.begin(f"features of the {name} data", len(data))
    order = sorted(range(len(data)), key=lambda row: len(data.ids[row]))  # neighbours are as long: little padding
    found = np.full((len(data), width + 1), BIAS)
    for first in range(0, len(order), _AT_A_TIME):
        rows = order[first : first + _AT_A_TIME]
        found[rows, :-1] = _run(model, [np.asarray(data.ids[row], dtype=np.int64) for row in rows])
        progress.advance(len(rows))
    progress.end()
    if bad := np.flatnonzero(~np.isfinite(found).all(axis=1)).size:
        raise InputError(f"the encoder answers {bad} of {len(data)} {name} texts with numbers that are not finite")
    return found


def _run(model: BatchedModel, ids: Sequence[np.ndarray]) -> FloatArray:
    def compute(module: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        found: Tensor = module.features(input_ids, attention_mask)  # type: ignore[operator]  # a method, not a parameter
        return found

    return model.run(ids, compute)


def put_into(model: PooledHeadForSequenceClassification, weights: Array) -> None:
    """Make `weights` (features, labels), the last row that of the constant, the head of the model."""
    import torch

    with torch.no_grad():
        model.classifier.weight.copy_(torch.from_numpy(weights[:-1].T))
        model.classifier.bias.copy_(torch.from_numpy(weights[-1] * BIAS))
