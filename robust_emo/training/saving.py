"""From a finished training to a model directory: weights, tokenizer, data that were split off, and the manifest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from robust_emo import __version__
from robust_emo.canaries.sealed import FILENAME, SealedCanaries
from robust_emo.models.bases import Base, save_tokenizer
from robust_emo.models.canary_seal import CanarySeal
from robust_emo.models.manifest import DataSource, Manifest, Scores, write_manifest
from robust_emo.models.quiet import quiet_transformers
from robust_emo.training.classification_report import ClassificationReport
from robust_emo.training.corpus import Corpus, write_sources
from robust_emo.training.fit import Fitted
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.lora import merge_lora
from robust_emo.training.output import whole_directory

_PACKAGES = ("accelerate", "peft", "robust-emo", "safetensors", "tokenizers", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a training leaves behind."""

    corpus: Corpus
    base: Base
    settings: Hyperparameters
    fitted: Fitted
    reports: Mapping[str, ClassificationReport]
    """Of the final model on the validation and the test data, by these names."""
    device: str
    canaries: SealedCanaries | None = None
    """Those that were trained on, and those that were not, beside the corpus."""


def save(out: Path, outcome: Outcome, *, keep_adapter: bool) -> Manifest:
    """Write the model directory, whole or not at all.

    Args:
        keep_adapter: with LoRA, also keep the adapters by themselves in `out`/adapter.

    Raises:
        InputError, OSError: it cannot be written, e.g. because the disk is full.
    """
    with whole_directory(out) as directory:
        manifest = _manifest(outcome, write_sources(outcome.corpus, directory), _kept(outcome.canaries, directory))
        _save_model(outcome, directory, keep_adapter=keep_adapter)
        write_manifest(manifest, directory)
    return manifest


def _kept(canaries: SealedCanaries | None, directory: Path) -> CanarySeal | None:
    """Write the canary file where the data lies that was split off."""
    if canaries is None:
        return None
    folder = directory / "data"
    folder.mkdir(exist_ok=True)
    canaries.write(folder)
    return canaries.seal(f"{folder.name}/{FILENAME}")


def _manifest(outcome: Outcome, sources: Mapping[str, DataSource], canaries: CanarySeal | None) -> Manifest:
    settings, fitted = outcome.settings, outcome.fitted
    return Manifest(
        robust_emo=__version__,
        base=outcome.base.name,
        method=_method(settings),
        task=outcome.corpus.task,
        labels=outcome.corpus.labels,
        data=sources,
        seed=settings.seed,
        hyperparameters=asdict(settings),
        precision=fitted.precision.name,
        device=outcome.device,
        packages={name: version(name) for name in _PACKAGES},
        metrics={
            name: Scores(report.accuracy, report.macro_f1, report.micro_f1, report.n)
            for name, report in outcome.reports.items()
        },
        history=fitted.history,
        best_epoch=fitted.best_epoch,
        canaries=canaries,
    )


def _method(settings: Hyperparameters) -> str:
    if settings.ablation:
        return settings.ablation.mechanism
    return "adversarial" if settings.adversary else "lora" if settings.lora else "standard"


def _save_model(outcome: Outcome, directory: Path, *, keep_adapter: bool) -> None:
    base, settings = outcome.base, outcome.settings
    model = outcome.fitted.model.to("cpu")
    with quiet_transformers():
        if settings.lora:
            model = merge_lora(model, directory / "adapter" if keep_adapter else None)
        model.config.name_or_path = base.name  # not where the files lay on this machine
        model.save_pretrained(directory)
        save_tokenizer(base.tokenizer, directory, max_length=min(settings.max_length, base.max_length))
