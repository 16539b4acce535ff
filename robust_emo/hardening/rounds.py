"""Rounds of attacking a model and fine-tuning it on what misled it.

Every round ends in a whole model directory, so that a killed run loses the training of one round at most, and what each
round found can be read.
"""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from robust_emo.atomic import write_atomically
from robust_emo.data.dataset import Dataset
from robust_emo.hardening.adversarial_texts import adversarial_texts
from robust_emo.hardening.recipe import Training
from robust_emo.models.bases import Base
from robust_emo.models.loading import LoadedClassifier, load_classifier
from robust_emo.models.manifest import EpochRecord, RoundRecord, read_manifest, write_manifest
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress
from robust_emo.training.accelerator import Device, make_accelerator
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.fit import Fitted, fit
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.observer import SilentObserver
from robust_emo.training.output import whole_directory
from robust_emo.types import Example


@dataclass(frozen=True, slots=True)
class RoundsRequest:
    """What rounds work with."""

    training: Training
    train: Dataset
    validation: Dataset
    """By which the best epoch of a round is chosen."""
    folder: Path
    """Where the rounds are kept."""
    seed: int
    device: str


def keep_rounds(folder: Path, made_with: Mapping[str, object], *, resume: bool) -> None:
    """Empty the folder of rounds, unless they are to be kept and were made with the same things.

    Args:
        folder: made if it is absent.
        made_with: whatever the rounds depend on.
        resume: keep what is there.
    """
    record, wanted = folder / "made_with.json", json.dumps(made_with, indent=2, sort_keys=True)
    if not (resume and record.is_file() and record.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(record, wanted.encode())


def run_rounds(model: Path, request: RoundsRequest, progress: Progress) -> Path:
    """Harden the model in `model`; returns the directory of the last round.

    Rounds that are in the folder already are kept: they were made from the same model with the same request.

    Raises:
        InputError: a model cannot be loaded or written.
    """
    for number in range(1, request.training.rounds + 1):
        out = request.folder / f"round-{number}"
        if not out.is_dir():
            _run_round(model, out, number, request, progress)
        model = out
    return model


def _run_round(model: Path, out: Path, number: int, request: RoundsRequest, progress: Progress) -> None:
    started = time.perf_counter()
    victim = Victim(load_classifier(model), device=request.device)
    found = adversarial_texts(
        victim,
        request.train.examples,
        request.training.attack,
        seed=request.seed,
        round_number=number,
        keep=request.folder / f"round-{number}.jsonl",
        progress=progress,
    )
    attacked = time.perf_counter() - started
    del victim  # its model is frozen; what is trained is read anew
    fitted = _fit(load_classifier(model), found, number, request, progress)
    record = RoundRecord(
        attacked_texts=sum(round(share.share * len(request.train.examples)) for share in request.training.attack),
        adversarial_texts=len(found),
        attack_seconds=round(attacked, 1),
        training_seconds=round(sum(epoch.seconds or 0.0 for epoch in fitted.history), 1),
        history=fitted.history,
    )
    _write(model, out, fitted, record)


def _fit(
    classifier: LoadedClassifier, found: Sequence[Example], number: int, request: RoundsRequest, progress: Progress
) -> Fitted:
    read = classifier.defence.text if classifier.defence else str
    train = _encoded((*request.train.examples, *found), classifier, read)
    validation = _encoded(request.validation.examples, classifier, read)
    training = request.training
    settings = Hyperparameters(
        epochs=training.epochs,
        batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        seed=request.seed + number,
    )
    base = Base(
        name=str(request.folder),
        description=classifier.architecture,
        tokenizer=classifier.tokenizer,
        model=classifier.model,
        fresh=frozenset(),
        max_length=classifier.max_length,
    )
    accelerator = make_accelerator(device=cast(Device, request.device))
    observer = _RoundObserver(progress, f"round {number}: training")
    fitted = fit(base, train, validation, settings, accelerator=accelerator, observer=observer)
    progress.end()
    return fitted


def _encoded(examples: Sequence[Example], classifier: LoadedClassifier, read: Callable[[str], str]) -> Encoded:
    """The texts as the model reads them."""
    return encode(
        [replace(example, text=read(example.text)) for example in examples],
        classifier.tokenizer,
        labels=classifier.labels,
        task=classifier.task,
        max_length=classifier.max_length,
    )


def _write(model: Path, out: Path, fitted: Fitted, record: RoundRecord) -> None:
    manifest = read_manifest(model)
    assert manifest is not None  # noqa: S101 - the first round starts from a directory with one
    with whole_directory(out) as directory:
        shutil.copytree(model, directory, dirs_exist_ok=True)
        with quiet_transformers():
            fitted.model.to("cpu").save_pretrained(directory)
        write_manifest(replace(manifest, rounds=(*manifest.rounds, record)), directory)


class _RoundObserver(SilentObserver):
    """Tells a :class:`Progress` of the steps of a training."""

    def __init__(self, progress: Progress, task: str) -> None:
        self._progress, self._task, self._done = progress, task, 0

    def started(self, *, steps_per_epoch: int, epochs: int, done: int) -> None:
        """A new bar."""
        self._progress.begin(self._task, steps_per_epoch * epochs)

    def stepped(self, *, step: int, loss: float, learning_rate: float) -> None:
        """Move it."""
        self._progress.advance(step - self._done, note=f"loss {loss:.3f}")
        self._done = step

    def epoch_ended(self, record: EpochRecord) -> None:
        """Say how good the model is now."""
        self._progress.advance(0, note=f"validation macro F1 {record.macro_f1:.3f}")
