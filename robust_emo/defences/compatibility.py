"""Compatibility characters made plain: full-width, circled, mathematical and ligature forms (Unicode's NFKC)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from robust_emo.defences.directions import difference
from robust_emo.defences.rewriting import Replacement, replaced
from robust_emo.defences.versions import unicode_version
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_STYLES = re.compile("[\ufe0e\ufe0f]")


class Compatibility:
    """Normalisation form KC: one form for characters that are the same to a reader; composed, not decomposed.

    Emoji that are letters or signs in a frame become these letters: the Japanese "secret" button, the sign for
    "information". What NFKC would tear apart or change the meaning of stays: accents that stand alone, as in I´m, which
    it makes a blank and a mark; raised and lowered digits and signs, as in 2² and ™; fractions.
    """

    spec = PluginSpec(
        name="compatibility",
        version="2",
        summary="one form for full-width, circled, mathematical and other variants of a character (NFKC)",
    )

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per character, with its marks, that has a plainer form; what made an emoji of it goes."""
        if text.isascii() or unicodedata.is_normalized("NFKC", text):
            return ()
        borders = [place for place, character in enumerate(text) if _stays(character)]
        stretches = zip([0, *(place + 1 for place in borders)], [*borders, len(text)], strict=True)
        return [
            Replacement(start + each.start, start + each.end, each.text)
            for start, end in stretches
            for each in _made_plain(text[start:end])
        ]

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def depends_on(self) -> Mapping[str, str]:
        """Version of Unicode."""
        return unicode_version()

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("unicode",),
            gaps=(
                Gap("Letters without a plainer form stay, such as accented and stroked ones.", ("diacritics",)),
                Gap("Raised and lowered digits and signs, fractions, and accents that stand alone stay."),
            ),
        )

    def notes(self) -> Sequence[str]:
        """Whose table it is."""
        return (f"Normalisation form KC of Unicode {unicodedata.unidata_version}.",)


def _made_plain(text: str) -> Sequence[Replacement]:
    found, start = [], 0
    for end in range(1, len(text) + 1):
        if end < len(text) and unicodedata.category(text[end]).startswith("M"):
            continue
        plain = unicodedata.normalize("NFKC", text[start:end])
        if plain != text[start:end]:
            found.append(Replacement(start, end, plain))
        start = end
    whole = unicodedata.normalize("NFKC", text)
    # letters can melt into one across these borders, as those of Korean syllables do
    if replaced(text, found) != whole:
        return difference(text, whole)
    return [Replacement(each.start, each.end, _STYLES.sub("", each.text)) for each in found]


@lru_cache(maxsize=4096)
def _stays(character: str) -> bool:
    kind, _, plain = unicodedata.decomposition(character).partition(" ")
    if kind in ("<super>", "<sub>"):
        return not unicodedata.category(character).startswith("L")
    stands_alone = plain.startswith("0020 ") or character in "\u1fc1\u1fcd\u1fce\u1fcf\u1fdd\u1fde\u1fdf\u1fed"
    return kind == "<fraction>" or stands_alone
