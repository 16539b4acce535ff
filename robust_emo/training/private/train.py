"""The whole way from labelled data to a privately trained model directory with its ledger."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.data.independent_split import split_independently
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.models.private_data import data_folder
from robust_emo.progress import Progress, Silent
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.canary_texts import counted
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.corpus import Corpus, Reading, read_corpus
from robust_emo.training.output import check_apart, check_output, checkpoint_folder
from robust_emo.training.private.canary_units import CanaryUnits
from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.descent import Schedule, descend
from robust_emo.training.private.encoders import PublicEncoder, load_encoders
from robust_emo.training.private.features import features_of, make_model, put_into
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.integrity import IntegrityCheck, check_integrity
from robust_emo.training.private.saving import PrivateOutcome, check_data_folder, save
from robust_emo.training.private.settings import Plan, PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.training.train import Trained
from robust_emo.types import Example, IntegrityRecord, PrivacyLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateRequest:
    """What is trained, on what, and where it goes."""

    data: str
    """See :func:`robust_emo.training.train.train`."""
    out: Path
    """The model directory; appears when everything is done."""
    settings: PrivateSettings | FineTuning
    base: str = "minilm"
    """`minilm`, or a directory with a public encoder."""
    public_base: str | None = None
    """Directory of a second one with the same tokenizer, such as one fine-tuned on other, public data."""
    validation: str | None = None
    """Where this or `test` is missing, its texts are drawn from `data` one by one and kept beside the model, which
    can be handed on without them; see :func:`~robust_emo.models.private_data.data_folder`."""
    test: str | None = None
    reading: Reading = field(default_factory=Reading)
    hold_out: float = 0.0
    """Share of the training part that is used for nothing, for later attacks on privacy."""
    canaries: CanaryPlan | None = None
    """Units more, whose coins an audit guesses; the file that says how they fell is kept beside the model."""
    device: str = "cpu"
    overwrite: bool = False
    resume: bool = False
    """Whether to go on with an interrupted training inside the encoder; a head is trained in seconds."""
    checkpoint_minutes: float = 1.0
    """Least time between two checkpoints, inside the encoder."""

    @property
    def bases(self) -> tuple[str, ...]:
        """All encoders."""
        return (self.base, self.public_base) if self.public_base else (self.base,)


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
    settings, progress = request.settings, progress or Silent()
    if not isinstance(settings, PrivateSettings):
        raise TypeError("weights inside the encoder are trained by fine_tune_privately")
    if request.resume:
        raise InputError("a head is trained in seconds and keeps no checkpoint: there is nothing to resume")
    check_paths(request)
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
    noise_multiplier = plan.steps.noise_multiplier
    checks = check_integrity(data, schedule, noise_multiplier=noise_multiplier)
    weights = _descended(data, noise_multiplier, schedule, progress)
    model.cpu()
    put_into(model, weights)
    outcome = PrivateOutcome(
        corpus=corpus,
        encoders=encoders,
        model=model,
        settings=replace(settings, steps=schedule.steps, learning_rate=schedule.learning_rate),
        ledger=ledger_of(plan, corpus, settings, checks, weights.size),
        reports={name: _report(features[name], weights, encoded[name]) for name in ("validation", "test")},
        max_length=longest,
        device=request.device,
        canaries=sealed,
    )
    manifest = save(request.out, outcome)
    return Trained(request.out, manifest, outcome.reports["validation"], outcome.reports["test"])


def check_paths(request: PrivateRequest) -> None:
    """Refuse what could not be written, and what would be written over.

    Raises:
        InputError: see there; or several processes.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise InputError("private training takes one process; start it without torchrun")
    check_output(request.out, overwrite=request.overwrite)
    read = (request.data, request.validation, request.test, *(base for base in request.bases if base != "minilm"))
    for written in (request.out, data_folder(request.out), checkpoint_folder(request.out)):
        check_apart(written, read)
    check_data_folder(request.out, overwrite=request.overwrite)


def private_corpus(request: PrivateRequest) -> Corpus:
    """All data; what is missing is drawn text by text, or author by author."""
    return read_corpus(
        request.data,
        validation=request.validation,
        test=request.test,
        reading=request.reading,
        seed=request.settings.seed,
        splitter=split_independently,
        hold_out=request.hold_out,
    )


def units_of(corpus: Corpus, settings: PrivateSettings | FineTuning) -> list[str] | None:
    """Whose each training text is; None where each is a unit of its own.

    Raises:
        InputError: authors are hidden, and a text has none.
    """
    if settings.unit == "example":
        return None
    authors = [example.group for example in corpus.train if example.group]
    if not authors:
        raise InputError("the unit 'author' needs a column of authors or speakers: name it with --group-column")
    if missing := len(corpus.train) - len(authors):
        raise InputError(
            f"{missing} of {len(corpus.train)} training texts have no author, and one who wrote several of them would "
            "not be hidden; give them one or leave them out"
        )
    return authors


def _count(corpus: Corpus, units: Sequence[str] | None, canaries: CanaryPlan | None) -> int:
    """Privacy units, canaries among them whether their contribution is nulled or not."""
    return (len(set(units)) if units else len(corpus.train)) + (canaries.count if canaries else 0)


def notes_on(corpus: Corpus, train: Encoded) -> Sequence[str]:
    """What an ordinary training says of its data, too."""
    cut = f"{train.truncated} of {len(train)} training texts are longer than {train.max_length} tokens and were cut"
    return (*corpus.warnings, cut) if train.truncated else corpus.warnings


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


def ledger_of(
    plan: Plan,
    corpus: Corpus,
    settings: PrivateSettings | FineTuning,
    checks: Sequence[IntegrityCheck],
    trained: int,
    *,
    sampling: str = "full batch",
) -> PrivacyLedger:
    """What the manifest says of a training whose checks have held."""
    return PrivacyLedger(
        epsilon=plan.epsilon,
        delta=plan.delta,
        noise_multiplier=plan.steps.noise_multiplier,
        sample_rate=plan.steps.sample_rate,
        steps=plan.steps.steps,
        max_grad_norm=settings.max_grad_norm,
        accountant="prv",
        unit="example" if settings.unit == "example" else corpus.reading.group_column or "group",
        units=plan.units,
        neighbours="zero-out",
        sampling=sampling,
        trained_parameters=trained,
        integrity=tuple(IntegrityRecord(check.name, check.measured, check.limit) for check in checks),
    )


def _report(features: Array, weights: Array, data: Encoded) -> ClassificationReport:
    return classification_report((features @ weights).astype(np.float32), data)
