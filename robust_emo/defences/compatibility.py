"""Compatibility characters made plain: full-width, circled, mathematical and ligature forms (Unicode's NFKC)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.defences.directions import difference
from robust_emo.defences.rewriting import Replacement, replaced
from robust_emo.plugins import PluginSpec

_STYLES = re.compile("[\ufe0e\ufe0f]")


class Compatibility:
    """Normalisation form KC: one form for characters that are the same to a reader; composed, not decomposed.

    Emoji that are letters or signs in a frame become these letters: the Japanese "secret" button, the sign for
    "information".
    """

    spec = PluginSpec(
        name="compatibility",
        version="1",
        summary="one form for full-width, circled, mathematical and other variants of a character (NFKC)",
    )

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per character, with its marks, that has a plainer form; what made an emoji of it goes."""
        if text.isascii() or unicodedata.is_normalized("NFKC", text):
            return ()
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

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def notes(self) -> Sequence[str]:
        """Whose table it is."""
        return (f"Normalisation form KC of Unicode {unicodedata.unidata_version}.",)
