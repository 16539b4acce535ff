"""How often predictions are right: accuracy, confusion matrix, precision, recall and F1.

Single-label and multi-label data are treated alike, as flags of shape (examples, labels).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np
import numpy.typing as npt

from robust_emo.statistics.bootstrap import BootstrapOptions, FloatArray, bootstrap_totals
from robust_emo.statistics.intervals import Interval
from robust_emo.types import ConfusionMatrix

BoolArray = npt.NDArray[np.bool_]


def label_flags(label_sets: Iterable[Iterable[str]], labels: Sequence[str]) -> BoolArray:
    """Flags (examples, labels), true where the example has the label.

    Raises:
        KeyError: a label that is not in `labels`.
    """
    column = {label: index for index, label in enumerate(labels)}
    rows = [[column[name] for name in names] for names in label_sets]
    flags = np.zeros((len(rows), len(labels)), dtype=np.bool_)
    for row, columns in enumerate(rows):
        flags[row, columns] = True
    return flags


def accuracy(gold: BoolArray, predicted: BoolArray) -> float | None:
    """Share of examples, in [0, 1], whose predicted label set is exactly the gold one; None without examples.

    Args:
        gold: (examples, labels).
        predicted: the same shape.
    """
    return float((gold == predicted).all(axis=1).mean()) if len(gold) else None


def confusion_matrix(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> ConfusionMatrix:
    """Counts of gold (rows) against predicted (columns) of single-label data.

    Raises:
        KeyError: a label that is not in `labels`.
    """
    column = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, ([column[name] for name in gold], [column[name] for name in predicted]), 1)
    return ConfusionMatrix(tuple(labels), tuple(tuple(int(count) for count in row) for row in counts))


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Per label: right, wrongly predicted and missed decisions. Arrays of shape (..., labels)."""

    true_positives: FloatArray
    false_positives: FloatArray
    false_negatives: FloatArray

    @classmethod
    def of(cls, gold: BoolArray, predicted: BoolArray) -> "LabelCounts":
        """Count over all examples; both arguments have shape (examples, labels)."""
        return cls.from_totals(_contributions(gold, predicted).sum(axis=0))

    @classmethod
    def from_totals(cls, totals: FloatArray) -> "LabelCounts":
        """From (..., 3 * labels): true positives, then false positives, then false negatives."""
        return cls(*np.split(totals, 3, axis=-1))

    @property
    def precision(self) -> FloatArray:
        """(..., labels) in [0, 1]; 0 where the label was never predicted."""
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> FloatArray:
        """(..., labels) in [0, 1]; 0 where the label is never gold."""
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> FloatArray:
        """(..., labels) in [0, 1]; 0 where the label neither is gold nor was predicted."""
        return _ratio(2 * self.true_positives, 2 * self.true_positives + self._wrong)

    @property
    def macro_f1(self) -> FloatArray:
        """(...), mean F1 over the labels that are gold or predicted at all, scikit-learn's default."""
        seen = (self.true_positives + self._wrong > 0).sum(axis=-1)
        return _ratio(self.f1.sum(axis=-1), seen.astype(np.float64))

    @property
    def micro_f1(self) -> FloatArray:
        """(...), F1 of all decisions pooled; equal to accuracy in single-label data."""
        right = 2 * self.true_positives.sum(axis=-1)
        return _ratio(right, right + self._wrong.sum(axis=-1))

    @property
    def _wrong(self) -> FloatArray:
        return self.false_positives + self.false_negatives


@dataclass(frozen=True, slots=True)
class F1Intervals:
    """Bootstrap intervals of F1 from one and the same set of resamples."""

    macro: Interval
    micro: Interval
    per_label: tuple[Interval, ...]


def f1_intervals(gold: BoolArray, predicted: BoolArray, **options: Unpack[BootstrapOptions]) -> F1Intervals | None:
    """Intervals of macro, micro and per-label F1; None with fewer than five examples or clusters.

    Args:
        gold: (examples, labels).
        predicted: the same shape.
        options: as for :func:`~robust_emo.statistics.bootstrap.bootstrap_totals`.
    """

    # A rare label that drops out of a resample still counts, with F1 0: leaving it out there would change what
    # is averaged from resample to resample, and lift the macro-F1 of a model that never finds it.
    seen = gold.any(axis=0) | predicted.any(axis=0)

    def statistics_of(totals: FloatArray) -> FloatArray:
        counts = LabelCounts.from_totals(totals)
        return np.column_stack([counts.f1[:, seen].mean(axis=1), counts.micro_f1, counts.f1])

    intervals = bootstrap_totals(statistics_of, _contributions(gold, predicted), **options)
    return F1Intervals(intervals[0], intervals[1], intervals[2:]) if intervals else None


def mean_recall(gold: BoolArray, right: BoolArray) -> float | None:
    """Share right of each gold label, averaged over the labels that are gold at all; None without examples.

    Args:
        gold: (examples, labels).
        right: (examples,), whether whatever is counted holds for the example.
    """
    return float(_mean_recall(_recall_contributions(gold, right).sum(axis=0))) if gold.any() else None


def mean_recall_interval(gold: BoolArray, right: BoolArray, **options: Unpack[BootstrapOptions]) -> Interval | None:
    """Bootstrap interval of :func:`mean_recall`; None with fewer than five examples or clusters.

    Args:
        gold: (examples, labels).
        right: (examples,).
        options: as for :func:`~robust_emo.statistics.bootstrap.bootstrap_totals`.
    """
    intervals = bootstrap_totals(
        lambda totals: _mean_recall(totals)[:, None], _recall_contributions(gold, right), **options
    )
    return intervals[0] if intervals else None


def _recall_contributions(gold: BoolArray, right: BoolArray) -> FloatArray:
    return np.hstack([gold & right[:, None], gold]).astype(np.float64)


def _mean_recall(totals: FloatArray) -> FloatArray:
    """(...) from (..., 2 * labels): right per label, then gold per label."""
    hits, gold = np.split(totals, 2, axis=-1)
    seen = (gold > 0).sum(axis=-1)
    return _ratio(_ratio(hits, gold).sum(axis=-1), seen.astype(np.float64))


def _contributions(gold: BoolArray, predicted: BoolArray) -> FloatArray:
    if gold.shape != predicted.shape:
        raise ValueError(f"gold has shape {gold.shape} but predicted {predicted.shape}")
    return np.hstack([gold & predicted, ~gold & predicted, gold & ~predicted]).astype(np.float64)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
