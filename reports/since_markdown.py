"""What changed since a baseline, in a few lines of Markdown."""

from collections.abc import Iterator

from robust_emo.types import AuditReport

from .language import say
from .markdown_text import escaped
from .since_view import SinceView, since_view

_MOST = 5
"""Measures named of each kind, as on the page."""


def since_lines(report: AuditReport) -> Iterator[str]:
    """A list, and an empty line behind it; nothing where no baseline was given."""
    since = since_view(report)
    if since is None:
        return
    yield f"- {say('Baseline: **{model}**, audited {date}', model=escaped(since.name), date=escaped(since.date))}"
    yield from (f"- {line}" for line in _found(since))
    yield ""


def _found(since: SinceView) -> Iterator[str]:
    if since.not_comparable:
        yield say("**Not measured:** {why}", why=escaped(since.not_comparable))
    elif not since.headlines:
        yield say("**Not measured:** nothing could be tested text by text")
    for about, headline in since.headlines:
        told = [_listed(change, measures) for change, measures in headline.lists]
        head = say("**{texts}: {change}.**", texts=escaped(about), change=escaped(headline.word))
        yield " ".join((head, *told))
    yield from (say("**Warning:** {caution}", caution=escaped(caution)) for caution in since.cautions)


def _listed(change: str, measures: tuple[str, ...]) -> str:
    named = say("; ").join(map(escaped, measures[:_MOST]))
    left = len(measures) - _MOST
    more = say(" ({n} more in report.html)", n=left) if left > 0 else ""
    return say("{change}: {measures}{more}.", change=change, measures=named, more=more)
