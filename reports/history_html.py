"""The page of `robust-emo history --html`: audits over time."""

from functools import partial

from robust_emo.plugins import PluginSpec
from robust_emo.types import AuditHistory

from .history_page import history_page
from .language import known
from .templating import rendered


class HistoryHtml:
    """Makes one page of many audits.

    Args:
        language: the page is in, until its reader switches: ``en`` or ``zh``.

    Raises:
        InputError: no page is in that language.
    """

    spec = PluginSpec(name="html", version="1", summary="audits over time on one page for people")

    def __init__(self, *, language: str = "en") -> None:
        self._language = known(language)

    def render(self, history: AuditHistory) -> bytes:
        """UTF-8; the same history gives the same bytes. It needs at least one audit."""
        return rendered("history.html", partial(history_page, history), self._language)
