"""comparison.html: what became better, what became worse and what cannot be told, on one page."""

from functools import partial

from robust_emo.plugins import PluginSpec
from robust_emo.types import AuditComparison

from .comparison_page import comparison_page
from .language import known
from .templating import rendered


class ComparisonHtml:
    """Makes comparison.html.

    Args:
        max_examples: most texts shown that one model gets right and the other wrong.
        mask: hide names, handles, e-mail addresses, links and numbers of people in shown texts.
        language: the page is in, until its reader switches: ``en`` or ``zh``.

    Raises:
        InputError: no page is in that language.
    """

    spec = PluginSpec(name="html", version="1", summary="comparison.html: two audits on one page for people")
    filename = "comparison.html"

    def __init__(self, *, max_examples: int = 40, mask: bool = True, language: str = "en") -> None:
        self._max_examples = max_examples
        self._mask = mask
        self._language = known(language)

    def render(self, comparison: AuditComparison) -> bytes:
        """UTF-8; the same comparison gives the same bytes."""
        make = partial(comparison_page, comparison, max_examples=self._max_examples, masked=self._mask)
        return rendered("comparison.html", make, self._language)
