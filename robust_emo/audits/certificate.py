"""Certificates: how many words an attacker may change, whatever the attack, before a smoothed model can answer else."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from robust_emo.ablation import Ablation, Mechanism
from robust_emo.audits.authors import authors
from robust_emo.audits.certificate_notes import HiddenTraining, certificate_notes, says_something
from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import CONFIDENCE, measured, proportion
from robust_emo.engine.smoothing import Certificate, SmoothedClassifier, Smoothing
from robust_emo.errors import InputError
from robust_emo.models.manifest import Manifest
from robust_emo.plugins import PluginSpec
from robust_emo.statistics import label_flags, mean_recall, mean_recall_interval
from robust_emo.statistics.classification import BoolArray
from robust_emo.types import BudgetCurve, CurvePoint, Example, Metric, Section, Task

ACCURACY, BALANCED = "certified_words", "certified_words_balanced"
"""Units of the two curves."""
_DEFAULT = Ablation("deletion", 0.8)
_WORDS = ("0_words", "1_word", "2_words", "3_words")
"""Radii with metrics of their own, for policies."""
_MULTI_LABEL = "not measured: certificates are made for single-label models only"


class Certificates:
    """Certified accuracy of the model smoothed by hiding words, on the examples drawn for attacks.

    Args:
        mechanism: `masking` or `deletion`; None: what the model was trained with, else deletion.
        rate: share of hidden words; None: what the model was trained with, else 0.8.
        samples: texts with hidden words per example, beside `selection_samples` that choose its class. Where there are
            no more ways to hide words, all of them are asked and nothing is left to chance.
        alpha: probability with which a sampled certificate may be wrong.
        largest_radius: words; larger certificates are not looked for, and what they would come to is not measured.

    Raises:
        InputError: a value out of its range.
    """

    spec = PluginSpec(
        name="certificate",
        version="1",
        summary="certified accuracy by number of changed words, of the model smoothed by hiding words",
        paper="Zeng et al. 2021, Huang et al. 2024",
    )

    def __init__(
        self,
        *,
        mechanism: Mechanism | None = None,
        rate: float | None = None,
        samples: int = 1000,
        selection_samples: int = 100,
        alpha: float = 0.001,
        largest_radius: int = 10,
    ) -> None:
        self._mechanism, self._rate = mechanism, rate
        try:
            self._smoothing = Smoothing(
                ablation=self._ablation(None),
                samples=samples,
                selection_samples=selection_samples,
                alpha=alpha,
                largest_radius=largest_radius,
            )
        except InputError as error:
            raise InputError(f"section certificate: {error}") from None

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; a killed audit finds what it asked the model in the cache on disk when it is resumed."""
        started = time.perf_counter()
        learnt = trained_with(context.manifest)
        smoothing = replace(self._smoothing, ablation=self._ablation(learnt))
        single = context.engine.victim.task is Task.SINGLE_LABEL
        certificates = self._certify(context, smoothing) if single else []
        pairs = zip(certificates, context.attacked if single else (), strict=True)
        counted = [pair for pair in pairs if says_something(pair[0], smoothing.ablation)]
        section = _measured(counted, context.engine.victim.labels, smoothing.largest_radius, context.seed)
        limit = context.engine.victim.batched.max_length
        training = HiddenTraining(learnt, whole_rounds=_whole_rounds(context.manifest))
        notes = certificate_notes(certificates, smoothing, training, most_tokens=limit) if single else (_MULTI_LABEL,)
        seconds = time.perf_counter() - started
        return [replace(section, args=_arguments(smoothing), notes=notes, seconds=seconds)]

    def _ablation(self, learnt: Ablation | None) -> Ablation:
        """What was asked for, else what was `learnt`, else the default."""
        known = learnt or _DEFAULT
        return Ablation(
            known.mechanism if self._mechanism is None else self._mechanism,
            known.rate if self._rate is None else self._rate,
        )

    def _certify(self, context: AuditContext, smoothing: Smoothing) -> list[Certificate]:
        classifier = SmoothedClassifier(context.engine, smoothing, seed=context.seed, plugin=self.spec.name)
        found: list[Certificate] = []
        context.progress.begin(self.spec.name, len(context.attacked))
        try:
            for certificate in classifier.certify(context.attacked):
                found.append(certificate)
                context.progress.advance()
        finally:
            context.progress.end()
        return found


def trained_with(manifest: Manifest | None) -> Ablation | None:
    """How words were hidden in the model's training; None where they were not, or nobody knows."""
    found = manifest.hyperparameters.get("ablation") if manifest else None
    return Ablation(**found) if found else None


def _whole_rounds(manifest: Manifest | None) -> int:
    """Rounds of hardening that showed whole texts."""
    return sum(not record.hyperparameters.get("ablation") for record in manifest.rounds) if manifest else 0


def _arguments(smoothing: Smoothing) -> dict[str, Any]:
    return {
        "mechanism": smoothing.ablation.mechanism,
        "rate": smoothing.ablation.rate,
        "samples": smoothing.samples,
        "selection_samples": smoothing.selection_samples,
        "alpha": smoothing.alpha,
        "largest_radius": smoothing.largest_radius,
    }


def _measured(
    counted: Sequence[tuple[Certificate, Example]], labels: Sequence[str], largest: int, seed: int
) -> Section:
    """Metrics and curves; everything is null without examples, and beyond the `largest` radius looked for."""
    examples = [example for _, example in counted]
    gold = label_flags([example.labels for example in examples], labels)
    right = np.array([certificate.predicted in example.labels for certificate, example in counted], dtype=np.bool_)
    radii = np.array([certificate.radius for certificate, _ in counted], dtype=np.int64)
    clusters = authors(examples)
    last = min(largest, int(radii[right].max(initial=0)) + 1)
    plain, balanced = [], []
    for radius in range(max(last + 1, len(_WORDS))):
        holds: BoolArray = right & (radii >= radius)
        word = _WORDS[radius] if radius < len(_WORDS) else f"{radius}_words"
        names = f"certified_accuracy_{word}", f"balanced_certified_accuracy_{word}"
        known = radius <= largest
        plain.append(proportion(names[0], int(holds.sum()), len(gold), higher_is_better=True)
                     if known else _unknown(names[0], len(gold)))  # fmt: skip
        balanced.append(_balanced(names[1], gold, holds, seed, clusters) if known else _unknown(names[1], len(gold)))
    abstained = sum(certificate.predicted is None for certificate, _ in counted)
    metrics = (
        *plain[: len(_WORDS)],
        *balanced[: len(_WORDS)],
        *_constant(gold),
        proportion("abstention_share", abstained, len(gold), higher_is_better=False),
        *_recalls(gold, right & (radii >= 1), labels, known=largest >= 1),
    )
    curves = (_curve(ACCURACY, plain[: last + 1]), _curve(BALANCED, balanced[: last + 1])) if len(gold) else ()
    return Section("certificate", Certificates.spec.name, Certificates.spec.version, {}, metrics, curves=curves)


def _unknown(name: str, n: int, label: str | None = None) -> Metric:
    """No certificate was looked for there."""
    return measured(name, None, None, n, higher_is_better=True, label=label)


def _balanced(name: str, gold: BoolArray, holds: BoolArray, seed: int, clusters: Sequence[str] | None) -> Metric:
    """Clustered by author, and never narrower than without."""
    value = mean_recall(gold, holds)
    interval = mean_recall_interval(gold, holds, seed=seed, confidence=CONFIDENCE) if len(gold) else None
    if clusters and interval:
        clustered = mean_recall_interval(gold, holds, seed=seed, confidence=CONFIDENCE, clusters=clusters)
        interval = clustered.hull(interval) if clustered else None
    return measured(name, value, interval, len(gold), higher_is_better=True)


def _constant(gold: BoolArray) -> tuple[Metric, Metric]:
    """What always answering the most frequent emotion of these examples certifies at every radius."""
    counts = gold.sum(axis=0)
    seen = int((counts > 0).sum())
    return (
        proportion("constant_accuracy", int(counts.max(initial=0)), len(gold), higher_is_better=None),
        measured("constant_balanced_accuracy", 1 / seen if seen else None, None, len(gold), higher_is_better=None),
    )


def _recalls(gold: BoolArray, holds: BoolArray, labels: Sequence[str], *, known: bool) -> list[Metric]:
    name, recalls = "certified_recall_1_word", []
    for column, label in enumerate(labels):
        hits, times = int((gold[:, column] & holds).sum()), int(gold[:, column].sum())
        recall = proportion(name, hits, times, higher_is_better=True, label=label)
        recalls.append(recall if known else _unknown(name, times, label))
    return recalls


def _curve(unit: str, metrics: Sequence[Metric]) -> BudgetCurve:
    points = (CurvePoint(radius, metric.value, metric.ci_low, metric.ci_high) for radius, metric in enumerate(metrics))
    return BudgetCurve(unit=unit, n=metrics[0].n, points=tuple(points))
