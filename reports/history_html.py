"""The page of `robust-emo history --html`: audits over time."""

from robust_emo.plugins import PluginSpec
from robust_emo.types import AuditHistory

from .history_page import history_page
from .templating import rendered


class HistoryHtml:
    """Makes one page of many audits."""

    spec = PluginSpec(name="html", version="1", summary="audits over time on one page for people")

    def render(self, history: AuditHistory) -> bytes:
        """UTF-8; the same history gives the same bytes. It needs at least one audit."""
        return rendered("history.html", history_page(history))
