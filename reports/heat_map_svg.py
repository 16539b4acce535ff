"""Heat maps as a picture for a slide: one self-contained SVG."""

from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import Explanation

from . import heat_map_layout as layout
from .attribution_levels import INK, PAPER, QUIET
from .language import Language, speaking
from .templating import filled
from .text_width import text_width


class HeatMapSvg:
    """Explanations below one another in one SVG file.

    Args:
        language: of the words around the text: ``en`` or ``zh``.
    """

    spec = PluginSpec(name="svg", version="1", summary="heat maps as one SVG picture")
    suffix = ".svg"

    def __init__(self, *, language: Language = "en") -> None:
        self._language = language

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """UTF-8; the same explanations give the same bytes."""
        return heat_map_svg(explanations, language=self._language).encode()


def heat_map_svg(explanations: Sequence[Explanation], *, language: Language = "en") -> str:
    """An SVG document that loads nothing and runs nothing; texts are escaped and shown as they were given.

    Words are laid out by estimated widths, and drawn to exactly these by whatever font is there.

    Args:
        explanations: drawn in their order.
        language: as for :class:`HeatMapSvg`.
    """
    maps, top = [], 0.0
    for explanation in explanations:
        with speaking(language):
            placed = layout.heat_map_layout(
                explanation, lambda text, size, bold: text_width(text, size) * (1 + 0.06 * bold)
            )
        maps.append((top, placed))
        top += placed.height
    return filled(
        "heat_map.svg", maps=maps, width=layout.WIDTH, height=max(top, 1.0), word=layout.WORD, text=layout.TEXT,
        ink=INK, paper=PAPER, quiet=QUIET,
    )  # fmt: skip
