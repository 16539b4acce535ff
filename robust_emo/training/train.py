"""The whole way from labelled data to a model directory with its manifest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.sealed import FILENAME, SealedCanaries
from robust_emo.models.bases import Base, resolve_base
from robust_emo.models.manifest import Manifest
from robust_emo.training.ablated import AblatedTexts
from robust_emo.training.accelerator import Device, TrackerName, make_accelerator, tracking
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.canary_texts import drawn_once, with_canaries
from robust_emo.training.checkpoint import CheckpointStore
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.corpus import Corpus, Reading, read_corpus
from robust_emo.training.evaluation import predict_logits
from robust_emo.training.fit import Fitted, fit
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.observer import Observer, SilentObserver
from robust_emo.training.output import check_apart, check_output, checkpoint_folder
from robust_emo.training.saving import Outcome, save


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training."""

    directory: Path
    manifest: Manifest
    validation: ClassificationReport
    test: ClassificationReport


def train(
    data: str,
    out: Path,
    *,
    base: str = "minilm",
    settings: Hyperparameters | None = None,
    validation: str | None = None,
    test: str | None = None,
    reading: Reading | None = None,
    hold_out: float = 0.0,
    canaries: CanaryPlan | None = None,
    device: Device = "auto",
    tracker: TrackerName | None = None,
    keep_adapter: bool = False,
    overwrite: bool = False,
    resume: bool = False,
    checkpoint_minutes: float = 1.0,
    observer: Observer | None = None,
) -> Trained:
    """Fine-tune a base model on labelled texts and write a model directory.

    Args:
        data: file, `datasets` directory or hub id. A tenth of it each becomes validation and test data where those
            are not given; the parts are then kept in `out`/data.
        out: the model directory; appears when everything is done. Until then checkpoints lie in `out`.partial.
        hold_out: share of the training part kept in `out`/data and used for nothing, for later attacks on privacy.
        settings: None takes :meth:`Hyperparameters.recommended`.
        canaries: texts that fair coins add to the training data, and to nothing else; the file that says which is in
            `out`/data.
        keep_adapter: with LoRA, also keep the adapters by themselves in `out`/adapter.
        resume: continue an interrupted training of `out`; without one, start from the beginning.

    Raises:
        InputError: bad data, base, settings or output directory.
        PrerequisiteError: a package is missing.
        TrainingInterrupted: Ctrl-C; a checkpoint was written.
    """
    settings = settings or Hyperparameters.recommended(base, "standard")
    check_apart(out, (data, validation, test, None if base == "minilm" else base))
    check_output(out, overwrite=overwrite)
    runs = out.parent / "runs"
    accelerator = make_accelerator(device=device, tracker=tracker, log_directory=runs)
    observer = observer if observer and accelerator.is_main_process else SilentObserver()
    corpus = read_corpus(
        data,
        validation=validation,
        test=test,
        reading=reading or Reading(),
        seed=settings.seed,
        hold_out=hold_out,
    )
    for warning in corpus.warnings:
        observer.noted(warning)
    texts = [example.text for example in corpus.train]
    model = resolve_base(base, texts=texts, labels=corpus.labels, task=corpus.task, seed=settings.seed)
    sealed = drawn_once(canaries, corpus, checkpoint_folder(out), accelerator, observer, resume=resume)
    taught = with_canaries(corpus, sealed)
    encoded = _encode(taught, model, settings, observer)
    configuration = _configuration(corpus, base, settings, accelerator, sealed)
    store = CheckpointStore(checkpoint_folder(out), configuration, {FILENAME: sealed.content} if sealed else {})
    if accelerator.is_main_process:
        _prepare_checkpoints(store, resume, observer)
    with tracking(accelerator, out.name, asdict(settings), folder=runs):
        shown, judged = _fitted_to(taught, model, settings, encoded)
        fitted = fit(
            model,
            shown,
            judged,
            settings,
            accelerator=accelerator,
            observer=observer,
            store=store,
            checkpoint_minutes=checkpoint_minutes,
            resume=resume,
        )
        reports = {name: _evaluate(fitted, encoded[name], accelerator) for name in ("validation", "test")}
        accelerator.log({f"{name}/final_macro_f1": report.macro_f1 for name, report in reports.items()})
        outcome = Outcome(corpus, model, settings, fitted, reports, accelerator.device.type, sealed)
        saved = [save(out, outcome, keep_adapter=keep_adapter) if accelerator.is_main_process else None]
        (manifest,) = broadcast_object_list(saved)
        if accelerator.is_main_process:
            store.clear()
    return Trained(out, manifest, reports["validation"], reports["test"])


def _encode(corpus: Corpus, base: Base, settings: Hyperparameters, observer: Observer) -> dict[str, Encoded]:
    longest = min(settings.max_length, base.max_length)
    encoded = {
        name: encode(part, base.tokenizer, labels=corpus.labels, task=corpus.task, max_length=longest)
        for name, part in corpus.parts.items()
    }
    cut = encoded["train"].truncated
    if cut:
        observer.noted(f"{cut} of {len(corpus.train)} training texts are longer than {longest} tokens and were cut")
    return encoded


def _fitted_to(
    corpus: Corpus, base: Base, settings: Hyperparameters, encoded: Mapping[str, Encoded]
) -> tuple[Encoded, Encoded]:
    """What is trained on, and what the best epoch is chosen by: texts with hidden words where they are trained with."""
    if settings.ablation is None:
        return encoded["train"], encoded["validation"]
    train, validation = (
        AblatedTexts.of(
            encoded[name], corpus.parts[name], base.tokenizer, ablation=settings.ablation, seed=settings.seed
        )
        for name in ("train", "validation")
    )
    return train, validation.in_epoch(0)


def _configuration(
    corpus: Corpus, base: str, settings: Hyperparameters, accelerator: Accelerator, canaries: SealedCanaries | None
) -> dict[str, Any]:
    """All that shapes the weights, flat, so that a difference can be named."""
    return {
        **asdict(settings),
        "base": base,
        "labels": corpus.labels,
        "held out": len(corpus.holdout),
        **asdict(corpus.reading),
        "device": accelerator.device.type,
        "processes": accelerator.num_processes,
        **{f"sha256 of the {name} data": file.sha256 for name, file in corpus.files.items()},
        **({"sha256 of the canaries": canaries.sha256} if canaries else {}),
    }


def _prepare_checkpoints(store: CheckpointStore, resume: bool, observer: Observer) -> None:
    exists = store.exists()
    if resume and not exists:
        observer.noted("no checkpoint to resume from; starting at the beginning")
    elif exists and not resume:
        store.clear()
        observer.noted("an unfinished training was there; starting over (--resume would have continued it)")


def _evaluate(fitted: Fitted, data: Encoded, accelerator: Accelerator) -> ClassificationReport:
    return classification_report(predict_logits(fitted.model, data, accelerator), data)
