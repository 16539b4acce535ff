"""The audit in ten steps.

1 parse (the caller), 2 resolve plug-ins, 3 preflight, 4 load and fingerprint, 5 clean, 6 evasion, 7 later sections,
8 metrics with intervals (inside the sections), 9 policy to verdicts, 10 render and write.
"""

import hashlib
import math
import platform
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from robust_emo import __version__
from robust_emo.atomic import write_atomically
from robust_emo.audits.context import AuditContext
from robust_emo.audits.journal import Journal
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.data.duplicates import count_shared
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.cache import QueryCache, cache_directory
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED
from robust_emo.errors import ExitCode, concerns_the_whole_run
from robust_emo.gate import Policy, exit_code, judge
from robust_emo.models.batched import Precision
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.plugins import AuditSection
from robust_emo.preflight import AuditRequest, Plan, prepare
from robust_emo.progress import Progress, Silent
from robust_emo.resources.catalogue import described, find_all
from robust_emo.statistics.sequential import METHOD as ANYTIME
from robust_emo.types import (
    SCHEMA_VERSION,
    AttackOutcome,
    AuditReport,
    Example,
    RunCost,
    RunInfo,
    Section,
    VerdictStatus,
)
from robust_emo.validity.checker import ValidityChecker
from robust_emo.validity.judge import Judge

_PACKAGES = ("torch", "transformers", "tokenizers", "numpy", "nltk", "pypinyin", "vaderSentiment")


@dataclass(frozen=True, slots=True)
class FinishedAudit:
    """What :func:`run_audit` leaves behind."""

    report: AuditReport
    outcomes: tuple[AttackOutcome, ...]
    files: tuple[Path, ...]
    """Written, in this order; audit.json is the last."""
    failed_reports: tuple[str, ...]
    """What became of reporters that crashed, one line each."""
    exit_code: ExitCode


def run_audit(request: AuditRequest, progress: Progress | None = None) -> FinishedAudit:
    """Run the ten steps.

    A kill at any time loses at most the examples in flight; the same request with `resume` goes on from there and
    ends in the same audit.json, `seconds` and `run.cost` apart.

    Raises:
        PreflightError: the request cannot be run; nothing was written.
        InputError: the model cannot be loaded, or there is nothing to resume.
    """
    started_at, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    plan = prepare(request)
    victim = _load_victim(plan)
    attacked = draw_stratified(plan.dataset.examples, plan.attacked_examples, plan.seed)
    caches = {precision: _open_cache(victim, precision) for precision in _precisions(victim)} if request.cache else {}
    validity = _validity(plan, victim)
    journal = _open_journal(plan, victim, attacked, validity)
    try:
        engine = Engine(
            victim,
            cache=caches.get(victim.batched.precision),
            exact_cache=caches.get("fp32"),
            pool=request.pool,
        )
        context = AuditContext(
            engine=engine,
            examples=plan.dataset.examples,
            attacked=attacked,
            attacks=plan.attacks,
            limit=plan.profile.budget,
            seed=plan.seed,
            journal=journal,
            progress=progress or Silent(),
            ensemble=plan.ensemble,
            goal=request.goal,
            validity=validity,
            decided=partial(_evasion_is_decided, plan.policy) if request.stop_when_certain else None,
        )
        sections = tuple(result for section in plan.sections for result in _measure(section, context))
    finally:
        journal.close()
        for cache in caches.values():
            cache.close()
    cost = RunCost(
        started_at=started_at,
        seconds=round(time.perf_counter() - clock, 1),
        physical_queries=engine.physical_queries,
        cached_queries=engine.cached_queries,
        resumed=journal.resumed > 0,
    )
    report = AuditReport(
        schema_version=SCHEMA_VERSION,
        run=_run_info(plan, victim, attacked, cost),
        sections=sections,
        verdicts=judge(plan.policy, sections),
    )
    outcomes = journal.outcomes(plan.attacks, attacked)
    files, failed = _write(plan, report, outcomes)
    journal.remove()
    code = exit_code(report.verdicts, report.sections)
    if failed and code is ExitCode.PASS:
        code = ExitCode.INCONCLUSIVE
    return FinishedAudit(report, outcomes, files, failed, code)


def _load_victim(plan: Plan) -> Victim:
    request = plan.request
    return Victim(
        load_classifier(request.model),
        device=request.device,
        precision=request.precision,
        max_length=request.max_length,
    )


def _validity(plan: Plan, victim: Victim) -> ValidityChecker:
    """The check of every success, with the judge where one was named.

    Raises:
        InputError: the judge cannot be loaded or knows none of the model's labels.
    """
    directory, device = plan.request.judge, plan.request.device
    judge = Judge(directory, victim_labels=victim.labels, device=device) if directory else None
    return ValidityChecker(judge=judge)


def _precisions(victim: Victim) -> set[Precision]:
    """Searched in, and decided in."""
    return {victim.batched.precision, "fp32"}


def _evasion_is_decided(policy: Policy, sections: Sequence[Section]) -> bool:
    """Whether every check of the policy on evasion is certain for good; False without any such check.

    Only an interval that holds at every look may end the audit: no value without one, and no bootstrap.
    """
    checks = [verdict for verdict in judge(policy, sections) if verdict.threshold.section.split("/")[0] == "evasion"]
    return bool(checks) and all(
        verdict.status in (VerdictStatus.PASS, VerdictStatus.FAIL)
        and verdict.threshold.decision == "confident"
        and verdict.metric is not None
        and verdict.metric.method == ANYTIME
        for verdict in checks
    )


def _open_cache(victim: Victim, precision: Precision) -> QueryCache:
    batched = victim.batched
    # Other versions and devices round or tokenise differently: their rows are kept apart.
    versions = "-".join(f"{name}{version(name).split('+')[0]}" for name in ("torch", "transformers", "tokenizers"))
    return QueryCache(
        cache_directory() / "queries",
        model_sha256=victim.sha256,
        variant=f"{batched.device.type}-{precision}-{batched.max_length}-{versions}",
        features=len(victim.labels),
    )


def _open_journal(plan: Plan, victim: Victim, attacked: Sequence[Example], validity: ValidityChecker) -> Journal:
    """From here on the output directory belongs to this audit: an older audit.json must not pass for its result."""
    out = plan.request.out
    out.mkdir(parents=True, exist_ok=True)
    journal = Journal(out, _conditions(plan, victim, attacked, validity), resume=plan.request.resume)
    (out / "audit.json").unlink(missing_ok=True)
    return journal


def _conditions(
    plan: Plan, victim: Victim, attacked: Sequence[Example], validity: ValidityChecker
) -> dict[str, object]:
    """Whatever an outcome depends on: a resumed audit must agree in all of it."""
    read = "\0".join(repr((example.id, example.text, example.labels)) for example in attacked)
    return {
        "robust_emo": __version__,
        "model": victim.sha256,
        "task": victim.task.value,
        "data": plan.dataset.sha256,
        "attacked examples": hashlib.sha256(read.encode()).hexdigest(),
        "seed": plan.seed,
        "ensemble": None if plan.ensemble is None else plan.ensemble.name,
        "goal": str(plan.request.goal),
        "validity": validity.arguments(),
        "stop when certain": plan.request.stop_when_certain,
        "budget": repr(plan.profile.budget),
        "device": plan.request.device,
        "packages": _packages(),
        "resources": {resource.name: described(resource.name) for resource in find_all() if resource.found},
        "attacks": {attack.spec.name: [attack.spec.version, repr(attack.budget), attack.arguments()]
                    for attack in plan.attacks},
        "precision": victim.batched.precision,
        "max_length": victim.batched.max_length,
    }  # fmt: skip


def _measure(section: AuditSection, context: AuditContext) -> Sequence[Section]:
    """A crash of one section is that section's error; the others go on, and the audit is incomplete."""
    started = time.perf_counter()
    try:
        sections = tuple(section.run(context))
        for measured in sections:
            _check_finite(measured)
        return sections
    except (Exception, SystemExit) as error:
        if isinstance(error, Exception) and concerns_the_whole_run(error):
            raise
        return [
            Section(
                kind=section.spec.name,
                plugin=section.spec.name,
                version=section.spec.version,
                args={},
                error=f"{type(error).__name__}: {error}",
                seconds=time.perf_counter() - started,
            )
        ]


def _check_finite(section: Section) -> None:
    for metric in section.metrics:
        numbers = (metric.value, metric.ci_low, metric.ci_high)
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError(f"metric {metric.name} is not finite; a number that was not measured must be null")


def _run_info(plan: Plan, victim: Victim, attacked: Sequence[Example], cost: RunCost) -> RunInfo:
    request, examples = plan.request, plan.dataset.examples
    return RunInfo(
        robust_emo=__version__,
        command=_command(plan),
        model=request.model,
        model_sha256=victim.sha256,
        architecture=victim.architecture,
        parameters=victim.parameters,
        task=victim.task,
        labels=victim.labels,
        data=plan.dataset.info(),
        train_data=plan.train.info() if plan.train else None,
        train_duplicates=count_shared(examples, plan.train.examples) if plan.train else None,
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
        truncated_texts=victim.batched.truncated([example.text for example in examples]),
        packages=_packages(),
        warnings=plan.warnings,
        cost=cost,
    )


def _packages() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        import torch

        return f"{device} ({torch.cuda.get_device_name(device)})"
    return f"{device} ({platform.machine()})"


def _command(plan: Plan) -> str:
    """The command line that repeats the audit."""
    request = plan.request
    options: dict[str, object] = {
        **(request.data.options() if request.data else {}),
        "--train-data": request.train_data.path if request.train_data else None,
        "--profile": plan.profile.name,
        "--attacks": ",".join(request.attacks) if request.attacks else None,
        "--goal": request.goal if request.goal != UNTARGETED else None,
        "--judge": request.judge,
        "--sections": ",".join(request.sections) if request.sections else None,
        "--examples": request.attacked_examples,
        "--policy": request.policy,
        "--seed": plan.seed,
        "--device": request.device,
        "--precision": request.precision,
        "--max-length": request.max_length,
        "--out": request.out,
    }
    given = [word for name, value in options.items() if value is not None for word in (name, str(value))]
    given += [word for argument in request.attack_arguments for word in ("--attack-arg", str(argument))]
    given += ["--stop-when-certain"] if request.stop_when_certain else []
    return shlex.join(["robust-emo", "audit", request.model, *given])


def _write(
    plan: Plan, report: AuditReport, outcomes: Sequence[AttackOutcome]
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Files written and reporters that crashed. audit.json comes last: where it stands, everything else does."""
    contents, failed = {plan.request.out / "outcomes.jsonl": dump_outcomes(outcomes)}, []
    for reporter in sorted(plan.reporters, key=lambda reporter: reporter.filename == "audit.json"):
        try:
            contents[plan.request.out / reporter.filename] = reporter.render(report, outcomes)
        except Exception as error:
            failed.append(f"report '{reporter.spec.name}' crashed: {type(error).__name__}: {error}")
    for path, content in contents.items():
        write_atomically(path, content)
    return tuple(contents), tuple(failed)
