"""What an audit records of its own run, and what a resumed one must agree with."""

import hashlib
import platform
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version

from robust_emo import __version__
from robust_emo.attack_choice import ADAPTIVE
from robust_emo.data.duplicates import count_shared
from robust_emo.data_file import DataOptions
from robust_emo.engine.goal_choice import UNTARGETED
from robust_emo.enough_texts import least_attacked
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.preflight import Plan
from robust_emo.resources.catalogue import described, find_all
from robust_emo.types import AdaptiveInfo, Example, RunCost, RunInfo
from robust_emo.validity.checker import ValidityChecker

_PACKAGES = (
    "confusable-homoglyphs",
    "symspellpy",
    "torch",
    "transformers",
    "tokenizers",
    "numpy",
    "nltk",
    "pypinyin",
    "vaderSentiment",
)
_AUDIT_ONLY = ("--profile", "--attacks", "--goal", "--judge", "--sections", "--examples")
"""Options that `robust-emo privacy` does not have."""


def conditions(
    plan: Plan,
    victim: Victim,
    attacked: Sequence[Example],
    validity: ValidityChecker,
    models: Mapping[str, Mapping[str, str]],
) -> dict[str, object]:
    """Whatever an outcome depends on: a resumed audit must agree in all of it.

    Args:
        models: of the attacks; see :func:`~robust_emo.attack_choice.model_fingerprints`.
    """
    judge = {} if validity.judge is None else {"model of --judge": validity.judge.sha256}
    named = {f"model of {attack}.{name}": sha for attack, found in models.items() for name, sha in found.items()}
    read = "\0".join(repr((example.id, example.text, example.labels)) for example in attacked)
    return {
        "robust_emo": __version__,
        "model": victim.sha256,
        "task": victim.task.value,
        "data": plan.dataset.sha256,
        # Of private texts no fingerprint is written down, not even until the audit is finished.
        "training data": plan.train.sha256 if plan.train and not _is_private(plan) else None,
        "held out data": plan.holdout.sha256 if plan.holdout and not _is_private(plan) else None,
        "section arguments": sorted(str(argument) for argument in plan.request.section_arguments),
        "attacked examples": hashlib.sha256(read.encode()).hexdigest(),
        "seed": plan.seed,
        "ensemble": None if plan.ensemble is None else plan.ensemble.name,
        "goal": str(plan.request.goal),
        "validity": {name: value for name, value in validity.arguments().items() if name != "judge_sha256"},
        "stop when certain": plan.request.stop_when_certain,
        # Which examples are attacked at all: a policy that is certain sooner would leave outcomes without a section.
        "policy of --stop-when-certain": plan.policy.sha256 if plan.request.stop_when_certain else None,
        "budget": repr(plan.profile.budget),
        "device": plan.request.device,
        "packages": packages(),
        "resources": {resource.name: described(resource.name) for resource in find_all() if resource.found},
        "attacks": {attack.spec.name: [attack.spec.version, repr(attack.budget), attack.arguments()]
                    for attack in plan.attacks},
        "precision": victim.batched.precision,
        "max_length": victim.batched.max_length,
        **judge,
        **named,
    }  # fmt: skip


def run_info(plan: Plan, victim: Victim, attacked: Sequence[Example], cost: RunCost) -> RunInfo:
    """The `run` of audit.json."""
    request, examples, manifest = plan.request, plan.dataset.examples, read_manifest(plan.request.model)
    # A fingerprint and label counts of private texts would tell whether one was among them. Texts held out of the same
    # file are as private, though nobody trained on them.
    train, holdout = (None, None) if _is_private(plan) else (plan.train, plan.holdout)
    return RunInfo(
        robust_emo=__version__,
        command=command_line(plan),
        model=request.model,
        model_sha256=victim.sha256,
        architecture=victim.architecture,
        parameters=victim.parameters,
        task=victim.task,
        labels=victim.labels,
        data=plan.dataset.info(),
        train_data=train.info() if train else None,
        train_duplicates=count_shared(examples, train.examples) if train else None,
        examples=len(examples),
        attacked_examples=len(attacked),
        profile=plan.profile.name,
        profile_version=plan.profile.version,
        seed=plan.seed,
        policy=plan.policy.name,
        policy_sha256=plan.policy.sha256,
        device=_device_name(request.device),
        precision=victim.batched.precision,
        max_length=victim.batched.max_length,
        truncated_texts=victim.truncated([example.text for example in examples]),
        packages=packages(),
        warnings=plan.warnings,
        cost=cost,
        profile_changes=profile_changes(plan),
        defence=victim.defence.described() if victim.defence else (),
        adaptive=_adaptive(plan),
        privacy=manifest.privacy if manifest else None,
        holdout_data=holdout.info() if holdout else None,
        scope=request.scope,
    )


def _is_private(plan: Plan) -> bool:
    """Whether the model was trained privately."""
    manifest = read_manifest(plan.request.model)
    return manifest is not None and manifest.privacy is not None


def _adaptive(plan: Plan) -> AdaptiveInfo | None:
    """With the command that runs what this audit does not run on all texts."""
    if plan.adaptive is None:
        return None
    evades = any(section.spec.name == "evasion" for section in plan.sections)
    ran = {attack.spec.name for attack in plan.attacks} if evades and plan.ensemble is None else set()
    runnable = [name for name in plan.adaptive.attacks if name not in plan.adaptive.not_runnable]
    missing = tuple(name for name in runnable if name not in ran)
    least = least_attacked(plan.policy.thresholds)
    out = plan.request.out
    out = out.resolve() if out.name in ("", "..") else out
    request = replace(
        plan.request,
        attacks=(ADAPTIVE,) if missing == tuple(runnable) else missing,
        attack_arguments=tuple(each for each in plan.request.attack_arguments if each.attack in missing),
        data_options=DataOptions(),
        sections=None,
        section_arguments=(),
        attacked_examples=least if least > plan.attacked_examples else plan.request.attacked_examples,
        out=out.with_name(f"{out.name}-{ADAPTIVE}"),  # a finished audit in its place would be replaced
    )
    return replace(plan.adaptive, command=command_line(replace(plan, request=request)) if missing else None)


def profile_changes(plan: Plan) -> tuple[str, ...]:
    """What the request replaced of its profile: two audits of one profile compare only where both say the same here."""
    request, profile = plan.request, plan.profile
    replaced = {
        "attacks": request.attacks not in (None, profile.attacks),
        "attack arguments": bool(request.attack_arguments),
        "sections": request.sections not in (None, profile.sections),
        "section arguments": bool(request.section_arguments),
        "examples": plan.attacked_examples != profile.attacked_examples,
        "seed": plan.seed != profile.seed,
    }
    return tuple(name for name, changed in replaced.items() if changed)


def packages() -> dict[str, str]:
    """Versions of Python and of the packages that outcomes depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        import torch

        return f"{device} ({torch.cuda.get_device_name(device)})"
    return f"{device} ({platform.machine()})"


def command_line(plan: Plan) -> str:
    """The command line that repeats the audit."""
    request, named = plan.request, plan.request.data_options
    privacy = named.command == "privacy"
    read = request.data or (request.train_data if privacy else None)  # privacy takes the same columns for both
    options: dict[str, object] = {
        named.audited: request.data.path if request.data else None,
        named.trained_on: request.train_data.path if request.train_data else None,
        **(read.reading() if read else {}),
        "--profile": plan.profile.name,
        "--attacks": ",".join(request.attacks) if request.attacks else None,
        "--goal": request.goal if request.goal != UNTARGETED else None,
        "--judge": request.judge,
        "--sections": ",".join(request.sections) if request.sections else None,
        "--examples": request.attacked_examples,
        "--policy": request.policy,
        "--baseline": request.baseline,
        "--intended-use": request.scope.intended_use,
        "--modality": request.scope.modality,
        "--jurisdiction": request.scope.jurisdiction,
        "--seed": plan.seed,
        "--device": request.device,
        "--precision": request.precision,
        "--max-length": request.max_length,
        "--out": request.out,
    }
    left_out = _AUDIT_ONLY if privacy else ()
    shown = {name: value for name, value in options.items() if value is not None and name not in left_out}
    given = [word for name, value in shown.items() for word in (name, str(value))]
    given += [word for argument in request.attack_arguments for word in ("--attack-arg", str(argument))]
    given += [word for argument in request.section_arguments for word in ("--section-arg", str(argument))]
    given += ["--stop-when-certain"] if request.stop_when_certain else []
    given += ["--disclosure"] if privacy and "disclosure" in (request.sections or ()) else []
    return shlex.join(["robust-emo", named.command, request.model, *given])
