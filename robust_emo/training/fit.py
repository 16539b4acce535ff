"""Epochs, validation, early stopping, checkpoints: from a base model to the weights that are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from robust_emo.errors import InputError
from robust_emo.models.bases import Base
from robust_emo.models.manifest import EpochRecord
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.batches import Encoded, collate, plan
from robust_emo.training.checkpoint import Checkpoint, CheckpointStore, Progress, Saves, Tensors, copied
from robust_emo.training.classification_report import ClassificationReport, classification_report
from robust_emo.training.cost import Stopwatch, peak_memory
from robust_emo.training.epoch import run_epoch, steps_per_epoch
from robust_emo.training.evaluation import predict_logits
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.interruption import TrainingInterrupted, deferred_interruption
from robust_emo.training.lora import add_lora, trained_whole
from robust_emo.training.loss import Loss, make_loss
from robust_emo.training.observer import Observer, SilentObserver
from robust_emo.training.optimiser import make_optimiser, optimiser_tensors, restore_optimiser
from robust_emo.training.precision import Precision, PrecisionChoice, autocast, choose_precision
from robust_emo.training.step import Learner, Objective, standard_objective
from robust_emo.types import Task


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model with the weights of the epoch that is kept."""

    model: Any
    """The base's model; with LoRA, peft's wrapper of it."""
    history: tuple[EpochRecord, ...]
    best_epoch: int
    """The one whose weights these are; the last one where the settings keep that."""
    precision: PrecisionChoice


def fit(
    base: Base,
    train: Encoded,
    validation: Encoded,
    settings: Hyperparameters,
    *,
    accelerator: Accelerator,
    objective: Objective | None = None,
    observer: Observer | None = None,
    store: CheckpointStore | None = None,
    checkpoint_minutes: float = 1.0,
    resume: bool = False,
) -> Fitted:
    """Fine-tune `base` and keep the weights of the epoch with the best validation macro-F1, or of the last one.

    On one machine, with one number of threads and one precision (`auto` measures, and may choose otherwise the next
    time) the result depends on the arguments only, whether or not the training was killed and resumed in between.

    Args:
        objective: what to lower; None is the usual classification loss, or what `settings.adversary` makes of it.
        store: where checkpoints go; None writes none.
        resume: continue from the store's last checkpoint where there is one.

    Raises:
        TrainingInterrupted: on Ctrl-C or SIGTERM, after a checkpoint.
        InputError: the checkpoint belongs to another configuration, LoRA has nothing to adapt, or the objective is
            trained against another adversary than the settings name.
    """
    checkpoint = store.load() if store and resume else None
    if not accelerator.is_main_process:  # one process tells and writes
        observer, store = None, None
    saves = Saves(store, 60 * checkpoint_minutes)
    with torch.random.fork_rng(devices=[]), deferred_interruption() as interrupted:
        torch.manual_seed(settings.seed)
        watched = _Watched(observer or SilentObserver(), saves, interrupted)
        run = _Run(base, train, validation, settings, accelerator=accelerator, objective=objective, watched=watched)
        return run.to_end(checkpoint)


@dataclass(frozen=True, slots=True)
class _Watched:
    """Who is told of a training, where it is kept, and who may stop it."""

    observer: Observer
    saves: Saves
    interrupted: Callable[[], bool]


class _Run:
    """The moving parts of one training."""

    def __init__(
        self,
        base: Base,
        train: Encoded,
        validation: Encoded,
        settings: Hyperparameters,
        *,
        accelerator: Accelerator,
        objective: Objective | None,
        watched: _Watched,
    ) -> None:
        self.train, self.validation, self.settings, self.accelerator = train, validation, settings, accelerator
        self.observer, self.saves, self.interrupted = watched.observer, watched.saves, watched.interrupted
        model: Any = base.model
        if settings.lora:
            model = add_lora(model, settings.lora, fresh=base.fresh)
        self.model = model.to(accelerator.device)
        self.fresh = trained_whole(model) if settings.lora else base.fresh
        loss = make_loss(train, class_weights=settings.class_weights, label_smoothing=settings.label_smoothing)
        self.objective = _objective(objective, settings, loss, train.task)
        self.steps = steps_per_epoch(len(self._plan(0)), settings.grad_accumulation)
        self.progress, self.stopwatch = Progress(), Stopwatch()
        self.best: Tensors = {}

    def to_end(self, checkpoint: Checkpoint | None) -> Fitted:
        """Train what is left and return the weights to keep."""
        self.precision = checkpoint.precision if checkpoint else self._choose_precision()
        optimiser = make_optimiser(self.model, self.settings, fresh=self.fresh)
        if checkpoint:
            self._restore(checkpoint, optimiser)
        self.learner = Learner(
            model=self.accelerator.prepare_model(self.model),
            objective=self.objective,
            optimiser=optimiser,
            accelerator=self.accelerator,
            precision=self.precision.name,
            max_grad_norm=self.settings.max_grad_norm,
            seed=self.settings.seed,
        )
        done = self.progress.epoch * self.steps + self.progress.step
        self.observer.started(steps_per_epoch=self.steps, epochs=self.settings.epochs, done=done)
        while not self._finished():
            self._epoch()
        kept = self._kept()
        assert kept is not None  # noqa: S101 - at least one epoch was completed
        self.model.load_state_dict(self.best)
        self.model.eval()
        return Fitted(self.model, self.progress.history, kept.epoch, self.precision)

    def _finished(self) -> bool:
        kept, done = self._kept(), self.progress.epoch
        out_of_patience = kept is not None and done - kept.epoch >= self.settings.patience
        return done >= self.settings.epochs or out_of_patience

    def _kept(self) -> EpochRecord | None:
        """The epoch whose weights are to be kept, of those so far; None before the end of the first."""
        if self.settings.keep == "last":
            return self.progress.history[-1] if self.progress.history else None
        return self.progress.best

    def _epoch(self) -> None:
        """Train and validate one epoch, or what is left of it."""
        before = self.progress
        self.stopwatch.start()
        loss = run_epoch(
            self.learner,
            self.train,
            self._plan(before.epoch),
            epoch=before.epoch,
            epochs=self.settings.epochs,
            accumulation=self.settings.grad_accumulation,
            warmup=self.settings.warmup,
            after_step=self._after_step,
            start=before.step,
            loss_sum=before.loss_sum,
        )
        seconds, memory = self.progress.seconds, peak_memory(self.accelerator.device)
        report = self._validate()
        record = EpochRecord(before.epoch + 1, loss, report.macro_f1, report.accuracy, seconds, memory)
        self.progress = Progress(before.epoch + 1, history=(*before.history, record))
        if self._kept() == record:
            self.best = copied(self.model.state_dict())
        self.saves.save(self._checkpoint)
        self.accelerator.log(
            {
                "validation/macro_f1": report.macro_f1,
                "validation/accuracy": report.accuracy,
                "train/epoch_loss": loss,
                "train/epoch_seconds": seconds,
                **({} if memory is None else {"train/peak_memory_bytes": memory}),
            },
            step=self.progress.epoch * self.steps,
        )
        self.observer.epoch_ended(record)
        self._stop_if_interrupted()

    def _after_step(self, step: int, loss_sum: float) -> None:
        before = self.progress
        seconds = before.seconds + self.stopwatch.seconds()
        self.progress = Progress(before.epoch, step, loss_sum, seconds, before.history)
        overall, rate = before.epoch * self.steps + step, self.learner.optimiser.param_groups[0]["lr"]
        self.observer.stepped(step=overall, loss=loss_sum / step, learning_rate=rate)
        self.accelerator.log({"train/loss": loss_sum / step, "train/learning_rate": rate}, step=overall)
        if step < self.steps:  # after the last one comes the validation, and a checkpoint anyway
            if self.saves.due():
                self.saves.save(self._checkpoint)
            self._stop_if_interrupted()
        self.stopwatch.start()  # checkpoints and logs are no cost of the method

    def _validate(self) -> ClassificationReport:
        return classification_report(predict_logits(self.model, self.validation, self.accelerator), self.validation)

    def _plan(self, epoch: int) -> tuple[tuple[int, ...], ...]:
        return plan(
            self.train.lengths,
            batch_size=self.settings.batch_size,
            seed=self.settings.seed,
            epoch=epoch,
            world_size=self.accelerator.num_processes,
        )

    def _choose_precision(self) -> PrecisionChoice:
        """Measure on a batch of ordinary width, once for all processes."""
        lengths = self.train.lengths
        by_width = sorted(self._plan(0), key=lambda indices: max(lengths[index] for index in indices))
        indices = by_width[len(by_width) // 2][: self.settings.batch_size]
        batch, device = collate(self.train, indices).to(self.accelerator.device), self.accelerator.device

        def forward_backward(precision: Precision) -> None:
            terms = self.objective.terms(self.model, batch, self.settings.seed)
            for _ in range(self.objective.count):
                with autocast(device, precision):
                    term = next(terms)
                term.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
            self.model.zero_grad()

        self.model.train()
        choice = [choose_precision(self.settings.precision, device, forward_backward)]
        broadcast_object_list(choice)
        return choice[0]

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            progress=self.progress,
            precision=self.precision,
            model=copied(self.model.state_dict()),
            optimiser=copied(optimiser_tensors(self.learner.optimiser, self.model)),
            best=self.best,
        )

    def _restore(self, checkpoint: Checkpoint, optimiser: torch.optim.Optimizer) -> None:
        self.progress, self.best = checkpoint.progress, checkpoint.best
        self.model.load_state_dict(checkpoint.model)
        restore_optimiser(optimiser, self.model, checkpoint.optimiser)

    def _stop_if_interrupted(self) -> None:
        asked = torch.tensor(float(self.interrupted()), device=self.accelerator.device)
        if self.accelerator.num_processes > 1:  # the signal may reach the processes at different steps
            asked = self.accelerator.reduce(asked, reduction="sum")
        if not asked or self._finished():
            return
        self.saves.save(self._checkpoint)
        done = self.progress.epoch * self.steps + self.progress.step
        raise TrainingInterrupted(f"interrupted after step {done} of {self.steps * self.settings.epochs}")


def _objective(given: Objective | None, settings: Hyperparameters, loss: Loss, task: Task) -> Objective:
    if given is not None:
        if given.adversary != settings.adversary:
            names = [each.name if each else "no adversary" for each in (given.adversary, settings.adversary)]
            raise InputError(f"the objective is trained against {names[0]}, the settings name {names[1]}")
        return given
    if settings.adversary is None:
        return standard_objective(loss)
    return adversarial_objective(settings.adversary, loss, task)
