"""The audit in ten steps.

1 parse (the caller), 2 resolve plug-ins, 3 preflight, 4 load and fingerprint, 5 clean, 6 evasion, 7 later sections,
8 metrics with intervals (inside the sections), 9 policy to verdicts, 10 render and write.
"""

import platform
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.gate import exit_code, judge
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.plugins import AuditSection
from robust_emo.preflight import AuditRequest, Plan, prepare
from robust_emo.progress import Progress, Silent
from robust_emo.types import SCHEMA_VERSION, AttackOutcome, AuditReport, Example, RunCost, RunInfo, Section

_PACKAGES = ("torch", "transformers", "tokenizers", "numpy")


@dataclass(frozen=True, slots=True)
class FinishedAudit:
    """What :func:`run_audit` leaves behind."""

    report: AuditReport
    outcomes: tuple[AttackOutcome, ...]
    files: tuple[Path, ...]
    """Written, in this order; audit.json is the last."""
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
    request.out.mkdir(parents=True, exist_ok=True)
    journal = Journal(request.out, _conditions(plan, victim), resume=request.resume)
    cache = _open_cache(victim) if request.cache else None
    try:
        engine = Engine(victim, cache=cache, pool=request.pool)
        context = AuditContext(
            engine=engine,
            examples=plan.dataset.examples,
            attacked=attacked,
            attacks=plan.attacks,
            seed=plan.seed,
            journal=journal,
            progress=progress or Silent(),
        )
        sections = tuple(result for section in plan.sections for result in _measure(section, context))
    finally:
        journal.close()
        if cache:
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
    files = _write(plan, report, outcomes := journal.outcomes(plan.attacks, attacked))
    journal.remove()
    return FinishedAudit(report, outcomes, files, exit_code(report.verdicts, report.sections))


def _load_victim(plan: Plan) -> Victim:
    request = plan.request
    return Victim(
        load_classifier(request.model),
        device=request.device,
        precision=request.precision,
        max_length=request.max_length,
    )


def _open_cache(victim: Victim) -> QueryCache:
    batched = victim.batched
    # Other versions of torch and other devices round differently: their rows are kept apart.
    variant = f"{batched.device.type}-{batched.precision}-{batched.max_length}-torch{version('torch').split('+')[0]}"
    return QueryCache(cache_directory() / "queries", model_sha256=victim.sha256, variant=variant)


def _conditions(plan: Plan, victim: Victim) -> dict[str, object]:
    """Whatever an outcome depends on: a resumed audit must agree in all of it."""
    return {
        "robust_emo": __version__,
        "model": victim.sha256,
        "data": plan.dataset.sha256,
        "examples": plan.attacked_examples,
        "seed": plan.seed,
        "attacks": {attack.spec.name: [attack.spec.version, repr(attack.budget), attack.arguments()]
                    for attack in plan.attacks},
        "precision": victim.batched.precision,
        "max_length": victim.batched.max_length,
    }  # fmt: skip


def _measure(section: AuditSection, context: AuditContext) -> Sequence[Section]:
    """A crash of one section is that section's error; the others go on, and the audit is incomplete."""
    started = time.perf_counter()
    try:
        return section.run(context)
    except (RobustEmoError, OSError):
        raise  # the user can mend it and resume: a full disk, a missing part
    except Exception as error:
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
        packages={"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        warnings=plan.warnings,
        cost=cost,
    )


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        import torch

        return f"{device} ({torch.cuda.get_device_name(device)})"
    return f"{device} ({platform.machine()})"


def _command(plan: Plan) -> str:
    """The command line that repeats the audit; data paths are named even where the manifest supplied them."""
    request = plan.request
    words = ["robust-emo", "audit", request.model, "--data", plan.dataset.path, "--profile", plan.profile.name]
    words += ["--attacks", ",".join(attack.spec.name for attack in plan.attacks)] if request.attacks else []
    words += ["--sections", ",".join(section.spec.name for section in plan.sections)] if request.sections else []
    words += ["--examples", str(request.attacked_examples)] if request.attacked_examples else []
    words += ["--policy", request.policy, "--seed", str(plan.seed), "--precision", request.precision]
    words += ["--max-length", str(request.max_length)] if request.max_length else []
    return shlex.join([*words, "--device", request.device, "--out", str(request.out)])


def _write(plan: Plan, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> tuple[Path, ...]:
    """audit.json comes last: where it stands, everything else does."""
    out = plan.request.out
    contents = {out / "outcomes.jsonl": dump_outcomes(outcomes)}
    contents |= {out / reporter.filename: reporter.render(report, outcomes) for reporter in plan.reporters}
    for path in sorted(contents, key=lambda path: path.name == "audit.json"):
        write_atomically(path, contents[path])
    return tuple(sorted(contents, key=lambda path: path.name == "audit.json"))
