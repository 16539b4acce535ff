"""audit.md: the audit in short, for the summary of a CI step or a comment."""

from collections.abc import Iterator, Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from . import numbers
from .highlights import strongest_attack, weakest_emotion
from .markdown_tables import attack_table, check_table
from .markdown_text import escaped
from .model_name import model_name
from .verdict_view import verdict_view

MAX_BYTES = 900_000
"""GitHub takes 1 MiB for the summary of a step."""


class MarkdownReporter:
    """Makes audit.md: verdict, checks, weakest emotion, strongest attack, attacks."""

    spec = PluginSpec(
        name="markdown", version="1", summary="audit.md: the audit in short, for the summary of a CI step"
    )
    filename = "audit.md"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8, at most :data:`MAX_BYTES`; whole lines are left out beyond, and their number stands at the end."""
        return _fitted(list(_lines(report)))


def _lines(report: AuditReport) -> Iterator[str]:
    verdict = verdict_view(report)
    yield f"# {verdict.word}: audit of {escaped(model_name(report.run.model))}"
    yield ""
    yield f"**{verdict.word}.** {verdict.meaning}{f' {verdict.tally}.' if verdict.tally else ''}"
    yield ""
    yield "[Report](report.html), [every number](audit.json), [every attacked text](outcomes.jsonl)"
    yield ""
    yield from (f"- **Not complete:** {escaped(crash.sentence)}" for crash in verdict.incomplete)
    yield from (f"- {line}" for line in (weakest_emotion(report), strongest_attack(report)) if line)
    run = report.run
    texts = f"{numbers.count(run.examples)} texts, {numbers.count(run.attacked_examples)} of them attacked"
    yield f"- {texts}; profile {escaped(run.profile_text)}, seed {run.seed}, model {escaped(run.model_sha256[:12])}"
    yield from (f"- **Warning:** {escaped(warning)}" for warning in run.warnings)
    yield ""
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
        left = numbers.plural(len(lines) - kept, "line is", "lines are")
        lines = [*lines[:kept], "", f"**Cut here:** {left} left out; audit.json has everything."]
    return ("\n".join(lines).rstrip("\n") + "\n").encode()
