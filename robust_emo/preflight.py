"""Steps 1 to 3 of an audit: resolve everything by name and read everything small, before any weights are loaded.

All problems are collected and reported once, so that nobody has to fix them one run at a time.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from robust_emo.adaptive import choose_attacks, without_adaptive
from robust_emo.attack_choice import AttackArgument, check_arguments, chosen_ensemble, load_attack
from robust_emo.audits.journal import FILENAME
from robust_emo.audits.stopping import stopping_warnings
from robust_emo.baseline_audit import BaselineAudit, read_finished
from robust_emo.data.dataset import Dataset
from robust_emo.data.table import is_hub_id
from robust_emo.data_file import DataFile, DataOptions, read_data
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.ensemble import Ensemble, ensemble_names
from robust_emo.errors import InputError, PreflightError, RobustEmoError
from robust_emo.gate import Policy, read_policy
from robust_emo.models.checks import check_model_directory
from robust_emo.models.manifest import DataSource, Manifest, read_manifest
from robust_emo.models.private_data import trained_on
from robust_emo.plugins import Attack, AuditSection
from robust_emo.profile import Profile, read_profile
from robust_emo.readiness import check_fit, check_ready
from robust_emo.report_files import load_reporter
from robust_emo.reporters import Reporter
from robust_emo.section_choice import SectionArgument, check_section_arguments, check_training_data, load_section
from robust_emo.types import AdaptiveInfo, Scope, Task
from robust_emo.validity.checker import ValidityChecker

Made = TypeVar("Made")
_LEAST_FREE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What the user asked for, unresolved."""

    model: str
    out: Path
    data: DataFile | None = None
    """None: the test data that the model's manifest names."""
    train_data: DataFile | None = None
    """Compared with the audited data; None: what the manifest names, if anything."""
    data_options: DataOptions = field(default_factory=DataOptions)
    """How whoever asks names these two."""
    profile: str = "standard"
    attacks: tuple[str, ...] | None = None
    """None: those of the profile; likewise sections, attacked_examples and seed. A standard ensemble stands alone;
    :data:`~robust_emo.attack_choice.ADAPTIVE` stands for those that aim at the model's own input defence."""
    attack_arguments: tuple[AttackArgument, ...] = ()
    """Hyperparameters other than the attacks' own defaults."""
    goal: GoalChoice = UNTARGETED
    judge: str | None = None
    """Directory of a classifier that must still see the gold emotion in a perturbed text."""
    stop_when_certain: bool = False
    """Stop attacking as soon as the verdict on evasion is certain."""
    sections: tuple[str, ...] | None = None
    section_arguments: tuple[SectionArgument, ...] = ()
    """Settings other than the sections' own defaults."""
    attacked_examples: int | None = None
    seed: int | None = None
    policy: str = "minimal"
    baseline: str | None = None
    """An earlier audit, for policies that limit how much worse a number may be."""
    formats: tuple[str, ...] = ("html",)
    """Reporters beside audit.json, which is always written."""
    language: str = "en"
    """Of the reporters that know several."""
    device: str = "cpu"
    precision: Literal["fp32", "bf16"] = "fp32"
    max_length: int | None = None
    pool: int = 256
    resume: bool = False
    restart: bool = False
    """Throw an unfinished audit in `out` away."""
    cache: bool = True
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with everything resolved, read and checked."""

    request: AuditRequest
    """Its attacks are those that run: ``adaptive`` is resolved."""
    profile: Profile
    attacks: tuple[Attack, ...]
    ensemble: Ensemble | None
    """Whose members `attacks` are."""
    sections: tuple[AuditSection, ...]
    reporters: tuple[Reporter, ...]
    policy: Policy
    dataset: Dataset
    train: Dataset | None
    holdout: Dataset | None
    """Training texts that were set aside; None where there are none, or other data were named."""
    warnings: tuple[str, ...]
    adaptive: AdaptiveInfo | None = None
    """Of the model's input defence; None where it has none."""
    baseline: BaselineAudit | None = None

    @property
    def seed(self) -> int:
        """Of the request, else of the profile."""
        return self.profile.seed if self.request.seed is None else self.request.seed

    @property
    def attacked_examples(self) -> int:
        """Of the request, else of the profile."""
        return self.request.attacked_examples or self.profile.attacked_examples


class _Problems:
    def __init__(self) -> None:
        self.found: list[str] = []

    def attempt(self, make: Callable[[], Made]) -> Made | None:
        """The result of `make`, or None with its error kept for the end."""
        try:
            return make()
        except RobustEmoError as error:
            self.found.append(str(error))
            return None


def prepare(request: AuditRequest) -> Plan:
    """Resolve and check a request.

    Raises:
        PreflightError: everything that is wrong, at once.
    """
    problems = _Problems()
    profile = problems.attempt(lambda: read_profile(request.profile))
    chosen = problems.attempt(lambda: choose_attacks(request.attacks, request.model, request.attack_arguments))
    request = replace(request, attacks=chosen.names if chosen else without_adaptive(request.attacks))
    names = request.attacks or (profile.attacks if profile else ())
    ensemble = problems.attempt(lambda: chosen_ensemble(names))
    problems.attempt(lambda: check_arguments(request.attack_arguments, names, ensemble))
    attacks = _attacks(problems, names, ensemble, request.attack_arguments)
    section_names = request.sections or (profile.sections if profile else ())
    problems.attempt(lambda: check_section_arguments(request.section_arguments, section_names))
    sections = _load(problems, section_names, partial(load_section, arguments=request.section_arguments))
    reporters = _load(problems, (*request.formats, "json"), partial(load_reporter, language=request.language))
    plugins_to_check: tuple[Attack | AuditSection, ...] = (*attacks, *sections)
    for plugin in plugins_to_check:
        problems.attempt(partial(check_ready, plugin))
    problems.attempt(lambda: check_fit(sections, request.model))
    problems.found += ValidityChecker().problems()
    if request.seed is not None and request.seed < 0:
        problems.found.append(f"expected a seed of at least 0, got {request.seed}")
    policy = problems.attempt(lambda: read_policy(request.policy))
    baseline = problems.attempt(partial(_baseline, request)) if request.baseline else None
    problems.attempt(lambda: _check_output(request))
    dataset, train, warnings = _read_model_and_data(problems, request)
    needed = dataset is not None and any(section.spec.needs_training_data for section in sections)
    holdout = problems.attempt(lambda: _holdout(request, warnings)) if needed else None
    if request.sections and not problems.found:
        problems.attempt(lambda: check_training_data(sections, train, holdout or dataset, request.data_options))
    if problems.found or profile is None or policy is None or dataset is None:
        raise PreflightError(list(dict.fromkeys(problems.found)))
    plan = Plan(
        request, profile, attacks, ensemble, sections, reporters, policy, dataset, train, holdout, tuple(warnings)
    )
    if chosen:
        plan = replace(plan, adaptive=chosen.adaptive, warnings=(*plan.warnings, *chosen.left_out))
    return replace(plan, baseline=baseline, warnings=(*plan.warnings, *_stopping(plan), *_without_baseline(plan)))


def _baseline(request: AuditRequest) -> BaselineAudit:
    """The earlier audit.

    Raises:
        InputError: it cannot be read, or would be replaced.
    """
    path = Path(request.baseline or "")
    folder = path if path.is_dir() else path.parent
    if folder.resolve() == request.out.resolve():
        raise InputError(f"--baseline {path} lies in {request.out}, which this audit replaces; name another --out")
    return read_finished(path)


def _without_baseline(plan: Plan) -> tuple[str, ...]:
    if plan.request.baseline is None and plan.policy.needs_baseline:
        return (f"policy {plan.policy.name} compares with an earlier audit: without --baseline it is not met",)
    return ()


def _stopping(plan: Plan) -> tuple[str, ...]:
    if not plan.request.stop_when_certain:
        return ()
    return stopping_warnings(plan.policy.thresholds, min(plan.attacked_examples, len(plan.dataset.examples)))


def _attacks(
    problems: _Problems, names: tuple[str, ...], ensemble: Ensemble | None, arguments: tuple[AttackArgument, ...]
) -> tuple[Attack, ...]:
    if ensemble is not None:
        made = [problems.attempt(member.load) for member in ensemble.members]
    else:
        # An ensemble beside other names is a problem that was reported already.
        attacks = [name for name in dict.fromkeys(names) if name not in ensemble_names()]
        made = [problems.attempt(partial(load_attack, name, arguments)) for name in attacks]
    return tuple(attack for attack in made if attack is not None)


def _load(problems: _Problems, names: tuple[str, ...], make: Callable[[str], Made]) -> tuple[Made, ...]:
    made = [problems.attempt(partial(make, name)) for name in dict.fromkeys(names)]
    return tuple(plugin for plugin in made if plugin is not None)


def _check_output(request: AuditRequest) -> None:
    """Try a write, so that a read-only or full disk is known before hours of work and not after.

    An unfinished audit is neither continued nor thrown away unasked.
    """
    out = request.out
    try:
        existing = next(parent for parent in (out, *out.parents) if parent.exists())
        unfinished = (out / FILENAME).exists()
        if unfinished and not (request.resume or request.restart):
            raise InputError(f"{out} holds an unfinished audit: --resume continues it, --restart throws it away")
        if request.resume and not unfinished:
            raise InputError(f"nothing to resume in {out}: run without --resume")
        if not existing.is_dir():
            raise InputError(f"cannot write to {out}: {existing} is a file")
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise InputError(f"cannot write to {out}: {error.strerror}") from error
    free = shutil.disk_usage(existing).free
    if free < _LEAST_FREE_BYTES:
        raise InputError(f"cannot write to {out}: only {free / 1e6:.0f} MB free on its disk, 20 MB needed")


def _read_model_and_data(
    problems: _Problems, request: AuditRequest
) -> tuple[Dataset | None, Dataset | None, list[str]]:
    config = problems.attempt(lambda: check_model_directory(request.model))
    if config is None:
        return None, None, []
    manifest = problems.attempt(lambda: read_manifest(request.model))
    dataset = problems.attempt(lambda: _audited_data(request, manifest, config.labels, config.task))
    problems.attempt(lambda: request.goal.check(config.labels, config.task))
    warnings: list[str] = []
    train = problems.attempt(lambda: _training_data(request, manifest, config.task, warnings))
    if dataset is not None and dataset.problems:
        warnings.append(f"{len(dataset.problems)} bad rows left out of {dataset.path}; first: {dataset.problems[0]}")
    if dataset is not None and (absent := sorted(set(config.labels) - set(dataset.labels))):
        warnings.append(f"no audited example is labelled {', '.join(absent)}: nothing is known of these emotions")
    return dataset, train, warnings


def _audited_data(request: AuditRequest, manifest: Manifest | None, labels: tuple[str, ...], task: Task) -> Dataset:
    recorded = manifest.data.get("test") if manifest else None
    source = request.data or (DataFile.recorded(recorded, request.model) if recorded else None)
    if source is None:
        raise InputError(
            f"{request.model} does not say where its test data are: name them with {request.data_options.audited} FILE"
        )
    return read_data(source, task, labels)


def _training_data(request: AuditRequest, manifest: Manifest | None, task: Task, warnings: list[str]) -> Dataset | None:
    recorded = _recorded_training_data(request, manifest)
    source = request.train_data or (DataFile.recorded(recorded, request.model) if recorded else None)
    if source is None:
        unnoticed = f"audited texts that were trained on would go unnoticed ({request.data_options.trained_on})"
        warnings.append(f"training data unknown: {unnoticed}")
        return None
    if not request.train_data and not (is_hub_id(source.path) or Path(source.path).exists()):
        warnings.append(f"training data {source.path} are gone: audited texts that were trained on would go unnoticed")
        return None
    return read_data(source, task, None)


def _holdout(request: AuditRequest, warnings: list[str]) -> Dataset | None:
    """What the training of the model set aside; None where it set nothing aside, or other data are audited."""
    manifest = read_manifest(request.model)
    recorded = manifest.data.get("holdout") if manifest and not request.data else None
    if manifest is None or recorded is None:
        return None
    source = DataFile.recorded(recorded, request.model)
    if not Path(source.path).exists():
        warnings.append(f"held out texts {source.path} are gone: privacy is attacked by the audited ones")
        return None
    return read_data(source, manifest.task, None)


def _recorded_training_data(request: AuditRequest, manifest: Manifest | None) -> DataSource | None:
    """As the manifest says; of a private training its data folder does."""
    if manifest is None or manifest.privacy is None:
        return manifest.data.get("train") if manifest else None
    return trained_on(Path(request.model))
