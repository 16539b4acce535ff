"""report.html: the whole audit on one page."""

from collections.abc import Sequence
from functools import partial

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .page import page
from .page_size import bounded
from .templating import rendered


class HtmlReporter:
    """Makes report.html.

    Args:
        max_examples: most successful attacks shown with their texts; all are in outcomes.jsonl.
        mask: hide names, handles, e-mail addresses, links and numbers of people in shown texts.
    """

    spec = PluginSpec(name="html", version="1", summary="report.html: one self-contained page for people")
    filename = "report.html"

    def __init__(self, *, max_examples: int = 60, mask: bool = True) -> None:
        self._max_examples = max_examples
        self._mask = mask

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8; the same report and outcomes give the same bytes. What would make it too large is named instead."""
        whole = page(report, outcomes, max_examples=self._max_examples, masked=self._mask)
        return bounded(whole, partial(rendered, "report.html"))
