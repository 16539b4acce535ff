"""Clean performance: how good the model is before anybody attacks it."""

import time
from collections.abc import Sequence

import numpy as np

from robust_emo.audits.authors import authors
from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import CONFIDENCE, measured, proportion
from robust_emo.plugins import PluginSpec
from robust_emo.statistics import (
    F1Intervals,
    LabelCounts,
    confusion_matrix,
    expected_calibration_error,
    expected_calibration_error_interval,
    f1_intervals,
    label_flags,
)
from robust_emo.statistics.classification import BoolArray
from robust_emo.types import CalibrationBin, ConfusionMatrix, Example, Metric, Prediction, Section, Task

_CLUSTERED = (
    "{authors} authors: F1 and calibration intervals are clustered by author and never narrower than without; those of "
    "proportions treat texts as independent"
)
_DECISIONS = "calibration counts every decision on every label; its n is the number of texts"
_CHUNK = 1024  # texts between two steps of the progress bar


class CleanPerformance:
    """Accuracy, F1 and calibration on all audited examples."""

    spec = PluginSpec(name="clean", version="1", summary="accuracy, F1 per emotion, confusion, calibration")

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; intervals are clustered by author where authors are known."""
        started = time.perf_counter()
        victim, examples = context.engine.victim, context.examples
        predictions = _predict(context)
        gold = label_flags([example.labels for example in examples], victim.labels)
        predicted = label_flags([prediction.labels for prediction in predictions], victim.labels)
        clusters = authors(examples)
        single = victim.task is Task.SINGLE_LABEL
        metrics = _classification(gold, predicted, victim.labels, victim.task, context.seed, clusters)
        calibration_metric, calibration = _calibration(
            predictions, gold, predicted, context.seed, clusters, victim.task
        )
        return [
            Section(
                kind="clean",
                plugin=self.spec.name,
                version=self.spec.version,
                args={},
                metrics=(*metrics, calibration_metric),
                seconds=time.perf_counter() - started,
                notes=_notes(clusters, victim.task),
                confusion=_confusion(examples, predictions, victim.labels) if single else None,
                calibration=calibration,
            )
        ]


def _notes(clusters: Sequence[str] | None, task: Task) -> tuple[str, ...]:
    clustered = () if clusters is None else (_CLUSTERED.format(authors=len(set(clusters))),)
    return (*clustered, _DECISIONS) if task is Task.MULTI_LABEL else clustered


def _predict(context: AuditContext) -> list[Prediction]:
    texts = [example.text for example in context.examples]
    predictions: list[Prediction] = []
    context.progress.begin("clean", len(texts))
    try:
        for start in range(0, len(texts), _CHUNK):
            chunk = texts[start : start + _CHUNK]
            predictions += context.engine.victim.predictions(context.engine.scores(chunk))
            context.progress.advance(len(chunk))
    finally:
        context.progress.end()
    return predictions


def _classification(
    gold: BoolArray,
    predicted: BoolArray,
    labels: Sequence[str],
    task: Task,
    seed: int,
    clusters: Sequence[str] | None,
) -> list[Metric]:
    counts = LabelCounts.of(gold, predicted)
    f1 = _f1_intervals(gold, predicted, seed, clusters)
    right = int((gold == predicted).all(axis=1).sum())
    metrics = [
        proportion("accuracy", right, len(gold), higher_is_better=True),
        measured("macro_f1", float(counts.macro_f1), f1.macro if f1 else None, len(gold), higher_is_better=True),
    ]
    if task is Task.MULTI_LABEL:  # in single-label data it is the accuracy
        micro = float(counts.micro_f1)
        metrics.append(measured("micro_f1", micro, f1.micro if f1 else None, len(gold), higher_is_better=True))
    for index, label in enumerate(labels):
        hits = int(counts.true_positives[index])
        said, meant = int(predicted[:, index].sum()), int(gold[:, index].sum())
        metrics.append(proportion("precision", hits, said, higher_is_better=True, label=label))
        metrics.append(proportion("recall", hits, meant, higher_is_better=True, label=label))
        value = float(counts.f1[index]) if said or meant else None
        interval = f1.per_label[index] if f1 and value is not None else None
        metrics.append(measured("f1", value, interval, meant, higher_is_better=True, label=label))
    return metrics


def _f1_intervals(
    gold: BoolArray, predicted: BoolArray, seed: int, clusters: Sequence[str] | None
) -> F1Intervals | None:
    """Clustered by author, and never narrower than without: few authors make the clustered bootstrap overconfident."""
    plain = f1_intervals(gold, predicted, seed=seed, confidence=CONFIDENCE)
    clustered = (
        f1_intervals(gold, predicted, seed=seed, confidence=CONFIDENCE, clusters=clusters) if clusters else plain
    )
    if plain is None or clustered is None:
        return None
    return F1Intervals(
        macro=clustered.macro.hull(plain.macro),
        micro=clustered.micro.hull(plain.micro),
        per_label=tuple(a.hull(b) for a, b in zip(clustered.per_label, plain.per_label, strict=True)),
    )


def _calibration(
    predictions: Sequence[Prediction],
    gold: BoolArray,
    predicted: BoolArray,
    seed: int,
    clusters: Sequence[str] | None,
    task: Task,
) -> tuple[Metric, tuple[CalibrationBin, ...]]:
    """Over examples; in multi-label data over single decisions, resampled by example."""
    probabilities = np.asarray([prediction.probabilities for prediction in predictions])
    if task is Task.MULTI_LABEL:
        confidences, right = np.maximum(probabilities, 1 - probabilities).ravel(), (gold == predicted).ravel()
        sources = clusters or [str(row) for row in range(len(gold))]
        clusters = [source for source in sources for _ in range(gold.shape[1])]
    else:
        confidences, right = probabilities.max(axis=1), np.asarray((gold & predicted).any(axis=1))
    calibration = expected_calibration_error(confidences, right)
    interval = expected_calibration_error_interval(
        confidences, right, seed=seed, confidence=CONFIDENCE, clusters=clusters
    )
    if clusters and interval and task is Task.SINGLE_LABEL:
        plain = expected_calibration_error_interval(confidences, right, seed=seed, confidence=CONFIDENCE)
        interval = interval.hull(plain) if plain else None
    metric = measured(
        "expected_calibration_error",
        calibration.error if calibration else None,
        interval,
        len(predictions),
        higher_is_better=False,
    )
    return metric, calibration.bins if calibration else ()


def _confusion(
    examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]
) -> ConfusionMatrix:
    return confusion_matrix(
        [example.labels[0] for example in examples], [prediction.labels[0] for prediction in predictions], labels
    )
