"""Classification losses on logits, with class weights and label smoothing."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from robust_emo.training.batches import Encoded
from robust_emo.training.hyperparameters import ClassWeights
from robust_emo.types import Task

Loss = Callable[[Tensor, Tensor], Tensor]
"""Takes logits (b, labels) and targets, returns a scalar."""


def make_loss(data: Encoded, *, class_weights: ClassWeights = "none", label_smoothing: float = 0.0) -> Loss:
    """Cross-entropy for single-label data, mean binary cross-entropy over all labels for multi-label data.

    Args:
        data: the whole training data; class weights are counted from it.
        label_smoothing: share of the target spread over the other classes (Szegedy et al. 2016), in [0, 1).
    """
    if data.task is Task.SINGLE_LABEL:
        weight = _weights(torch.bincount(data.targets, minlength=len(data.labels)).float(), class_weights)

        def cross_entropy(logits: Tensor, gold: Tensor) -> Tensor:
            if weight is None:
                return functional.cross_entropy(logits.float(), gold, label_smoothing=label_smoothing)
            # torch's own mean divides by the weights of the batch: they would cancel where its classes are alike
            return functional.cross_entropy(
                logits.float(), gold, weight.to(logits.device), label_smoothing=label_smoothing, reduction="none"
            ).mean()

        return cross_entropy
    positive = _positive_weights(data.targets, class_weights)

    def binary_cross_entropy(logits: Tensor, gold: Tensor) -> Tensor:
        on_device = None if positive is None else positive.to(logits.device)
        soft = gold * (1 - label_smoothing) + label_smoothing / 2
        return functional.binary_cross_entropy_with_logits(logits.float(), soft, pos_weight=on_device)

    return binary_cross_entropy


def _weights(counts: Tensor, scheme: ClassWeights) -> Tensor | None:
    """`balanced`: inverse frequency; `sqrt`: its square root. Scaled to a mean of 1 over the training examples."""
    if scheme == "none":
        return None
    # a class without training examples never enters the loss; its weight only has to be finite
    inverse = 1 / counts.clamp(min=1)
    weights = inverse if scheme == "balanced" else inverse.sqrt()
    return weights * (counts.sum() / (weights * counts).sum())


def _positive_weights(flags: Tensor, scheme: ClassWeights) -> Tensor | None:
    """Per label negatives / positives, or its square root."""
    if scheme == "none":
        return None
    positives = flags.sum(dim=0)
    ratio = (len(flags) - positives) / positives.clamp(min=1)
    return ratio if scheme == "balanced" else ratio.sqrt()
