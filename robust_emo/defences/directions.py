"""Characters put into the order in which they are displayed, and backspaces carried out.

Against the reorderings and deletions of Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import unicode_version
from robust_emo.display_order import DIRECTION_CONTROLS, displayed, erased
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps


class Directions:
    """Carries out explicit direction controls and backspaces, so that the model reads what a reader sees."""

    spec = PluginSpec(
        name="directions",
        version="2",
        summary="puts characters into the order of display; carries out backspaces",
        paper="Boucher 2022",
    )

    def replacements(self, text: str) -> Sequence[Replacement]:
        """At most one, from the first character that moves or goes to the last."""
        if "\b" not in text and not DIRECTION_CONTROLS.search(text):
            return ()
        return difference(text, erased(displayed(text)))

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def depends_on(self) -> Mapping[str, str]:
        """Version of Unicode."""
        return unicode_version()

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("bidi", "deletions"),
            gaps=(
                Gap("Right-to-left writing keeps its own order, and no direction control around it moves anything."),
                Gap(
                    "U+007F (delete) is dropped and not carried out: the letter that it would erase stays (deletions "
                    "with eraser=delete makes such texts)."
                ),
            ),
        )

    def notes(self) -> Sequence[str]:
        """What it leaves alone."""
        return (
            "Order that letters of right-to-left scripts have by themselves is left alone: only controls count, and of "
            "these none around right-to-left writing.",
        )


def difference(text: str, other: str) -> Sequence[Replacement]:
    """The one replacement that makes `other` of `text`, as short as it can be; none where they are equal."""
    if text == other:
        return ()
    shorter, start, end = min(len(text), len(other)), 0, 0
    while start < shorter and text[start] == other[start]:
        start += 1
    while end < shorter - start and text[-1 - end] == other[-1 - end]:
        end += 1
    return (Replacement(start, len(text) - end, other[start : len(other) - end]),)
