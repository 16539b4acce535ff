"""From a finished private training to a model directory."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from robust_emo import __version__
from robust_emo.models.bases import save_tokenizer
from robust_emo.models.manifest import DataSource, Manifest, Scores, write_manifest
from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.models.privacy_ledger import PrivacyLedger
from robust_emo.models.quiet import quiet_transformers
from robust_emo.training.classification_report import ClassificationReport
from robust_emo.training.corpus import Corpus, write_sources
from robust_emo.training.output import whole_directory
from robust_emo.training.private.encoders import PublicEncoder
from robust_emo.training.private.settings import PrivateSettings

_PACKAGES = ("opacus", "robust-emo", "safetensors", "tokenizers", "torch", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateOutcome:
    """All that a private training leaves behind."""

    corpus: Corpus
    encoders: Sequence[PublicEncoder]
    model: PooledHeadForSequenceClassification
    settings: PrivateSettings
    ledger: PrivacyLedger
    reports: Mapping[str, ClassificationReport]
    """Of the final model on the validation and the test data, by these names; no ledger counts what they give away."""
    max_length: int
    device: str


def data_folder(out: Path) -> Path:
    """Where texts that were split off are kept: beside the model, which can be handed on without them."""
    return out.with_name(f"{out.name}.data")


def save(out: Path, outcome: PrivateOutcome) -> Manifest:
    """Write the model directory, whole or not at all, and beside it the parts that the data was split into.

    Raises:
        InputError, OSError: it cannot be written, e.g. because the disk is full.
    """
    with whole_directory(out) as directory:
        apart = data_folder(out)
        if outcome.corpus.split:
            apart.mkdir(exist_ok=True)
        manifest = _manifest(outcome, write_sources(outcome.corpus, directory, apart=apart))
        with quiet_transformers():
            outcome.model.save_pretrained(directory)
            save_tokenizer(outcome.encoders[0].tokenizer, directory, max_length=outcome.max_length)
        write_manifest(manifest, directory)
    return manifest


def _manifest(outcome: PrivateOutcome, sources: Mapping[str, DataSource]) -> Manifest:
    encoders = [{"name": each.name, "sha256": each.sha256, "trained_on": each.trained_on} for each in outcome.encoders]
    return Manifest(
        robust_emo=__version__,
        base=outcome.encoders[0].name,
        method="private",
        task=outcome.corpus.task,
        labels=outcome.corpus.labels,
        data=sources,
        seed=outcome.settings.seed,
        hyperparameters={**asdict(outcome.settings), "public_encoders": encoders},
        precision="fp32",
        device=outcome.device,
        packages={name: version(name) for name in _PACKAGES},
        metrics={
            name: Scores(report.accuracy, report.macro_f1, report.micro_f1, report.n)
            for name, report in outcome.reports.items()
        },
        history=(),
        best_epoch=0,
        privacy=outcome.ledger,
    )
