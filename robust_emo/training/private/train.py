"""The whole way from labelled data to a privately trained model directory with its ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.sealed import SealedCanaries
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.progress import Progress, Silent
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.canary_texts import counted
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.corpus import Corpus
from robust_emo.training.private.canary_units import CanaryUnits
from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.encoders import PublicEncoder, load_encoders
from robust_emo.training.private.features import features_of, make_model, put_into
from robust_emo.training.private.integrity import IntegrityCheck, check_integrity
from robust_emo.training.private.ledger import PrivateCheck, ledger_of
from robust_emo.training.private.request import (
    PrivateRequest,
    check_alone,
    check_paths,
    notes_on,
    private_corpus,
    units_of,
)
from robust_emo.training.private.saving import PrivateOutcome, save
from robust_emo.training.private.settings import Plan, PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.training.train import Trained
from robust_emo.types import Example


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A training that only waits for its steps; its checks have held."""

    corpus: Corpus
    encoders: tuple[PublicEncoder, ...]
    model: PooledHeadForSequenceClassification
    encoded: Mapping[str, Encoded]
    features: Mapping[str, Array]
    max_length: int
    data: Contributions
    """Canaries included."""
    canaries: SealedCanaries | None
    plan: Plan
    schedule: Schedule
    checks: tuple[IntegrityCheck, ...]


def train_private(
    request: PrivateRequest, progress: Progress | None = None, noted: Callable[[str], None] = lambda note: None
) -> Trained:
    """Train a linear head on frozen public features with differential privacy, and write a model directory.

    Args:
        request: what to do.
        progress: watches.
        noted: is told what the user should know, a sentence each.

    Raises:
        InputError: bad data, base, settings or output directory; fewer than 100 privacy units, texts
            without an author where authors are hidden, or several processes.
        IntegrityError: gradients, clipping or noise are not what the ledger would say.
        PrerequisiteError: a package is missing.
    """
    settings, progress = _head_settings(request), progress or Silent()
    check_paths(request)
    ready = _prepared(request, settings, progress, noted)
    weights = _descended(ready.data, ready.plan.steps.noise_multiplier, ready.schedule, progress)
    ready.model.cpu()
    put_into(ready.model, weights)
    outcome = PrivateOutcome(
        corpus=ready.corpus,
        encoders=ready.encoders,
        model=ready.model,
        settings=replace(settings, steps=ready.schedule.steps, learning_rate=ready.schedule.learning_rate),
        ledger=ledger_of(ready.plan, ready.corpus, settings, ready.checks, weights.size),
        reports={name: _report(ready.features[name], weights, ready.encoded[name]) for name in ("validation", "test")},
        checks=ready.checks,
        max_length=ready.max_length,
        device=request.device,
        canaries=ready.canaries,
    )
    manifest = save(request.out, outcome)
    return Trained(request.out, manifest, outcome.reports["validation"], outcome.reports["test"])


def check_private(
    request: PrivateRequest, progress: Progress | None = None, noted: Callable[[str], None] = lambda note: None
) -> PrivateCheck:
    """All that :func:`train_private` does before its first step; nothing is written.

    Raises:
        As :func:`train_private`.
    """
    ready = _prepared(request, _head_settings(request), progress or Silent(), noted)
    return PrivateCheck(ready.plan, ready.checks)


def _head_settings(request: PrivateRequest) -> PrivateSettings:
    if not isinstance(request.settings, PrivateSettings):
        raise TypeError("weights inside the encoder are trained by fine_tune_privately")
    if request.resume:
        raise InputError("a head is trained in seconds and keeps no checkpoint: there is nothing to resume")
    return request.settings


def _prepared(
    request: PrivateRequest, settings: PrivateSettings, progress: Progress, noted: Callable[[str], None]
) -> _Prepared:
    check_alone()
    corpus = private_corpus(request)
    units = units_of(corpus, settings)
    count = _count(corpus, units, request.canaries)
    plan, schedule = settings.planned(count), settings.schedule(count)
    encoders = load_encoders(request.bases, corpus)
    longest = min(settings.max_length, *(each.max_length for each in encoders))
    encoded = _encoded(corpus, encoders[0], longest)
    for note in notes_on(corpus, encoded["train"]):
        noted(note)
    model = make_model(encoders, corpus.labels, corpus.task)
    features = _features(model, encoders[0], encoded, longest, request.device, progress)
    data = Contributions.of(features["train"], encoded["train"], units)
    canaries = _canaries(request, corpus, model, encoders[0], longest, progress)
    sealed = canaries.with_expected(data, schedule) if canaries else None
    if canaries and sealed:
        data = canaries.among(data)
        noted(counted(sealed))
    return _Prepared(
        corpus=corpus,
        encoders=encoders,
        model=model,
        encoded=encoded,
        features=features,
        max_length=longest,
        data=data,
        canaries=sealed,
        plan=plan,
        schedule=schedule,
        checks=check_integrity(data, schedule, noise_multiplier=plan.steps.noise_multiplier),
    )


def _count(corpus: Corpus, units: Sequence[str] | None, canaries: CanaryPlan | None) -> int:
    """Privacy units, canaries among them whether their contribution is nulled or not."""
    return (len(set(units)) if units else len(corpus.train)) + (canaries.count if canaries else 0)


def _encoded(corpus: Corpus, encoder: PublicEncoder, longest: int) -> dict[str, Encoded]:
    return {name: _encoded_part(part, corpus, encoder, longest) for name, part in corpus.parts.items()}


def _encoded_part(part: Sequence[Example], corpus: Corpus, encoder: PublicEncoder, longest: int) -> Encoded:
    return encode(part, encoder.tokenizer, labels=corpus.labels, task=corpus.task, max_length=longest)


def _canaries(
    request: PrivateRequest,
    corpus: Corpus,
    model: PooledHeadForSequenceClassification,
    encoder: PublicEncoder,
    longest: int,
    progress: Progress,
) -> CanaryUnits | None:
    """Drawn and read like the data; None where none are asked for."""
    if request.canaries is None:
        return None

    def read(texts: Sequence[Example]) -> Array:
        part = {"canary": _encoded_part(texts, corpus, encoder, longest)}
        return _features(model, encoder, part, longest, request.device, progress)["canary"]

    return CanaryUnits.drawn(request.canaries, corpus.labels, width=model.classifier.in_features, read=read)


def _features(
    model: PooledHeadForSequenceClassification,
    encoder: PublicEncoder,
    encoded: Mapping[str, Encoded],
    longest: int,
    device: str,
    progress: Progress,
) -> dict[str, Array]:
    width = model.classifier.in_features
    batched = BatchedModel(
        model, encoder.tokenizer, device=device, precision="fp32", max_length=longest, positions=encoder.max_length
    )
    return {name: features_of(batched, width, part, name, progress) for name, part in encoded.items()}


def _descended(data: Contributions, noise_multiplier: float, schedule: Schedule, progress: Progress) -> Array:
    progress.begin("private training", schedule.steps)
    weights = descend(
        data,
        schedule,
        noise_multiplier=noise_multiplier,
        noise=SystemNoise(),
        stepped=lambda _: progress.advance(),
    )
    progress.end()
    return weights


def _report(features: Array, weights: Array, data: Encoded) -> ClassificationReport:
    return classification_report((features @ weights).astype(np.float32), data)
