"""Making the model directory of a hardened model: the parent's weights, a defence, and a manifest that says so."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from robust_emo import __version__, plugins
from robust_emo.data.dataset import Dataset
from robust_emo.defences.normaliser import LearningNormaliser, Normaliser
from robust_emo.defences.steps import store
from robust_emo.hardening.recipe import Recipe
from robust_emo.hardening.rounds import RoundsRequest, keep_rounds, run_rounds
from robust_emo.hardening.sources import Sources
from robust_emo.models.checks import check_model_directory
from robust_emo.models.fingerprint import model_files, model_sha256
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import Manifest, Parent, Scores, read_manifest, write_manifest
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress, Silent
from robust_emo.statistics.classification import LabelCounts, accuracy, label_flags
from robust_emo.training.output import whole_directory

_DATA = "data"  # where `train` keeps what it split off


def write_hardened_model(
    model: Path,
    out: Path,
    recipe: Recipe,
    *,
    sources: Sources,
    made_with: Mapping[str, str | int | None],
    device: str,
    rounds: RoundsRequest | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Manifest:
    """Write the hardened model, whole or not at all.

    Args:
        model: the parent's directory; `out` is the new one.
        sources: what is learnt from and measured on.
        made_with: all that the new model depends on.
        device: on which the metrics are computed.
        rounds: with what the model is trained, where the recipe trains.
        resume: keep rounds that are there already.
        progress: told of the rounds.

    Raises:
        InputError, PluginError: a normaliser does not take its arguments, the parent cannot be loaded, or an attack
            crashed on all texts of a round.
        TrainingInterrupted: Ctrl-C in the training of a round, of which a checkpoint was written.
        OSError: it cannot be written.
    """
    with whole_directory(out) as directory:
        if rounds is None:
            _write_defended(model, directory, recipe, sources.train)
        else:
            keep_rounds(rounds.folder, rounds.made_with, resume=resume)
            last = run_rounds(_round_zero(model, rounds, recipe), rounds, progress or Silent())
            shutil.copytree(last, directory, dirs_exist_ok=True)
        manifest = _finished(directory, sources, made_with, device)
        write_manifest(manifest, directory)
    return manifest


def _finished(directory: Path, sources: Sources, made_with: Mapping[str, str | int | None], device: str) -> Manifest:
    """The manifest with the metrics, the data they are of, and what all depends on."""
    victim, manifest = Victim(load_classifier(directory), device=device), _manifest(directory)
    parent = replace(manifest.parent, made_with=made_with) if manifest.parent else None
    metrics = {name: _scores(victim, data) for name, data in sources.measured.items()}
    return replace(manifest, data=sources.recorded, metrics=metrics, parent=parent)


def _round_zero(model: Path, rounds: RoundsRequest, recipe: Recipe) -> Path:
    """What the first round starts from: the parent behind the input defence."""
    start = rounds.folder / "round-0"
    if not start.is_dir():
        with whole_directory(start) as directory:
            _write_defended(model, directory, recipe, rounds.train)
    return start


def _write_defended(model: Path, directory: Path, recipe: Recipe, train: Dataset | None) -> None:
    """The parent's weights behind the input defence; without metrics, which are not the parent's."""
    for file in model_files(model):
        shutil.copyfile(file, directory / file.name)
    if read_manifest(model) is not None and (model / _DATA).is_dir():
        shutil.copytree(model / _DATA, directory / _DATA)
    with tempfile.TemporaryDirectory() as folder:
        steps = store(_normalisers(recipe, train, Path(folder)), directory)
    parent = Parent(model_sha256(model), recipe.title, recipe.sha256)
    manifest = replace(_manifest(model), defence=steps, parent=parent, robust_emo=__version__, metrics={})
    write_manifest(manifest, directory)


def _manifest(model: Path) -> Manifest:
    return read_manifest(model) or _unknown_origin(model)


def _normalisers(recipe: Recipe, train: Dataset | None, folder: Path) -> list[Normaliser]:
    examples = train.examples if train else ()
    texts, groups = [example.text for example in examples], [example.group for example in examples]
    made = []
    for place, choice in enumerate(recipe.defence):
        normaliser: Normaliser = plugins.load("normalisers", choice.normaliser, **choice.arguments)
        if isinstance(normaliser, LearningNormaliser):
            own = folder / str(place)
            own.mkdir()
            normaliser = normaliser.learn(texts, own, groups=groups, **choice.arguments)
        made.append(normaliser)
    return made


def _unknown_origin(model: Path) -> Manifest:
    """For a model that `robust-emo train` did not make: nothing is claimed of how it was trained."""
    config = check_model_directory(model)
    return Manifest(
        robust_emo=__version__,
        base="unknown",
        method="unknown",
        task=config.task,
        labels=config.labels,
        data={},
        seed=0,
        hyperparameters={},
        precision="unknown",
        device="unknown",
        packages={},
        metrics={},
        history=(),
        best_epoch=0,
    )


def _scores(victim: Victim, data: Dataset) -> Scores:
    texts: Sequence[str] = [example.text for example in data.examples]
    predictions = victim.predictions(victim.logits(texts))
    gold = label_flags((example.labels for example in data.examples), victim.labels)
    predicted = label_flags((prediction.labels for prediction in predictions), victim.labels)
    counts = LabelCounts.of(gold, predicted)
    defence = victim.defence
    return Scores(
        accuracy=accuracy(gold, predicted) or 0.0,
        macro_f1=float(counts.macro_f1),
        micro_f1=float(counts.micro_f1),
        n=len(texts),
        rewritten=sum(defence.text(text) != text for text in texts) if defence else None,
    )
