"""report.html: the whole audit on one page."""

from collections.abc import Collection, Sequence
from functools import partial

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .language import known
from .page import FILES, page
from .page_size import bounded
from .templating import rendered


class HtmlReporter:
    """Makes report.html.

    Args:
        max_examples: most successful attacks shown with their texts; all are in outcomes.jsonl.
        mask: hide names, handles, e-mail addresses, links and numbers of people in shown texts.
        language: the page is in, until its reader switches: ``en`` or ``zh``.
        beside: names of the files that lie where the page is written; it links to those of the audit among them, and
            only names the others.

    Raises:
        InputError: no page is in that language.
    """

    spec = PluginSpec(name="html", version="1", summary="report.html: one self-contained page for people")
    filename = "report.html"

    def __init__(
        self, *, max_examples: int = 60, mask: bool = True, language: str = "en", beside: Collection[str] = FILES
    ) -> None:
        self._max_examples = max_examples
        self._mask = mask
        self._language = known(language)
        self._beside = frozenset(beside)

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8; the same report and outcomes give the same bytes. What would make it too large is named instead."""
        make = partial(page, report, outcomes, max_examples=self._max_examples, masked=self._mask, beside=self._beside)
        return bounded(make, partial(rendered, "report.html", language=self._language))
