"""The whole way from labelled data to a privately trained model directory with its ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from robust_emo.data.independent_split import split_independently
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.models.privacy_ledger import IntegrityRecord, PrivacyLedger
from robust_emo.progress import Progress, Silent
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.corpus import Corpus, Reading, read_corpus
from robust_emo.training.output import check_apart, check_output
from robust_emo.training.private.accounting import NoisySteps, epsilon
from robust_emo.training.private.contributions import Array, Contributions
from robust_emo.training.private.descent import descend
from robust_emo.training.private.encoders import PublicEncoder, load_encoders
from robust_emo.training.private.features import features_of, make_model, put_into
from robust_emo.training.private.integrity import IntegrityCheck, check_integrity
from robust_emo.training.private.saving import PrivateOutcome, data_folder, save
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.train import Trained


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateRequest:
    """What is trained, on what, and where it goes."""

    data: str
    """See :func:`robust_emo.training.train.train`."""
    out: Path
    """The model directory; appears when everything is done."""
    settings: PrivateSettings
    base: str = "minilm"
    """`minilm`, or a directory with a public encoder."""
    public_base: str | None = None
    """Directory of a second one with the same tokenizer, such as one fine-tuned on other, public data."""
    validation: str | None = None
    """Where this or `test` is missing, its texts are drawn from `data` one by one and kept beside the model, which
    can be handed on without them; see :func:`~robust_emo.training.private.saving.data_folder`."""
    test: str | None = None
    reading: Reading = field(default_factory=Reading)
    device: str = "cpu"
    overwrite: bool = False

    @property
    def bases(self) -> tuple[str, ...]:
        """All encoders."""
        return (self.base, self.public_base) if self.public_base else (self.base,)


def train_private(request: PrivateRequest, progress: Progress | None = None) -> Trained:
    """Train a linear head on frozen public features with differential privacy, and write a model directory.

    Args:
        request: what to do.
        progress: watches.

    Raises:
        InputError: bad data, base, settings or output directory; fewer than 100 privacy units.
        IntegrityError: gradients, clipping or noise are not what the ledger would say.
        PrerequisiteError: a package is missing.
    """
    settings, progress = request.settings, progress or Silent()
    _check_paths(request)
    corpus = _corpus(request)
    units = _units(corpus, settings)
    spent, delta = settings.planned(len(set(units)) if units else len(corpus.train))
    encoders = load_encoders(request.bases, private_data=corpus.files["train"].sha256)
    longest = min(settings.max_length, *(each.max_length for each in encoders))
    encoded = _encoded(corpus, encoders[0], longest)
    model = make_model(encoders, corpus.labels, corpus.task)
    features = _features(model, encoders[0], encoded, longest, request.device, progress)
    data = Contributions.of(features["train"], encoded["train"], units)
    checks = check_integrity(data, settings, noise_multiplier=spent.noise_multiplier)
    weights = _descended(data, spent.noise_multiplier, settings, progress)
    model.cpu()
    put_into(model, weights)
    outcome = PrivateOutcome(
        corpus=corpus,
        encoders=encoders,
        model=model,
        settings=settings,
        ledger=_ledger(spent, delta, corpus, settings, checks, weights.size),
        reports={name: _report(features[name], weights, encoded[name]) for name in ("validation", "test")},
        max_length=longest,
        device=request.device,
    )
    manifest = save(request.out, outcome)
    return Trained(request.out, manifest, outcome.reports["validation"], outcome.reports["test"])


def _check_paths(request: PrivateRequest) -> None:
    read = (request.data, request.validation, request.test, *(base for base in request.bases if base != "minilm"))
    for written in (request.out, data_folder(request.out)):
        check_apart(written, read)
    check_output(request.out, overwrite=request.overwrite)


def _corpus(request: PrivateRequest) -> Corpus:
    return read_corpus(
        request.data,
        validation=request.validation,
        test=request.test,
        reading=request.reading,
        seed=request.settings.seed,
        splitter=split_independently,
    )


def _units(corpus: Corpus, settings: PrivateSettings) -> list[str] | None:
    """Whose each training text is; None where each is a unit of its own."""
    if settings.unit == "example":
        return None
    if not any(example.group for example in corpus.train):
        raise InputError("the unit 'author' needs a column of authors or speakers: name it with --group-column")
    # Ids cannot be taken for authors: the ends differ.
    return [f"{example.group} author" if example.group else f"{example.id} text" for example in corpus.train]


def _encoded(corpus: Corpus, encoder: PublicEncoder, longest: int) -> dict[str, Encoded]:
    return {
        name: encode(part, encoder.tokenizer, labels=corpus.labels, task=corpus.task, max_length=longest)
        for name, part in corpus.parts.items()
    }


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


def _descended(data: Contributions, noise_multiplier: float, settings: PrivateSettings, progress: Progress) -> Array:
    progress.begin("private training", settings.steps)
    weights = descend(
        data,
        settings,
        noise_multiplier=noise_multiplier,
        rng=np.random.default_rng(),  # entropy of the operating system: with a seed, noise could be taken off again
        stepped=lambda _: progress.advance(),
    )
    progress.end()
    return weights


def _ledger(
    spent: NoisySteps,
    delta: float,
    corpus: Corpus,
    settings: PrivateSettings,
    checks: Sequence[IntegrityCheck],
    trained: int,
) -> PrivacyLedger:
    return PrivacyLedger(
        epsilon=epsilon(spent, delta=delta),
        delta=delta,
        noise_multiplier=spent.noise_multiplier,
        sample_rate=spent.sample_rate,
        steps=spent.steps,
        max_grad_norm=settings.max_grad_norm,
        accountant="prv",
        unit="example" if settings.unit == "example" else corpus.reading.group_column or "group",
        sampling="full batch",
        trained_parameters=trained,
        integrity=tuple(IntegrityRecord(check.name, check.measured, check.limit) for check in checks),
    )


def _report(features: Array, weights: Array, data: Encoded) -> ClassificationReport:
    return classification_report((features @ weights).astype(np.float32), data)
