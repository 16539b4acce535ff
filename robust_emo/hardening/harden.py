"""Harden a model and measure what that changed: the job of `robust-emo harden`."""

from dataclasses import dataclass, replace
from pathlib import Path

from robust_emo import __version__, plugins
from robust_emo.atomic import write_atomically
from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.journal import FILENAME as JOURNAL
from robust_emo.data.dataset import Dataset
from robust_emo.data.table import is_hub_id
from robust_emo.errors import InputError
from robust_emo.hardening.hardened_model import write_hardened_model
from robust_emo.hardening.recipe import Recipe, read_recipe
from robust_emo.hardening.rounds import RoundsRequest, keep_rounds
from robust_emo.model_comparison import compare_audits
from robust_emo.models.checks import check_model_directory
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import Manifest, read_manifest
from robust_emo.preflight import AuditRequest, DataFile, prepare, read_data
from robust_emo.progress import Progress, Silent
from robust_emo.run_record import command_line
from robust_emo.training.output import check_output
from robust_emo.types import AuditComparison


@dataclass(frozen=True, slots=True)
class HardenRequest:
    """What the user asked for, unresolved."""

    model: str
    out: Path
    recipe: str = "fast"
    data: DataFile | None = None
    """Measured on; None: the test data that the manifest names."""
    train_data: DataFile | None = None
    """Learnt from; None: what the manifest names, if anything."""
    examples: int | None = None
    """Attacked texts; None: as the recipe says."""
    seed: int | None = None
    device: str = "cpu"
    measure: bool = True
    resume: bool = False
    """Keep the model and the measurements that an interrupted run of the same command finished."""
    overwrite: bool = False
    cache: bool = True

    @property
    def audits(self) -> Path:
        """Where the audits of the model before and after, and their comparison, go."""
        return self.out.with_name(f"{self.out.name}-hardening")


@dataclass(frozen=True, slots=True)
class Hardened:
    """What :func:`harden` leaves behind."""

    recipe: Recipe
    parent: Manifest | None
    manifest: Manifest
    comparison: AuditComparison | None
    """Of the parent (old) and the new model; None where nothing was measured."""
    page: Path | None
    """The comparison for people; None where nothing was measured or the page could not be made."""
    notes: tuple[str, ...]


def harden(request: HardenRequest, progress: Progress | None = None) -> Hardened:
    """Make the hardened model, then audit both and compare.

    Raises:
        InputError: the recipe, the model, the data or the output cannot be used; nothing was written.
        PreflightError: the audits cannot be run; nothing was written.
        PluginError: what makes the page cannot be loaded; nothing was written.
    """
    progress, recipe, model = progress or Silent(), read_recipe(request.recipe), Path(request.model)
    config, parent = check_model_directory(model), read_manifest(model)
    if parent is not None and parent.defence:
        raise InputError(f"{model} has an input defence already; harden the model that it was made from")
    if request.out.resolve() == model.resolve():
        raise InputError(f"--out is the model itself, {model}; the hardened model needs a directory of its own")
    done = request.resume and _is_made(request, recipe)
    if not done:
        check_output(request.out, overwrite=request.overwrite)
    audits = {name: _audit(request, recipe, name) for name in ("before", "after")} if request.measure else {}
    reporter: plugins.ComparisonReporter | None = None
    if audits:
        prepare(audits["before"])
        reporter = plugins.load("comparison_reporters", "html")
    train, notes = _training_data(request, parent)
    if not done:
        _make(request, recipe, parent, config.labels, train, progress)
    manifest = read_manifest(request.out)
    if manifest is None:
        raise InputError(f"{request.out} lost its manifest while it was measured")
    if reporter is None:
        return Hardened(recipe, parent, manifest, None, None, notes)
    page = request.audits / reporter.filename
    page.unlink(missing_ok=True)  # an earlier one must not pass for this one's
    for audit in audits.values():
        _run(audit, progress, resume=request.resume)
    comparison = compare_audits(audits["before"].out, audits["after"].out)
    crashed = _write_page(page, reporter, comparison)
    return Hardened(recipe, parent, manifest, comparison, None if crashed else page, (*notes, *crashed))


def _make(
    request: HardenRequest,
    recipe: Recipe,
    parent: Manifest | None,
    labels: tuple[str, ...],
    train: Dataset | None,
    progress: Progress,
) -> None:
    measured = _measured(request, parent, labels)
    write_hardened_model(
        Path(request.model),
        request.out,
        recipe,
        train=train,
        measured=measured,
        device=request.device,
        rounds=_rounds(request, recipe, parent, train, measured.get("validation")),
        progress=progress,
    )


def _write_page(page: Path, reporter: plugins.ComparisonReporter, comparison: AuditComparison) -> tuple[str, ...]:
    """Why the page could not be made, if so: that costs nothing of what was measured."""
    try:
        content = reporter.render(comparison)
    except Exception as error:
        return (f"report '{reporter.spec.name}' of the comparison crashed: {type(error).__name__}: {error}",)
    write_atomically(page, content)
    return ()


def _is_made(request: HardenRequest, recipe: Recipe) -> bool:
    made = read_manifest(request.out) if request.out.is_dir() else None
    if made is None or made.parent is None:
        return False
    return (made.parent.sha256, made.parent.recipe_sha256) == (model_sha256(request.model), recipe.sha256)


def _training_data(request: HardenRequest, parent: Manifest | None) -> tuple[Dataset | None, tuple[str, ...]]:
    """What normalisers may learn from, and what a reader must know where that is nothing."""
    recorded = parent.data.get("train") if parent else None
    source = request.train_data or (DataFile.recorded(recorded, request.model) if recorded else None)
    if parent is not None and parent.privacy is not None:
        return None, ("the model was trained privately: its defence does not look at the training texts",)
    if source is None:
        return None, ("training data unknown: the defence knows English, not the model's own words (--train-data)",)
    if not request.train_data and not _is_there(source):
        return None, (f"training data {source.path} are gone: the defence knows English, not the model's own words",)
    return read_data(source, check_model_directory(request.model).task, None), ()


def _rounds(
    request: HardenRequest,
    recipe: Recipe,
    parent: Manifest | None,
    train: Dataset | None,
    validation: Dataset | None,
) -> RoundsRequest | None:
    """With what the recipe trains; None where it does not.

    Raises:
        InputError: training or validation data are unknown, or the parent was trained privately.
    """
    if recipe.training is None:
        return None
    if parent is not None and parent.privacy is not None:
        raise InputError(f"{request.model} was trained privately; recipe {recipe.name} would train on its texts again")
    if ":" in request.device:  # known now, and not only after the attacks of the first round
        raise InputError(f"training takes --device cuda, got {request.device}; name the GPU in CUDA_VISIBLE_DEVICES")
    if train is None or validation is None:
        missing = "training (--train-data)" if train is None else "validation"
        raise InputError(f"recipe {recipe.name} trains, and the {missing} data of {request.model} are unknown")
    seed, folder = request.seed or 0, request.audits / "rounds"
    made_with = {
        "parent": model_sha256(request.model),
        "recipe": recipe.sha256,
        "train": train.sha256,
        "validation": validation.sha256,
        "seed": seed,
        "robust_emo": __version__,
    }
    keep_rounds(folder, made_with, resume=request.resume)
    return RoundsRequest(recipe.training, train, validation, folder, seed, request.device)


def _measured(request: HardenRequest, parent: Manifest | None, labels: tuple[str, ...]) -> dict[str, Dataset]:
    """The data sets whose metrics the new manifest holds."""
    sources = {
        name: DataFile.recorded(parent.data[name], request.model)
        for name in ("validation", "test")
        if parent is not None and name in parent.data
    }
    sources = {name: source for name, source in sources.items() if _is_there(source)}
    if request.data is not None:
        sources["test"] = request.data
    task = check_model_directory(request.model).task
    return {name: read_data(source, task, labels) for name, source in sources.items()}


def _is_there(source: DataFile) -> bool:
    """Whoever shares a model may keep its data."""
    return is_hub_id(source.path) or Path(source.path).exists()


def _audit(request: HardenRequest, recipe: Recipe, name: str) -> AuditRequest:
    before = name == "before"
    return AuditRequest(
        model=request.model if before else str(request.out),
        out=request.audits / name,
        data=request.data,
        train_data=request.train_data,
        profile=recipe.measure.profile,
        attacks=recipe.measure.attacks or None,
        attacked_examples=request.examples or recipe.measure.examples,
        seed=request.seed,
        device=request.device,
        cache=request.cache,
        restart=True,
    )


def _run(audit: AuditRequest, progress: Progress, *, resume: bool) -> None:
    """Run an audit, go on with an interrupted one, or keep a finished one of the same model and request."""
    if resume and (audit.out / JOURNAL).exists():
        run_audit(replace(audit, resume=True, restart=False), progress)
    elif not (resume and _is_finished(audit)):
        run_audit(audit, progress)


def _is_finished(audit: AuditRequest) -> bool:
    if not (audit.out / "audit.json").exists():
        return False
    run, plan = read_audit(audit.out).run, prepare(audit)
    asked = (model_sha256(audit.model), plan.dataset.sha256, plan.profile.version, command_line(plan))
    return asked == (run.model_sha256, run.data.sha256, run.profile_version, run.command)
