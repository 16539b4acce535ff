"""Shades of attributions, the same on the page and in exported pictures: a sign and six steps of strength.

Orange for, blue against: the pair that people with any colour blindness tell apart (Okabe & Ito 2008). The sign is told
a second time by the line below a word (solid for, dashed against), the strength by how thick it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LEVELS = 5
"""Shades of each sign; level 0 is none."""
_LEAST = 0.1
"""Share of the strongest attribution below which a word gets no shade."""

INK = "#141a24"
PAPER = "#ffffff"
QUIET = "#525d6c"
FOR_SHADES = ("#ffffff", "#fdeee0", "#fbdcc0", "#f8c79a", "#f4b076", "#ee9850")
"""Backgrounds on white by level; black text stands out by at least 7 to 1 on each."""
AGAINST_SHADES = ("#ffffff", "#e6effa", "#ccdff4", "#b0ceee", "#93bce7", "#76a9df")
FOR_LINE = "#b04a00"
AGAINST_LINE = "#1a4f9c"


@dataclass(frozen=True, slots=True)
class Shade:
    """How one word is drawn."""

    level: int
    """0 to :data:`LEVELS`."""
    against: bool

    @property
    def background(self) -> str:
        """Colour on white, ``#rrggbb``."""
        return (AGAINST_SHADES if self.against else FOR_SHADES)[self.level]

    @property
    def line(self) -> str:
        """Colour of the line below the word."""
        return AGAINST_LINE if self.against else FOR_LINE

    @property
    def thickness(self) -> float:
        """Of that line in pixels; 0 for none."""
        return (0.0, 1.0, 1.5, 2.0, 2.75, 3.5)[self.level]


def strongest(attributions: Iterable[float]) -> float:
    """Largest absolute attribution, at least 0."""
    return max(map(abs, attributions), default=0.0)


def shade_of(attribution: float, most: float) -> Shade:
    """Shade of an attribution, by its share of the strongest one.

    Args:
        attribution: of a word.
        most: of all words that are to be compared by eye; 0 where none has any.
    """
    share = abs(attribution) / most if most > 0 else 0.0
    level = 0 if share < _LEAST else min(LEVELS, 1 + int(share * LEVELS))
    return Shade(level, attribution < 0)
