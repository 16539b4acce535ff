"""How good a classifier is, in numbers without intervals: for training logs. The audit adds the intervals."""

from dataclasses import dataclass

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.statistics.classification import BoolArray, LabelCounts, accuracy
from robust_emo.training.batches import Encoded
from robust_emo.types import Task


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One emotion's numbers, each in [0, 1]."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    """Examples that have the label."""


@dataclass(frozen=True, slots=True)
class ClassificationReport:
    """Numbers of one data set, each in [0, 1]."""

    accuracy: float
    """Share of examples whose predicted labels are exactly the gold ones."""
    macro_f1: float
    """Mean F1 over the labels that are gold or predicted at all."""
    micro_f1: float
    classes: tuple[ClassScores, ...]
    n: int


def classification_report(logits: FloatArray, data: Encoded) -> ClassificationReport:
    """Compare predictions with the gold labels of `data`.

    Args:
        logits: (n, labels). Single label: the highest wins. Multi label: all from 0 (probability 0.5) on.
    """
    gold, predicted = _flags(logits, data)
    counts = LabelCounts.of(gold, predicted)
    per_label = zip(data.labels, counts.precision, counts.recall, counts.f1, gold.sum(axis=0), strict=True)
    return ClassificationReport(
        accuracy=accuracy(gold, predicted) or 0.0,
        macro_f1=float(counts.macro_f1),
        micro_f1=float(counts.micro_f1),
        classes=tuple(
            ClassScores(label, float(precision), float(recall), float(f1), int(support))
            for label, precision, recall, f1, support in per_label
        ),
        n=len(gold),
    )


def _flags(logits: FloatArray, data: Encoded) -> tuple[BoolArray, BoolArray]:
    targets = data.targets.numpy()
    if data.task is Task.MULTI_LABEL:
        return targets > 0, logits >= 0
    each = np.arange(logits.shape[1])
    return targets[:, None] == each, logits.argmax(axis=1)[:, None] == each
