"""Harden a model and measure what that changed: the job of `robust-emo harden`."""

from dataclasses import dataclass, replace
from pathlib import Path

from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.journal import FILENAME as JOURNAL
from robust_emo.data.dataset import Dataset
from robust_emo.errors import InputError
from robust_emo.hardening.hardened_model import write_hardened_model
from robust_emo.hardening.recipe import Recipe, read_recipe
from robust_emo.model_comparison import ModelComparison, compare_audits
from robust_emo.models.checks import check_model_directory
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import Manifest, read_manifest
from robust_emo.preflight import AuditRequest, DataFile, prepare, read_data
from robust_emo.progress import Progress, Silent
from robust_emo.run_record import command_line
from robust_emo.training.output import check_output


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
        """Where the audits of the model before and after go."""
        return self.out.with_name(f"{self.out.name}-hardening")


@dataclass(frozen=True, slots=True)
class Hardened:
    """What :func:`harden` leaves behind."""

    recipe: Recipe
    parent: Manifest | None
    manifest: Manifest
    comparison: tuple[ModelComparison, ...]
    """Of the parent (left) and the new model (right); empty where nothing was measured."""
    notes: tuple[str, ...]


def harden(request: HardenRequest, progress: Progress | None = None) -> Hardened:
    """Make the hardened model, then audit both and compare.

    Raises:
        InputError: the recipe, the model, the data or the output cannot be used; nothing was written.
        PreflightError: the audits cannot be run; nothing was written.
    """
    progress, recipe, model = progress or Silent(), read_recipe(request.recipe), Path(request.model)
    config, parent = check_model_directory(model), read_manifest(model)
    if parent is not None and parent.defence:
        raise InputError(f"{model} has an input defence already; harden the model that it was made from")
    done = request.resume and _is_made(request, recipe)
    if not done:
        check_output(request.out, overwrite=request.overwrite)
    audits = {name: _audit(request, recipe, name) for name in ("before", "after")} if request.measure else {}
    if audits:
        prepare(audits["before"])
    train, notes = _training_data(request, parent)
    if not done:
        measured = _measured(request, parent, config.labels)
        write_hardened_model(model, request.out, recipe, train=train, measured=measured, device=request.device)
    manifest = read_manifest(request.out)
    if manifest is None:
        raise InputError(f"{request.out} lost its manifest while it was measured")
    for audit in audits.values():
        _run(audit, progress, resume=request.resume)
    comparison = compare_audits(audits["before"].out, audits["after"].out) if audits else ()
    return Hardened(recipe, parent, manifest, comparison, notes)


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
    return read_data(source, check_model_directory(request.model).task, None), ()


def _measured(request: HardenRequest, parent: Manifest | None, labels: tuple[str, ...]) -> dict[str, Dataset]:
    """The data sets whose metrics the new manifest holds."""
    sources = {
        name: DataFile.recorded(parent.data[name], request.model)
        for name in ("validation", "test")
        if parent is not None and name in parent.data
    }
    if request.data is not None:
        sources["test"] = request.data
    task = check_model_directory(request.model).task
    return {name: read_data(source, task, labels) for name, source in sources.items()}


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
