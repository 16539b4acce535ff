"""audit.md: the audit in short, for the summary of a CI step or a comment."""

from collections.abc import Iterator, Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from . import numbers
from .flags_view import raised_flags
from .highlights import highlights
from .language import say_counted
from .markdown_tables import attack_table, check_table
from .markdown_text import escaped
from .model_name import model_name
from .since_markdown import since_lines
from .verdict_view import verdict_view

MAX_BYTES = 900_000
"""GitHub takes 1 MiB for the summary of a step."""


class MarkdownReporter:
    """Makes audit.md: verdict, weakest emotion, its strongest attack, warnings, changes, checks, attacks."""

    spec = PluginSpec(
        name="markdown", version="1", summary="audit.md: the audit in short, for the summary of a CI step"
    )
    filename = "audit.md"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8, at most :data:`MAX_BYTES`; whole lines are left out beyond, and their number stands at the end."""
        return _fitted(list(_lines(report, outcomes)))


def _lines(report: AuditReport, outcomes: Sequence[AttackOutcome]) -> Iterator[str]:
    verdict = verdict_view(report)
    yield f"# {verdict.word}: audit of {escaped(model_name(report.run.model))}"
    yield ""
    yield f"**{verdict.word}.** {escaped(verdict.meaning)}{f' {verdict.tally}.' if verdict.tally else ''}"
    yield ""
    yield "[Report](report.html), [every number](audit.json), [every attacked text](outcomes.jsonl)"
    yield ""
    yield from (f"- **Not complete:** {escaped(crash.sentence)}" for crash in verdict.incomplete)
    yield from (f"- {line}" for line in highlights(report, outcomes))
    run = report.run
    texts = f"{numbers.count(run.examples)} texts, {numbers.count(run.attacked_examples)} of them attacked"
    yield f"- {texts}; profile {escaped(run.profile_text)}, seed {run.seed}, model {escaped(run.model_sha256[:12])}"
    yield from (f"- **Warning:** {escaped(warning)}" for warning in run.warnings)
    yield from (f"- **Warning:** {escaped(flag.sentence, 600)}" for flag in raised_flags(report))
    yield ""
    if changes := list(since_lines(report)):
        yield from ("## Changed since the baseline", "", *changes)
    if verdict.unmet or verdict.met:
        yield from ("## Checks", "")
        yield from check_table((*verdict.unmet, *verdict.met))
    if attacks := attack_table(report):
        yield from ("## Attacks", "")
        yield from attacks


def _fitted(lines: list[str]) -> bytes:
    rest, kept = MAX_BYTES - 200, 0  # room for the note
    for line in lines:
        rest -= len(line.encode()) + 1
        if rest < 0:
            break
        kept += 1
    if kept < len(lines):
        cut = say_counted(
            len(lines) - kept,
            "**Cut here:** {n} line is left out; audit.json has everything.",
            "**Cut here:** {n} lines are left out; audit.json has everything.",
        )
        lines = [*lines[:kept], "", cut]
    return ("\n".join(lines).rstrip("\n") + "\n").encode()
