"""The training of one round: as the parent was trained, on its texts and on what misled the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from robust_emo import plugins
from robust_emo.errors import InputError
from robust_emo.hardening.recipe import Training, WorstOfKChoice, sampling
from robust_emo.models.bases import Base
from robust_emo.models.loading import LoadedClassifier
from robust_emo.models.manifest import EpochRecord, Manifest
from robust_emo.plugins import WordEditor
from robust_emo.progress import Progress
from robust_emo.training.ablated import AblatedTexts
from robust_emo.training.accelerator import Device, make_accelerator
from robust_emo.training.adversaries.settings import Adversary, make_adversary
from robust_emo.training.batches import Encoded, encode
from robust_emo.training.checkpoint import CheckpointStore
from robust_emo.training.classification_report import classification_report
from robust_emo.training.evaluation import predict_logits
from robust_emo.training.fit import fit
from robust_emo.training.hyperparameters import Hyperparameters, PrecisionName
from robust_emo.training.lora import merge_lora
from robust_emo.training.loss import make_loss
from robust_emo.training.observer import SilentObserver
from robust_emo.training.step import Objective
from robust_emo.training.worst_of_k import worst_of_k as worst_of_k_objective
from robust_emo.types import Example


@dataclass(frozen=True, slots=True)
class Tuned:
    """A model after the training of a round."""

    model: Any
    """Plain, on the CPU: adapters are merged."""
    history: tuple[EpochRecord, ...]
    precision: str
    macro_f1_before: float
    """On the validation data, as those of `history`."""


def round_settings(training: Training, manifest: Manifest, *, seed: int, max_length: int) -> Hyperparameters:
    """Those that the parent was trained with, and what the recipe says on top.

    Args:
        manifest: of the model that is trained; where it has rounds, in their precision.
        seed: of this round.
        max_length: tokens that the model takes.

    Raises:
        InputError: those of the parent are unknown to this version or exclude worst of k, or the seed is too large.
    """
    learnt = Hyperparameters.recorded(manifest.hyperparameters)
    chosen, sampled = training.adversary, training.worst_of_k is not None
    if sampled and learnt.ablation is not None:
        raise InputError("worst_of_k shows whole texts; the model was trained with hidden words and would forget them")
    return replace(
        learnt,
        epochs=training.epochs,
        batch_size=training.batch_size or learnt.batch_size,
        grad_accumulation=1 if training.batch_size else learnt.grad_accumulation,
        learning_rate=training.learning_rate or learnt.learning_rate / 2,
        head_factor=1.0,  # it is for layers that are new, and none is any more
        max_length=max_length,
        seed=seed,
        # A measurement may choose otherwise the next time; rounds would then end in other weights.
        precision=cast(PrecisionName, manifest.rounds[0].precision) if manifest.rounds else learnt.precision,
        adversary=make_adversary(chosen.adversary, chosen.arguments) if chosen else _inherited(learnt, sampled),
        # Plain validation data would choose an epoch that withstands less.
        keep="last" if sampled or chosen else learnt.keep,
    )


def _inherited(learnt: Hyperparameters, sampled: bool) -> Adversary | None:
    """The parent's adversary; worst of k takes its place."""
    return None if sampled else learnt.adversary


def fine_tune(
    classifier: LoadedClassifier,
    train: Sequence[Example],
    validation: Sequence[Example],
    settings: Hyperparameters,
    *,
    worst_of_k: WorstOfKChoice | None = None,
    device: str,
    store: CheckpointStore,
    observer: "RoundObserver",
) -> Tuned:
    """Train the classifier on texts as it reads them, from the last checkpoint where there is one.

    Args:
        worst_of_k: also perturbs the texts of every step, as users write them; None trains on the texts alone.

    Raises:
        TrainingInterrupted: on Ctrl-C or SIGTERM, after a checkpoint.
        InputError: the parent's LoRA has nothing to adapt.
    """
    accelerator, model = make_accelerator(device=cast(Device, device)), classifier.model
    shown = _encoded(train, classifier, settings)
    judged = _encoded(validation, classifier, settings).in_epoch(0)
    model.to(accelerator.device)
    before = classification_report(predict_logits(model, judged, accelerator), judged).macro_f1
    base = Base(
        name=classifier.architecture,
        description=classifier.architecture,
        tokenizer=classifier.tokenizer,
        model=model,
        fresh=_head(model),
        max_length=classifier.max_length,
    )
    fitted = fit(
        base,
        shown,
        judged,
        settings,
        accelerator=accelerator,
        objective=_perturbing(worst_of_k, classifier, shown, settings) if worst_of_k else None,
        observer=observer,
        store=store,
        resume=True,
    )
    trained = fitted.model.to("cpu")
    plain = merge_lora(trained, None) if settings.lora else trained
    return Tuned(plain, fitted.history, fitted.precision.name, before)


def _perturbing(
    choice: WorstOfKChoice, classifier: LoadedClassifier, shown: Encoded, settings: Hyperparameters
) -> Objective:
    editors: list[WordEditor] = [plugins.load("attacks", each.attack, **each.arguments) for each in choice.attack]
    loss = make_loss(shown, class_weights=settings.class_weights, label_smoothing=settings.label_smoothing)
    read = _reading(classifier)

    def token_ids(texts: Sequence[str]) -> Sequence[Sequence[int]]:
        tokens = classifier.tokenizer([read(text) for text in texts], truncation=True, max_length=shown.max_length)
        ids: list[list[int]] = tokens["input_ids"]
        return ids

    return worst_of_k_objective(sampling(choice), editors, token_ids, loss, shown, settings.adversary)


def _reading(classifier: LoadedClassifier) -> Callable[[str], str]:
    """What the input defence makes of a text."""
    return classifier.defence.text if classifier.defence else str


def _head(model: Any) -> frozenset[str]:  # noqa: ANN401 - any transformers class
    """What LoRA trains whole."""
    inside = f"{model.base_model_prefix}."
    return frozenset(name for name, _ in model.named_parameters() if not name.startswith(inside))


def _encoded(examples: Sequence[Example], classifier: LoadedClassifier, settings: Hyperparameters) -> Encoded:
    """The texts as the model reads them, with hidden words where it was trained with them."""
    read, written = _reading(classifier), tuple(example.text for example in examples)
    examples = [replace(example, text=read(example.text)) for example in examples]
    tokenizer, ablation = classifier.tokenizer, settings.ablation
    encoded = encode(
        examples,
        tokenizer,
        labels=classifier.labels,
        task=classifier.task,
        max_length=classifier.max_length,
    )
    if ablation is None:
        return replace(encoded, texts=written)  # an attacker edits what stands before the defence
    return AblatedTexts.of(encoded, examples, tokenizer, ablation=ablation, seed=settings.seed)


class RoundObserver(SilentObserver):
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
