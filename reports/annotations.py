"""audit.annotations.txt: what does not pass as workflow commands of GitHub Actions, to be printed by a step."""

from collections.abc import Iterator, Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from . import numbers
from .flags_view import raised_flags
from .since_view import since_view
from .verdict_view import verdict_view
from .visible import shortened, visible

MOST = 10
"""Annotations of one level that GitHub shows of one step; it drops the others and does not say so."""
_MAX_TITLE, _MAX_TEXT = 200, 1_000


class AnnotationsReporter:
    """Makes audit.annotations.txt: failed checks are errors, undecided and unmeasured ones and crashes are warnings.

    So are raised signs of self-diagnosis, and what became worse than the baseline, which fails a check only where the
    policy asks. Waived checks are notices, like the verdict.
    """

    spec = PluginSpec(name="annotations", version="1", summary="audit.annotations.txt: ::error and ::warning of GitHub")
    filename = "audit.annotations.txt"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8, one command per line, at most :data:`MOST` of a level; the last of them counts what had no place."""
        return "".join(f"{line}\n" for line in annotations(report)).encode()


def annotations(report: AuditReport) -> Iterator[str]:
    """The commands: one notice of the verdict, then errors, then warnings."""
    verdict = verdict_view(report)
    tally = f" {verdict.tally}." if verdict.tally else ""
    yield _command("notice", f"Emotion audit: {verdict.word.lower()}", f"{verdict.meaning}{tally}")
    failed = [(check.subject, check.sentence) for check in verdict.unmet if check.status == "fail"]
    others = [(c.status, (f"{c.word}: {c.subject}", c.sentence)) for c in verdict.unmet if c.status != "fail"]
    crashed = [(f"Crashed: {crash.section}", crash.sentence) for crash in verdict.incomplete]
    yield from _level("error", failed)
    raised = [(f"Raised: {flag.title}", f"{flag.detail}. {flag.meaning}".strip()) for flag in raised_flags(report)]
    opened = [found for status, found in others if status != "waived"]
    yield from _level("warning", [*crashed, *raised, *_since(report), *opened])
    yield from _level("notice", [found for status, found in others if status == "waived"], most=MOST - 1)


def _since(report: AuditReport) -> Iterator[tuple[str, str]]:
    """What tests show to be worse than the baseline, or why nothing is held against it."""
    since = since_view(report)
    if since is None:
        return
    worse = [change.sentence for change in (*since.attacked, *since.written) if change.change == "worse"]
    if worse:
        yield "Worse than the baseline", f"{'; '.join(worse)}."
    elif not since.headlines:
        why = since.not_comparable or "Nothing could be tested text by text."
        yield "Not compared with the baseline", why


def _level(level: str, found: Sequence[tuple[str, str]], *, most: int = MOST) -> Iterator[str]:
    shown = found if len(found) <= most else found[: most - 1]
    yield from (_command(level, title, text) for title, text in shown)
    if left := len(found) - len(shown):
        yield _command(level, f"{numbers.count(left)} more", "All of them are in audit.md and report.html.")


def _command(level: str, title: str, text: str) -> str:
    shown = _data(visible(shortened(text, _MAX_TEXT)))
    named = _data(visible(shortened(title, _MAX_TITLE))).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={named}::{shown}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
