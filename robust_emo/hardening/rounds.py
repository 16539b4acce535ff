"""Rounds of attacking a model and fine-tuning it on what misled it.

Every round ends in a whole model directory, and its training keeps checkpoints, so that a killed run loses little; what
each round found can be read.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from robust_emo.atomic import write_atomically
from robust_emo.data.dataset import Dataset
from robust_emo.errors import InputError
from robust_emo.hardening.adversarial_texts import Found, adversarial_texts, read_found
from robust_emo.hardening.outcome_texts import OutcomeTexts
from robust_emo.hardening.recipe import Training, WorstOfKChoice, sampling
from robust_emo.hardening.round_training import RoundObserver, Tuned, fine_tune, round_settings
from robust_emo.models.batched import Precision
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import Manifest, RoundRecord, WorstOfKRecord, read_manifest, write_manifest
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress
from robust_emo.training.checkpoint import CheckpointStore
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.output import checkpoint_folder, whole_directory
from robust_emo.types import Example

_RECORD = "made_with.json"


@dataclass(frozen=True, slots=True)
class RoundsRequest:
    """What rounds work with."""

    training: Training
    train: Dataset
    validation: Dataset
    """By which the best epoch of a round is chosen, and a round judged."""
    folder: Path
    """Where the rounds are kept."""
    seed: int
    device: str
    made_with: Mapping[str, str | int | None]
    """Whatever the rounds depend on."""
    outcomes: OutcomeTexts = field(default_factory=OutcomeTexts)
    """Of finished audits; trained on in every round."""


def made_with_of(folder: Path) -> dict[str, Any] | None:
    """What the rounds in a folder were made with; None where there are none.

    Raises:
        InputError: the record of it cannot be read.
    """
    record = folder / _RECORD
    if not record.is_file():
        return None
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{record} cannot be read ({error}); delete {folder}") from error


def keep_rounds(folder: Path, made_with: Mapping[str, str | int | None], *, resume: bool) -> None:
    """Empty the folder of rounds, unless they are to be kept and were made with the same things.

    Args:
        folder: made if it is absent.
        made_with: whatever the rounds depend on.
        resume: keep what is there.
    """
    if not (resume and made_with_of(folder) == made_with):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / _RECORD, json.dumps(made_with, indent=2, sort_keys=True).encode())


def run_rounds(model: Path, request: RoundsRequest, progress: Progress) -> Path:
    """Harden the model in `model`; returns the directory of the last round.

    Rounds that are in the folder already are kept: they were made from the same model with the same request.

    Raises:
        InputError: a model cannot be loaded or written.
        PluginError: an attack crashed on all texts of a round.
        TrainingInterrupted: Ctrl-C in a training; a checkpoint was written.
    """
    for number in range(1, request.training.rounds + 1):
        out = request.folder / f"round-{number}"
        if not out.is_dir():
            _run_round(model, out, number, request, progress)
        model = out
    return model


def _run_round(model: Path, out: Path, number: int, request: RoundsRequest, progress: Progress) -> None:
    manifest = read_manifest(model)
    assert manifest is not None  # noqa: S101 - the first round starts from a directory with one
    found = _found(model, number, request, manifest, progress)
    classifier = load_classifier(model)  # that of a victim is frozen
    settings = round_settings(request.training, manifest, seed=request.seed + number, max_length=classifier.max_length)
    remembered = _remembered(request, number, found)
    searched = {example.text for example in (*remembered, *found.texts)}
    audited = [example for example in request.outcomes.texts if example.text not in searched]
    store = CheckpointStore(checkpoint_folder(out), {**asdict(settings), **request.made_with})
    tuned = fine_tune(
        classifier,
        (*request.train.examples, *audited, *remembered, *found.texts),
        request.validation.examples,
        settings,
        worst_of_k=request.training.worst_of_k,
        device=request.device,
        store=store,
        observer=RoundObserver(progress, f"round {number}: training"),
    )
    progress.end()
    record = replace(_record(request, found, remembered, tuned, settings), outcome_texts=len(audited))
    _write(model, out, tuned, replace(manifest, rounds=(*manifest.rounds, record)))
    store.clear()


def _found(model: Path, number: int, request: RoundsRequest, manifest: Manifest, progress: Progress) -> Found:
    """What misleads the model as it is before the round.

    Searched in the precision that it was trained in; what became of a text is decided in fp32 all the same.
    """
    if not request.training.attack:
        return Found((), (), 0.0)
    precision: Precision = "bf16" if manifest.precision == "bf16" else "fp32"
    return adversarial_texts(
        Victim(load_classifier(model), device=request.device, precision=precision),
        request.train.examples,
        request.training.attack,
        seed=request.seed,
        round_number=number,
        keep=_attacks(request, number),
        progress=progress,
    )


def _attacks(request: RoundsRequest, number: int) -> Path:
    return request.folder / f"round-{number}-attacks.json"


def _remembered(request: RoundsRequest, number: int, found: Found) -> list[Example]:
    """What earlier rounds found, each text once and none that this round found again."""
    if not (request.training.remember and request.training.attack):
        return []
    known = {example.text for example in found.texts}
    texts: dict[str, Example] = {}
    for earlier in range(1, number):
        texts |= {each.text: each for each in read_found(_attacks(request, earlier)).texts if each.text not in known}
    return list(texts.values())


def _record(
    request: RoundsRequest, found: Found, remembered: list[Example], tuned: Tuned, settings: Hyperparameters
) -> RoundRecord:
    return RoundRecord(
        attacked_texts=sum(each.attacked for each in found.attacks),
        adversarial_texts=len(found.texts),
        attack_seconds=found.seconds,
        training_seconds=round(sum(epoch.seconds or 0.0 for epoch in tuned.history), 1),
        history=tuned.history,
        attacks=found.attacks,
        remembered_texts=len(remembered),
        macro_f1_before=tuned.macro_f1_before,
        hyperparameters=asdict(settings),
        precision=tuned.precision,
        worst_of_k=_drawn_from(request.training.worst_of_k),
        outcomes=request.outcomes.records,
    )


def _drawn_from(choice: WorstOfKChoice | None) -> WorstOfKRecord | None:
    if choice is None:
        return None
    names, arguments = zip(*((each.attack, each.arguments) for each in choice.attack), strict=True)
    return WorstOfKRecord(names, arguments, asdict(sampling(choice)))


def _write(model: Path, out: Path, tuned: Tuned, manifest: Manifest) -> None:
    with whole_directory(out) as directory:
        shutil.copytree(model, directory, dirs_exist_ok=True)
        tuned.model.config.name_or_path = manifest.base  # not where the files lay on this machine
        with quiet_transformers():
            tuned.model.save_pretrained(directory)
        write_manifest(manifest, directory)
