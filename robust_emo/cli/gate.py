"""`robust-emo gate`: judge a finished audit by a policy."""

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._text import printable, say
from robust_emo.errors import ExitCode
from robust_emo.types import AuditReport, SinceBaseline, Verdict, VerdictStatus

if TYPE_CHECKING:
    from robust_emo.gate import Baseline, Policy

_COLOURS = {
    VerdictStatus.PASS: "green",
    VerdictStatus.FAIL: "red",
    VerdictStatus.INCONCLUSIVE: "yellow",
    VerdictStatus.NOT_MEASURED: "yellow",
    VerdictStatus.WAIVED: "cyan",
}
_ENDINGS = {
    ExitCode.PASS: "pass",
    ExitCode.GATE_FAILED: "the gate failed",
    ExitCode.INCONCLUSIVE: "inconclusive or incomplete",
}


@click.command()
@click.argument("audit", metavar="AUDIT.JSON")
@click.option("--policy", default="minimal", show_default=True, metavar="FILE|NAME", help="TOML file, or a built-in.")
@click.option(
    "--baseline", metavar="AUDIT", help="Earlier audit of the same data, for max_regression; also tells what changed."
)
@click.option("--model", metavar="MODEL_DIR", help="Refuse an audit of any other model than this.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON instead of a table.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
def command(audit: str, policy: str, baseline: str | None, model: str | None, as_json: bool, quiet: bool) -> int:
    """Judge a finished audit again, without running anything.

    AUDIT.JSON is the file, or the output directory that holds it.

    \b
    Examples:
      robust-emo gate audit_out/audit.json --policy policy.toml
      robust-emo gate audit_out --policy policy.toml --baseline last_release/audit.json
      robust-emo gate audit_out --policy policy.toml --model my_model
    Format of policies:  docs/policy.md

    Exit codes: 0 every check passes or is waived, 1 one fails, 2 wrong input, 3 a check is undecided or not measured.
    """
    from robust_emo.audit_file import read_audit
    from robust_emo.audited_model import check_audited
    from robust_emo.cli._comparison import since_lines, ungated_line
    from robust_emo.gate import exit_code, judge, read_policy

    rules = read_policy(policy)
    report = read_audit(audit)
    if model is not None:
        check_audited(report, model)
    sections = report.sections
    beside = _beside(audit, baseline) if baseline else None
    since = _since(beside, report) if beside else None
    verdicts = judge(rules, sections, baseline=beside, model_sha256=report.run.model_sha256)
    code = exit_code(verdicts, sections)
    if as_json:
        say(json.dumps(_document(rules, verdicts, code, since), indent=2))
    elif not quiet:
        if report.run.policy_sha256 not in (None, rules.sha256):
            say(printable(f"note: the audit was judged by {report.run.policy}; this is another policy, {rules.name}"))
        _print_table(verdicts)
        for section in sections:
            if section.error is not None:
                say(printable(f"crashed: {section.kind}/{section.plugin}: {section.error}"))
        for line in ("", *since_lines(since), *filter(None, [ungated_line(verdicts)])) if since else ():
            say(printable(line))
        say(_conclusion(rules, verdicts, code))
    return int(code)


def _beside(audit: str, baseline: str) -> "Baseline":
    from robust_emo.baseline_audit import read_finished  # brings torch, which a gate without a baseline does not need

    finished = read_finished(audit)
    return read_finished(baseline).beside(finished.report, finished.outcomes, finished.answers)


def _since(baseline: "Baseline", report: AuditReport) -> SinceBaseline:
    from robust_emo.since_baseline import since_baseline  # brings torch, too

    return since_baseline(baseline, report)


def _document(
    rules: "Policy", verdicts: Sequence[Verdict], code: ExitCode, since: SinceBaseline | None
) -> dict[str, Any]:
    return {
        "policy": rules.name,
        "policy_sha256": rules.sha256,
        "exit_code": int(code),
        "verdicts": [dataclasses.asdict(verdict) for verdict in verdicts],
        "since_baseline": dataclasses.asdict(since) if since else None,
    }


def _conclusion(rules: "Policy", verdicts: Sequence[Verdict], code: ExitCode) -> str:
    counts = ", ".join(
        f"{sum(verdict.status is status for verdict in verdicts)} {status.replace('_', ' ')}"
        for status in VerdictStatus
        if any(verdict.status is status for verdict in verdicts)
    )
    return f"\n{printable(rules.name)}: {counts}. Exit code {int(code)}: {_ENDINGS[code]}."


def _print_table(verdicts: Sequence[Verdict]) -> None:
    width = max((len(status.value) for status in VerdictStatus), default=0)
    for verdict in verdicts:
        status = click.style(verdict.status.value.replace("_", " ").upper().ljust(width), fg=_COLOURS[verdict.status])
        say(f"{status}  {printable(verdict.check)}")
        say(f"{' ' * width}  {printable(verdict.explanation)}")
        if verdict.status is not VerdictStatus.PASS and verdict.threshold.reason:
            say(f"{' ' * width}  Why: {printable(verdict.threshold.reason)}")
