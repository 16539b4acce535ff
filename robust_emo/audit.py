"""The audit in ten steps.

1 parse (the caller), 2 resolve plug-ins, 3 preflight, 4 load and fingerprint, 5 clean, 6 evasion, 7 later sections,
8 metrics with intervals (inside the sections), 9 policy to verdicts, 10 render and write.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from robust_emo.atomic import write_atomically
from robust_emo.attack_choice import model_fingerprints
from robust_emo.audit_file import as_written
from robust_emo.audits.aims import with_aims
from robust_emo.audits.answers import FILENAME as ANSWERS
from robust_emo.audits.answers import answers_of, dump_answers
from robust_emo.audits.context import AuditContext
from robust_emo.audits.journal import Journal
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.cache import QueryCache, cache_directory
from robust_emo.engine.engine import Engine
from robust_emo.errors import ExitCode, concerns_the_whole_run
from robust_emo.gate import evasion_is_certain, exit_code, judge
from robust_emo.models.batched import Precision
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.plugins import AuditSection
from robust_emo.preflight import AuditRequest, Plan, prepare
from robust_emo.progress import Progress, Silent
from robust_emo.report_files import older_reports, rendered
from robust_emo.run_record import conditions, run_info
from robust_emo.since_baseline import since_baseline
from robust_emo.types import SCHEMA_VERSION, Answer, AttackOutcome, AuditReport, Example, RunCost, Section
from robust_emo.validity.checker import ValidityChecker
from robust_emo.validity.judge import Judge


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
    return run_plan(prepare(request), progress)


def run_plan(plan: Plan, progress: Progress | None = None, *, notes: Sequence[str] = ()) -> FinishedAudit:
    """The steps after preflight; the rest as :func:`run_audit`.

    Args:
        plan: of preflight.
        progress: told how far the work is.
        notes: for it, once the model is loaded: where that fails there is nothing else to say.

    Raises:
        InputError: the model cannot be loaded, or the unfinished audit is another one.
    """
    started_at, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    request = plan.request
    watching, victim = progress or Silent(), _load_victim(plan)
    for note in notes:
        watching.noted(note)
    attacked = draw_stratified(plan.dataset.examples, plan.attacked_examples, plan.seed)
    validity, models = _validity(plan, victim), model_fingerprints(plan.attacks)
    with (
        _open_engine(plan, victim, validity) as engine,
        closing(_open_journal(plan, conditions(plan, victim, attacked, validity, models))) as journal,
    ):
        context = AuditContext(
            engine=engine,
            examples=plan.dataset.examples,
            attacked=attacked,
            attacks=plan.attacks,
            limit=plan.profile.budget,
            seed=plan.seed,
            journal=journal,
            progress=watching,
            ensemble=plan.ensemble,
            goal=request.goal,
            validity=validity,
            manifest=read_manifest(request.model),
            model_directory=Path(request.model),
            models=models,
            adaptive=plan.adaptive,
            members=plan.train.examples if plan.train else None,
            data_sha256=plan.dataset.sha256,
            holdout=plan.holdout.examples if plan.holdout else None,
            decided=_decided(plan, victim) if request.stop_when_certain else None,
        )
        sections = tuple(result for section in plan.sections for result in _measure(section, context))
        clean = any(section.kind == "clean" and section.error is None for section in sections)
        answers = answers_of(engine, plan.dataset.examples) if clean else ()
    seconds = round(time.perf_counter() - clock, 1)
    cost = RunCost(started_at, seconds, engine.physical_queries, engine.cached_queries, resumed=journal.resumed > 0)
    report = AuditReport(SCHEMA_VERSION, run_info(plan, victim, attacked, cost), sections, ())
    return _finish(plan, report, journal, attacked, answers)


def _decided(plan: Plan, victim: Victim) -> Callable[[Sequence[Section]], bool]:
    return partial(evasion_is_certain, plan.policy, labels=len(victim.labels))


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


@contextmanager
def _open_engine(plan: Plan, victim: Victim, validity: ValidityChecker) -> Iterator[Engine]:
    """The query engine with a cache for the precision that is searched in and one for fp32, which is decided in."""
    searched = victim.batched.precision
    wanted: set[Precision] = {searched, "fp32"} if plan.request.cache else set()
    with ExitStack() as stack:
        caches = {precision: stack.enter_context(closing(_open_cache(victim, precision))) for precision in wanted}
        yield Engine(
            victim,
            cache=caches.get(searched),
            exact_cache=caches.get("fp32"),
            judge=validity.judge.model if validity.judge else None,
            pool=plan.request.pool,
        )


def _open_cache(victim: Victim, precision: Precision) -> QueryCache:
    batched = victim.batched
    # Other versions, devices and shapes of batches round or tokenise differently: their rows are kept apart.
    grid = victim.grid(precision)
    versions = "-".join(f"{name}{version(name).split('+')[0]}" for name in ("torch", "transformers", "tokenizers"))
    return QueryCache(
        cache_directory() / "queries",
        model_sha256=victim.sha256,
        variant=f"{batched.device.type}-{precision}-{batched.max_length}-{grid.fewest_rows}.{grid.rows}.{grid.width}-{versions}",
        features=len(victim.labels),
    )


def _open_journal(plan: Plan, depends_on: dict[str, object]) -> Journal:
    """From here on the output directory belongs to this audit: no older file of an audit must pass for its result."""
    out = plan.request.out
    out.mkdir(parents=True, exist_ok=True)
    journal = Journal(out, depends_on, resume=plan.request.resume)
    for older in (out / "audit.json", *older_reports(out)):
        older.unlink(missing_ok=True)
    return journal


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
                kind=section.spec.kind or section.spec.name,
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


def _finish(
    plan: Plan, report: AuditReport, journal: Journal, attacked: Sequence[Example], answers: Sequence[Answer]
) -> FinishedAudit:
    """Judges and writes everything; only then the journal goes."""
    outcomes = journal.outcomes(plan.attacks, attacked)
    report = replace(report, run=replace(report.run, adaptive=with_aims(report.run.adaptive, outcomes)))
    judged = as_written(report) if plan.baseline else report  # it is held against what was written
    baseline = plan.baseline.beside(judged, outcomes, answers) if plan.baseline else None
    verdicts = judge(plan.policy, judged.sections, baseline=baseline, model_sha256=report.run.model_sha256)
    since = since_baseline(baseline, judged) if baseline else None
    report = replace(report, verdicts=verdicts, since_baseline=since)
    files, failed = _write(plan, report, outcomes, answers)
    journal.remove()
    code = exit_code(report.verdicts, report.sections)
    if failed and code is ExitCode.PASS:
        code = ExitCode.INCONCLUSIVE
    return FinishedAudit(report, outcomes, files, failed, code)


def _write(
    plan: Plan, report: AuditReport, outcomes: Sequence[AttackOutcome], answers: Sequence[Answer]
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Files written and reporters that crashed. audit.json comes last: where it stands, everything else does."""
    out = plan.request.out
    contents, failed = {out / "outcomes.jsonl": dump_outcomes(outcomes), out / ANSWERS: dump_answers(answers)}, []
    for reporter in sorted(plan.reporters, key=lambda reporter: reporter.filename == "audit.json"):
        try:
            contents[out / reporter.filename] = rendered(reporter, report, outcomes, out)
        except Exception as error:
            failed.append(f"report '{reporter.spec.name}' crashed: {type(error).__name__}: {error}")
    for path, content in contents.items():
        write_atomically(path, content)
    return tuple(contents), tuple(failed)
