"""A finished audit in a few terminal lines."""

from collections.abc import Sequence

from robust_emo.audit import FinishedAudit
from robust_emo.audits.aims import NOT_AIMED_AT
from robust_emo.audits.disclosure.section import Disclosure
from robust_emo.audits.evasion import ENSEMBLE
from robust_emo.audits.personal_data import PersonalDataInTexts
from robust_emo.audits.stopping import STOPPING
from robust_emo.audits.untried import UNTRIED
from robust_emo.cli._comparison import ungated_line
from robust_emo.cli._metrics import value_text
from robust_emo.cli._text import printable
from robust_emo.errors import ExitCode
from robust_emo.types import AuditReport, Metric, PersonalCount, Section, Verdict
from robust_emo.verdict_text import section_name

_OVERALL = {
    ExitCode.PASS: "PASS",
    ExitCode.GATE_FAILED: "FAIL: the gate failed",
    ExitCode.INCONCLUSIVE: "INCONCLUSIVE: something is undecided or was not measured",
}
_HEADLINE = "worst_case_accuracy_3_words"
_NAME = 35
"""Least width of the names, so that the numbers of most sections stand below each other."""


def summary(finished: FinishedAudit) -> str:
    """Sections, checks, verdict and where the files are."""
    run = finished.report.run
    lines = [
        f"{run.model}: {run.architecture}, {run.parameters / 1e6:.1f} M parameters, {run.device}, {run.precision}",
        f"{run.examples} texts of {run.data.path}; "
        + (f"{run.attacked_examples} attacked; " if finished.report.attacked else "")
        + f"profile {run.profile_text}; seed {run.seed}",
        "",
    ]
    sections = _headline_first(finished.report.sections)
    standard = any(section.plugin == ENSEMBLE and section.args.get("ensemble") for section in sections)
    for section in sections:
        lines += _section(section, member=standard and section.plugin != ENSEMBLE)
    lines += [f"warning: {warning}" for warning in run.warnings]
    if run.train_duplicates:
        lines.append(f"warning: {run.train_duplicates} audited texts also stand in the training data")
    lines += _not_aimed_at(finished.report)
    lines += ["", f"policy {run.policy}:", *(_check(verdict) for verdict in finished.report.verdicts)]
    if finished.report.since_baseline and (ungated := ungated_line(finished.report.verdicts)):
        lines.append(ungated)
    lines += list(finished.failed_reports)
    lines += ["", f"{_OVERALL[finished.exit_code]} (exit code {int(finished.exit_code)})"]
    lines += [f"  {path}" for path in finished.files]
    return "\n".join(printable(line) for line in lines)


def _not_aimed_at(report: AuditReport) -> list[str]:
    """A warning that nobody aimed at the defence is worth little without the way to do so."""
    raised = any(flag.raised for section in report.sections for flag in section.flags if flag.name == NOT_AIMED_AT)
    command = report.run.adaptive.command if report.run.adaptive else None
    return [f"attacks that aim at the defence: {command}"] if raised and command else []


def _headline_first(sections: Sequence[Section]) -> list[Section]:
    """The worst case over all attacks before the attacks it is made of."""
    return sorted(sections, key=lambda section: section.kind == "evasion" and section.plugin != ENSEMBLE)


def _section(section: Section, *, member: bool) -> list[str]:
    """Of a member of a standard ensemble it is no news that some texts are not for it, such as all English ones."""
    name = section_name(section)
    if section.error is not None:
        return [f"{name}: not measured: {section.error}"]
    shown = sorted(
        (metric for metric in section.metrics if metric.label is None), key=lambda metric: metric.name != _HEADLINE
    )
    raised = [f"  warning: {flag.name.replace('_', ' ')}: {flag.detail}" for flag in section.flags if flag.raised]
    untried = [f"  warning: {note}" for note in section.notes if UNTRIED in note and not member]
    stopping = [f"  {note}" for note in section.notes if STOPPING in note]
    missing = [f"  {note}" for note in section.notes if note.startswith("not measured")]
    found = [f"  {note}" for note in _told(section)]
    personal = [f"  {_personal(count)}" for count in section.personal]
    rest = dict.fromkeys([*raised, *untried, *stopping, *missing, *found, *personal])  # a line once
    width = max((_NAME, *(len(metric.name) for metric in shown)))
    return [f"{name} ({section.seconds:.0f} s)", *(f"  {_metric(metric, width)}" for metric in shown), *rest]


def _told(section: Section) -> Sequence[str]:
    """Notes without which the figures cannot be read."""
    if section.membership or section.plugin == Disclosure.spec.name:
        return section.notes
    return section.notes[:1] if section.plugin == PersonalDataInTexts.spec.name else ()


def _metric(metric: Metric, width: int) -> str:
    counted = "" if metric.value is None else f"  n={metric.n}"
    return f"{metric.name:<{width}} {value_text(metric)}{counted}"


def _personal(count: PersonalCount) -> str:
    kinds = ", ".join(f"{found.kind} {found.texts}" for found in count.kinds)
    return f"{count.of} texts with each kind: {kinds or 'none'}"


def _check(verdict: Verdict) -> str:
    return f"  {verdict.status.upper():<13} {verdict.explanation}"
