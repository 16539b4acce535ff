"""The audits of a model before and after it was hardened, and what is missing in them."""

from dataclasses import replace
from pathlib import Path

from robust_emo import __version__
from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.journal import FILENAME as JOURNAL
from robust_emo.hardening.recipe import Recipe
from robust_emo.hardening.request import HardenRequest
from robust_emo.models.fingerprint import model_sha256
from robust_emo.preflight import AuditRequest, prepare
from robust_emo.progress import Progress
from robust_emo.run_record import command_line, packages

BEFORE, AFTER = "before", "after"
"""The audit of the parent and that of the new model."""


def audit_requests(request: HardenRequest, recipe: Recipe) -> dict[str, AuditRequest]:
    """By name, in order; both measure the same texts."""
    models = {BEFORE: request.model, AFTER: str(request.out)}
    return {
        name: AuditRequest(
            model=model,
            out=request.audits / name,
            data=request.data,
            train_data=request.train_data,
            profile=recipe.measure.profile,
            section_arguments=recipe.measure.section_arguments,
            attacks=recipe.measure.attacks or None,
            attacked_examples=request.examples or recipe.measure.examples,
            seed=request.seed,
            device=request.device,
            language=request.language,
            cache=request.cache,
            restart=True,
        )
        for name, model in models.items()
    }


def measure(audit: AuditRequest, progress: Progress, *, resume: bool) -> tuple[str, ...]:
    """Run an audit, go on with an interrupted one, or keep a finished one of the same model and request.

    Returns:
        What is missing in it, a line each.
    """
    failed: tuple[str, ...] = ()
    if resume and (audit.out / JOURNAL).exists():
        failed = run_audit(replace(audit, resume=True, restart=False), progress).failed_reports
    elif not (resume and _is_finished(audit)):
        failed = run_audit(audit, progress).failed_reports
    return (*_missing(audit.out), *failed)


def _missing(out: Path) -> tuple[str, ...]:
    lines = []
    for section in read_audit(out).sections:
        if section.error is not None:
            lines.append(f"{out}: {section.plugin}: {section.error}")
        elif errored := section.counts.get("errored", 0):
            lines.append(f"{out}: {section.plugin} crashed on {errored} texts")
    return tuple(lines)


def _is_finished(audit: AuditRequest) -> bool:
    """Whether a whole audit is there that the same request would only repeat."""
    if not (audit.out / "audit.json").exists():
        return False
    kept, plan = read_audit(audit.out), prepare(audit)
    run, train = kept.run, plan.train.sha256 if plan.train else None
    asked = (model_sha256(audit.model), plan.dataset.sha256, train, plan.profile.version, command_line(plan))
    then = (
        run.model_sha256,
        run.data.sha256,
        run.train_data.sha256 if run.train_data else None,
        run.profile_version,
        run.command,
    )
    same = asked == then and (__version__, packages()) == (run.robust_emo, run.packages)
    return same and not any(section.error for section in kept.sections)
