"""From a finished private training to a model directory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from transformers import PreTrainedModel

from robust_emo import __version__
from robust_emo.atomic import write_atomically
from robust_emo.canaries.sealed import FILENAME, SealedCanaries
from robust_emo.errors import InputError
from robust_emo.models.bases import save_tokenizer
from robust_emo.models.manifest import DataSource, Manifest, Scores, write_manifest
from robust_emo.models.private_data import MEASURED, TRAINED_ON, data_folder
from robust_emo.models.quiet import quiet_transformers
from robust_emo.training.classification_report import ClassificationReport
from robust_emo.training.corpus import Corpus, write_sources
from robust_emo.training.output import whole_directory
from robust_emo.training.private.encoders import PublicEncoder
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.integrity import IntegrityCheck
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.types import PrivacyLedger

_PACKAGES = ("opacus", "peft", "robust-emo", "safetensors", "tokenizers", "torch", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateOutcome:
    """All that a private training leaves behind."""

    corpus: Corpus
    encoders: Sequence[PublicEncoder]
    model: PreTrainedModel
    settings: PrivateSettings | FineTuning
    ledger: PrivacyLedger
    reports: Mapping[str, ClassificationReport]
    """Of the final model on the validation and the test data, by these names; no ledger counts what they give away."""
    checks: Sequence[IntegrityCheck]
    """What was measured before it; numbers taken of private texts, which stay with them."""
    max_length: int
    device: str
    canaries: SealedCanaries | None = None


def check_data_folder(out: Path, *, overwrite: bool) -> None:
    """Refuse to replace a data folder unasked, or something that is none.

    Raises:
        InputError: it is a file; or not empty, and `overwrite` is off or it was not made by a private training.
    """
    folder = data_folder(out)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; the data of {out} is kept there, name another --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not overwrite:
            raise InputError(f"{folder} is not empty; name another --out or give --overwrite")
        if not (folder / TRAINED_ON).is_file():
            raise InputError(f"{folder} was not made by a private training; it will not be overwritten")


def save(out: Path, outcome: PrivateOutcome) -> Manifest:
    """Write the model directory, and its data folder beside it, whole or not at all.

    Raises:
        InputError, OSError: it cannot be written, e.g. because the disk is full.
    """
    folder = data_folder(out)
    with whole_directory(folder) as apart, whole_directory(out) as directory:
        sources = write_sources(outcome.corpus, directory, apart=apart)
        kept = {name: _moved(source, apart, folder) for name, source in sources.items()}
        write_atomically(apart / TRAINED_ON, json.dumps(asdict(kept.pop("train")), indent=2).encode())
        measured = [asdict(check) for check in outcome.checks]
        write_atomically(apart / MEASURED, json.dumps(measured, indent=2).encode())
        manifest = _manifest(outcome, kept)
        if outcome.canaries is not None:
            outcome.canaries.write(apart)
            manifest = replace(manifest, canaries=outcome.canaries.seal(str(folder.absolute() / FILENAME)))
        with quiet_transformers():
            outcome.model.save_pretrained(directory)
            save_tokenizer(outcome.encoders[0].tokenizer, directory, max_length=outcome.max_length)
        write_manifest(manifest, directory)
    return manifest


def _moved(source: DataSource, now: Path, then: Path) -> DataSource:
    """The path that a file will have when its folder has its name."""
    path = Path(source.path)
    return replace(source, path=str(then.absolute() / path.name)) if path.parent == now.absolute() else source


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
