"""Heat maps for a notebook or another page: a fragment with its own style, without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.plugins import PluginSpec
from robust_emo.types import Explanation

from .attributed_spans import spans_of
from .attribution_levels import INK, PAPER, QUIET, Shade, shade_of, strongest
from .heat_map_layout import trust_label
from .heat_map_view import HeatMapView, heat_map_view
from .language import Language, speaking
from .templating import filled


@dataclass(frozen=True, slots=True)
class _Shown:
    view: HeatMapView
    trust: str
    shades: tuple[Shade | None, ...]
    """By piece."""


class HeatMapHtml:
    """Explanations below one another.

    Args:
        page: a whole page, to be written to a file; False: the fragment alone, as a notebook shows it.
        language: of the words around the text: ``en`` or ``zh``.
    """

    spec = PluginSpec(name="html", version="1", summary="heat maps as HTML, for a notebook or a page")
    suffix = ".html"

    def __init__(self, *, page: bool = True, language: Language = "en") -> None:
        self._page = page
        self._language = language

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """UTF-8; the same explanations give the same bytes."""
        return heat_map_html(explanations, page=self._page, language=self._language).encode()


def heat_map_html(explanations: Sequence[Explanation], *, page: bool = False, language: Language = "en") -> str:
    """HTML whose style is inline; texts are escaped and shown as they were given.

    Args:
        explanations: shown in their order.
        page: with the head that makes a whole page of it.
        language: as for :class:`HeatMapHtml`.
    """
    with speaking(language):
        shown = [_shown(explanation) for explanation in explanations]
        return filled("heat_map_fragment.html", maps=shown, page=page, ink=INK, paper=PAPER, quiet=QUIET)


def _shown(explanation: Explanation) -> _Shown:
    spans = spans_of(explanation, masked=False)
    most = strongest(span.attribution for span in spans if span.attribution is not None)
    view = heat_map_view(explanation, spans, most)
    shades = tuple(None if span.attribution is None else shade_of(span.attribution, most) for span in spans)
    rest = (None,) * (len(view.pieces) - len(shades))
    return _Shown(view, trust_label(explanation), (*shades[: len(view.pieces)], *rest))
