"""Harden a model and measure what that changed: the job of `robust-emo harden`."""

from dataclasses import dataclass, replace
from pathlib import Path

from robust_emo.atomic import write_atomically
from robust_emo.errors import InputError
from robust_emo.hardening.conditions import Conditions, conditions, of_rounds
from robust_emo.hardening.hardened_model import write_hardened_model
from robust_emo.hardening.leftovers import check_leftovers, keeps_model, replaced
from robust_emo.hardening.measuring import AFTER, BEFORE, audit_requests, measure
from robust_emo.hardening.outcome_texts import OutcomeTexts, outcome_texts
from robust_emo.hardening.recipe import Recipe
from robust_emo.hardening.recipe_file import read_recipe
from robust_emo.hardening.request import HardenRequest
from robust_emo.hardening.round_notes import round_notes
from robust_emo.hardening.round_training import round_settings
from robust_emo.hardening.rounds import RoundsRequest
from robust_emo.hardening.sources import Sources, named_paths, read_sources
from robust_emo.model_comparison import compare_audits
from robust_emo.models.checks import check_model_directory
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import Manifest, read_manifest
from robust_emo.preflight import prepare
from robust_emo.progress import Progress, Silent
from robust_emo.report_files import load_reporter
from robust_emo.reporters import ComparisonReporter
from robust_emo.training.output import check_apart, check_output
from robust_emo.types import AuditComparison


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
    incomplete: tuple[str, ...]
    """What is missing in the measurement, a line each."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A request with everything read and checked."""

    request: HardenRequest
    recipe: Recipe
    parent: Manifest | None
    sources: Sources
    outcomes: OutcomeTexts
    made_with: Conditions
    rounds: RoundsRequest | None
    done: bool
    """Whether the model is there already."""


def harden(request: HardenRequest, progress: Progress | None = None) -> Hardened:
    """Make the hardened model, then audit both and compare.

    Raises:
        InputError: the recipe, the model, the data or the output cannot be used, or earlier work would be lost; nothing
            was written.
        PreflightError: the audits cannot be run; nothing was written.
        PluginError: what makes the page cannot be loaded (nothing was written); an attack of the recipe crashed on all
            texts.
        TrainingInterrupted: Ctrl-C in the training of a round; `resume` continues it.
    """
    progress, plan = progress or Silent(), _prepare(request)
    reporter: ComparisonReporter | None = None
    if request.measure:
        prepare(audit_requests(request, plan.recipe)[BEFORE])
        reporter = load_reporter("html", request.language, kind="comparison_reporters")
    for line in replaced(request):
        progress.noted(line)
    if not plan.done:
        _make(plan, progress)
    manifest = read_manifest(request.out)
    if manifest is None:
        raise InputError(f"{request.out} lost its manifest while it was measured")
    notes = (*plan.sources.notes, *plan.outcomes.notes, *round_notes(manifest.rounds))
    if reporter is None:
        return Hardened(plan.recipe, plan.parent, manifest, None, None, notes, ())
    page = request.audits / reporter.filename
    page.unlink(missing_ok=True)  # an earlier one must not pass for this one's
    audits = audit_requests(request, plan.recipe)
    missing = [line for audit in audits.values() for line in measure(audit, progress, resume=request.resume)]
    comparison = compare_audits(audits[BEFORE].out, audits[AFTER].out)
    crashed = _write_page(page, reporter, comparison)
    return Hardened(
        plan.recipe, plan.parent, manifest, comparison, None if crashed else page, notes, (*missing, *crashed)
    )


def _prepare(request: HardenRequest) -> _Plan:
    """Read and check everything but for the audits; writes nothing."""
    if request.resume and request.restart:
        raise InputError("--resume keeps what --restart throws away: give one of them")
    recipe, model = read_recipe(request.recipe), Path(request.model)
    check_model_directory(model)
    parent = read_manifest(model)
    if parent is not None and parent.defence:
        raise InputError(f"{model} has an input defence already; harden the model that it was made from")
    for folder in (request.out, request.audits):
        check_apart(folder, named_paths(request, parent))
    sources = read_sources(request, recipe, parent)
    _check_training(request, recipe, parent, sources)
    outcomes = _outcomes(request, sources)
    made_with = conditions(request, recipe, sources, outcomes)
    done = keeps_model(request, made_with)
    if not done:
        check_output(request.out, overwrite=request.overwrite)
        check_leftovers(request, made_with)
    rounds = _rounds(request, recipe, sources, outcomes, made_with)
    return _Plan(request, recipe, parent, sources, outcomes, made_with, rounds, done)


def _make(plan: _Plan, progress: Progress) -> None:
    request = plan.request
    write_hardened_model(
        Path(request.model),
        request.out,
        plan.recipe,
        sources=plan.sources,
        made_with=plan.made_with,
        device=request.device,
        rounds=plan.rounds,
        resume=request.resume,
        progress=progress,
    )


def _write_page(page: Path, reporter: ComparisonReporter, comparison: AuditComparison) -> tuple[str, ...]:
    """Why the page could not be made, if so: that costs nothing of what was measured."""
    try:
        content = reporter.render(comparison)
    except Exception as error:
        return (f"report '{reporter.spec.name}' of the comparison crashed: {type(error).__name__}: {error}",)
    write_atomically(page, content)
    return ()


def _check_training(request: HardenRequest, recipe: Recipe, parent: Manifest | None, sources: Sources) -> None:
    """Whether the recipe can train what it trains.

    Raises:
        InputError: training or validation data are unknown, the parent was trained privately, or in a way that this
            version does not know; or finished audits were named and are of no use, or not and are needed.
    """
    if recipe.training is None:
        if request.outcomes:
            raise InputError(
                f"recipe {recipe.name} does not train, and --outcomes is for training; name a recipe with a [training]"
            )
        return
    if parent is not None and parent.privacy is not None:
        raise InputError(f"{request.model} was trained privately; recipe {recipe.name} would train on its texts again")
    if ":" in request.device:  # known now, and not only after the attacks of the first round
        raise InputError(f"training takes --device cuda, got {request.device}; name the GPU in CUDA_VISIBLE_DEVICES")
    train, validation = sources.train, sources.measured.get("validation")
    if train is None or validation is None:
        missing = "training (--train-data)" if train is None else "validation"
        raise InputError(f"recipe {recipe.name} trains, and the {missing} data of {request.model} are unknown")
    if recipe.training.outcomes and not request.outcomes:
        raise InputError(
            f"recipe {recipe.name} trains on the texts of a finished audit: audit {request.model} on its training data "
            f"(robust-emo audit {request.model} --data {train.path}) and name the directory with --outcomes"
        )
    if parent is not None:
        seed = (request.seed or 0) + recipe.training.rounds
        round_settings(recipe.training, parent, seed=seed, max_length=128)


def _outcomes(request: HardenRequest, sources: Sources) -> OutcomeTexts:
    """What finished audits give to train on; nothing where none is named."""
    if not request.outcomes or sources.train is None:
        return OutcomeTexts()
    found = outcome_texts(
        request.outcomes,
        model=request.model,
        model_sha256=model_sha256(request.model),
        train=sources.train,
        measured=sources.measured,
    )
    gone = [
        f"{name} data {source.path} are gone: texts of the audits that stand in them go unnoticed"
        for name, source in sources.recorded.items()
        if name != "train" and name not in sources.measured
    ]
    return replace(found, notes=(*found.notes, *gone))


def _rounds(
    request: HardenRequest, recipe: Recipe, sources: Sources, outcomes: OutcomeTexts, made_with: Conditions
) -> RoundsRequest | None:
    """With what the recipe trains; None where it does not."""
    train, validation = sources.train, sources.measured.get("validation")
    if recipe.training is None or train is None or validation is None:
        return None
    return RoundsRequest(
        recipe.training,
        train,
        validation,
        request.rounds,
        request.seed or 0,
        request.device,
        of_rounds(made_with),
        outcomes,
    )
