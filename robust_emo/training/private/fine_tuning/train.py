"""The whole way from labelled data to a model that was trained privately inside its encoder."""

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from robust_emo.arrays import FloatArray
from robust_emo.errors import InputError
from robust_emo.models.bases import Base, resolve_base
from robust_emo.models.batched import BatchedModel
from robust_emo.progress import Progress, Silent
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.corpus import Corpus
from robust_emo.training.interruption import deferred_interruption
from robust_emo.training.lora import merge_lora
from robust_emo.training.output import checkpoint_folder
from robust_emo.training.private.encoders import PublicEncoder, load_encoders
from robust_emo.training.private.fine_tuning.checkpoint import PrivateCheckpoints, Restored
from robust_emo.training.private.fine_tuning.clipping import ClippedSum, GhostSum, HookSum
from robust_emo.training.private.fine_tuning.integrity import check_fine_tuning
from robust_emo.training.private.fine_tuning.packing import Rows, Sizes
from robust_emo.training.private.fine_tuning.parts import with_trained_part
from robust_emo.training.private.fine_tuning.sampling import PoissonSampler
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.fine_tuning.support import Support, support_of
from robust_emo.training.private.fine_tuning.training import Training, text_losses
from robust_emo.training.private.integrity import IntegrityCheck
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
from robust_emo.training.private.settings import Plan
from robust_emo.training.train import Trained

_FEW_KEPT = 2_000_000  # trained weights up to which keeping a text's gradient is cheaper than going backward twice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A training that only waits for its steps; its checks have held."""

    corpus: Corpus
    encoder: PublicEncoder
    base: Base
    encoded: Mapping[str, Encoded]
    max_length: int
    training: Training
    plan: Plan
    checks: tuple[IntegrityCheck, ...]


def fine_tune_privately(
    request: PrivateRequest, progress: Progress | None = None, noted: Callable[[str], None] = lambda note: None
) -> Trained:
    """Train weights inside a public encoder with differential privacy, and write a plain model directory.

    Args:
        request: what to do; its settings are :class:`FineTuning`.
        progress: watches.
        noted: is told what the user should know, a sentence each.

    Raises:
        InputError: as :func:`~robust_emo.training.private.train.train_private`; an architecture that cannot be trained
            so, or not with this part, mode or unit.
        IntegrityError: gradients, clipping, samples or noise are not what the ledger would say.
        PrerequisiteError: a package is missing.
        TrainingInterrupted: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    settings, progress = _settings(request), progress or Silent()
    check_paths(request)
    ready = _prepared(request, settings, noted)
    training = ready.training
    checkpoints = _checkpoints(request, settings, ready)
    with checkpoints.locked():
        _begun_anew(checkpoints, request, noted)
        restored = _run(training, checkpoints, progress, noted)
        return _saved(request, settings, ready, restored, checkpoints)


def _saved(
    request: PrivateRequest, settings: FineTuning, ready: _Prepared, restored: Restored, checkpoints: PrivateCheckpoints
) -> Trained:
    training = ready.training
    trained = sum(parameter.numel() for parameter in training.sums.parameters)
    training.sums.close()
    model = _plain(training.sums.model, settings)
    outcome = PrivateOutcome(
        corpus=ready.corpus,
        encoders=(ready.encoder,),
        model=model,
        settings=settings,
        ledger=ledger_of(ready.plan, ready.corpus, settings, ready.checks, trained, "poisson", restored.lost),
        reports=_reports(model, ready.base, ready.encoded, request.device),
        checks=ready.checks,
        max_length=ready.max_length,
        device=request.device,
    )
    model.cpu()
    model.config.name_or_path = ready.base.name
    manifest = save(request.out, outcome)
    checkpoints.remove()
    return Trained(request.out, manifest, outcome.reports["validation"], outcome.reports["test"])


def check_private_fine_tuning(
    request: PrivateRequest, noted: Callable[[str], None] = lambda note: None
) -> PrivateCheck:
    """All that :func:`fine_tune_privately` does before its first step; nothing is written.

    Raises:
        As :func:`fine_tune_privately`.
    """
    ready = _prepared(request, _settings(request), noted)
    return PrivateCheck(ready.plan, ready.checks)


def _settings(request: PrivateRequest) -> FineTuning:
    if not isinstance(request.settings, FineTuning):
        raise TypeError("a head on frozen features is trained by train_private")
    if request.canaries is not None:
        raise InputError(
            "--canaries are for --trained head: who is in a step of the others is thrown for anew each time"
        )
    return request.settings


def _prepared(request: PrivateRequest, settings: FineTuning, noted: Callable[[str], None]) -> _Prepared:
    check_alone()
    corpus = private_corpus(request)
    rows = _rows(units_of(corpus, settings), len(corpus.train))
    plan = settings.planned(len(rows))
    (encoder,) = load_encoders((request.base,), corpus)
    base = resolve_base(request.base, texts=(), labels=corpus.labels, task=corpus.task, seed=settings.seed)
    longest = min(settings.max_length, base.max_length)
    encoded = _encoded(corpus, base, longest)
    for note in notes_on(corpus, encoded["train"]):
        noted(note)
    training = make_training(base, encoded["train"], rows, settings, plan, device=request.device)
    return _Prepared(
        corpus=corpus,
        encoder=encoder,
        base=base,
        encoded=encoded,
        max_length=longest,
        training=training,
        plan=plan,
        checks=check_fine_tuning(training),
    )


def _checkpoints(request: PrivateRequest, settings: FineTuning, ready: _Prepared) -> PrivateCheckpoints:
    configuration = {
        **asdict(settings),
        **asdict(ready.plan),
        **asdict(ready.corpus.reading),
        "base": ready.encoder.sha256,
        "device": request.device,
        "held out": len(ready.corpus.holdout),
        **{f"sha256 of the {name} data": file.sha256 for name, file in ready.corpus.files.items()},
    }
    return PrivateCheckpoints(checkpoint_folder(request.out), configuration, 60 * request.checkpoint_minutes)


def _begun_anew(checkpoints: PrivateCheckpoints, request: PrivateRequest, noted: Callable[[str], None]) -> None:
    """Forget an interrupted training that is not to be resumed."""
    if request.resume and not checkpoints.exists():
        noted("no checkpoint to resume from; starting at the beginning")
    elif checkpoints.exists() and not request.resume:
        noted("an unfinished training was there; starting over (--resume would have continued it)")
        checkpoints.clear()


def _run(
    training: Training, checkpoints: PrivateCheckpoints, progress: Progress, noted: Callable[[str], None]
) -> Restored:
    progress.begin("private training", training.steps.steps)
    with deferred_interruption() as interrupted:
        restored = training.run(progress.advance, checkpoints=checkpoints, interrupted=interrupted)
    progress.end()
    if restored.lost:
        noted(
            f"{restored.lost} of {training.steps.steps} steps were lost with an interruption; they count in epsilon, "
            "and were not done again"
        )
    return restored


def make_training(
    base: Base, data: Encoded, rows: Sequence[Rows], settings: FineTuning, plan: Plan, *, device: str
) -> Training:
    """Everything that trains, attached to the model of `base`, which is changed.

    Args:
        rows: of each privacy unit, its rows of `data`.

    Raises:
        InputError: the architecture cannot be trained so.
    """
    support = support_of(base.model.config.model_type, settings.trained)
    kind = _kind(base, settings, support)
    expanded = _expanded(base, settings, support)
    model = with_trained_part(base, settings, support).to(device)
    kind = kind or (HookSum if _trained(model) <= _FEW_KEPT or support.no_ghost else GhostSum)
    if settings.unit == "author":
        kind = HookSum
    sums = kind(model, text_losses(data.task), settings.max_grad_norm)
    return Training(
        sums=sums,
        data=data,
        units=rows,
        sampler=PoissonSampler(len(rows), plan.steps.sample_rate),
        steps=plan.steps,
        learning_rate=settings.rate,
        expanded=expanded,
        sizes=Sizes.of(model, base.model.config, kept=kind is HookSum, device=device),
        device=device,
    )


def _kind(base: Base, settings: FineTuning, support: Support) -> type[ClippedSum] | None:
    """What the user asked for; None where he left it open."""
    if settings.grad_mode == "auto":
        return None
    if settings.grad_mode == "hooks":
        return HookSum
    if support.no_ghost:
        architecture = base.model.config.model_type
        raise InputError(f"--grad-mode ghost is not for the architecture {architecture}: {support.no_ghost}")
    if settings.unit == "author":
        raise InputError("--grad-mode ghost knows the norms of texts, not those of authors; give hooks or auto")
    return GhostSum


def _expanded(base: Base, settings: FineTuning, support: Support) -> tuple[str, ...]:
    """What each text is given a row of its own of, as far as this version of transformers takes it."""
    taken = inspect.signature(base.model.forward).parameters
    found = tuple(name for name in support.expanded if name in taken)
    if settings.train_embeddings and found != support.expanded:
        raise InputError(
            f"--train-embeddings is not for the architecture {base.model.config.model_type} in this version of "
            "transformers: it looks positions up once for all texts of a batch"
        )
    return found


def _trained(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _rows(names: Sequence[str] | None, texts: int) -> list[list[int]]:
    """Of each privacy unit."""
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names or map(str, range(texts))):
        found.setdefault(name, []).append(row)
    return list(found.values())


def _encoded(corpus: Corpus, base: Base, longest: int) -> dict[str, Encoded]:
    return {
        name: encode(part, base.tokenizer, labels=corpus.labels, task=corpus.task, max_length=longest)
        for name, part in corpus.parts.items()
    }


def _plain(model: nn.Module, settings: FineTuning) -> PreTrainedModel:
    """Adapters are added into the weights that they adapt."""
    if settings.trained != "lora":
        assert isinstance(model, PreTrainedModel)  # noqa: S101 - only adapters wrap it
        return model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # see add_lora
        return merge_lora(model, None)


def _reports(
    model: PreTrainedModel, base: Base, encoded: Mapping[str, Encoded], device: str
) -> dict[str, ClassificationReport]:
    """Of the model as it is saved."""
    longest = encoded["test"].max_length
    batched = BatchedModel(
        model, base.tokenizer, device=device, precision="fp32", max_length=longest, positions=base.max_length
    )
    found = {}
    for name in ("validation", "test"):
        data = encoded[name]
        logits: FloatArray = batched.run([np.asarray(ids, dtype=np.int64) for ids in data.ids], _logits)
        found[name] = classification_report(logits, data)
    return found


def _logits(model: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    answer: Tensor = model(input_ids=input_ids, attention_mask=attention_mask).logits
    return answer.to(torch.float32)
