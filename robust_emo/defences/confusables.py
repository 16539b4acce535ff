"""Letters of other scripts that look like Latin ones, made Latin.

The table is that of Unicode Technical Standard 39, as the package confusable-homoglyphs ships it; it is not the
table of the attack `homoglyphs`. Against the look-alikes of Boucher, Shumailov, Anderson & Papernot 2022.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions, unicode_version
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_ORTHOGRAPHIC = "\u017f"  # up to here: letters of languages written in Latin, such as the dotless i of Turkish
_KINDS = ("Lu", "Ll", "Lo", "Lm", "Nl", "So", "Sm")
_WORD = re.compile(r"[^\s'’\-/.,]+")
_LATIN = re.compile("[A-Za-z]")
# The standard makes an i of the small palochka, which fonts draw as an l, and does not have the capital Qa.
_AMENDED = {"\u04cf": "l", "\u051a": "Q"}


class Confusables:
    """Makes look-alikes Latin in words that hold a Latin letter; in other words only where Latin prevails in the text.

    A text in Cyrillic or Greek stays as it is, with at most as many Latin words as others, and so does a Cyrillic or
    Greek word in an English text: one with a letter that looks like no Latin one.
    """

    spec = PluginSpec(
        name="confusables",
        version="2",
        summary="makes letters that look like Latin ones Latin",
        paper="Boucher 2022",
    )

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per look-alike."""
        if text.isascii():
            return ()
        table = latin_of()
        words = [(match.start(), match.group(), bool(_LATIN.search(match.group()))) for match in _WORD.finditer(text)]
        suspects = [word for word in words if not word[1].isascii() and any(c in table for c in word[1])]
        if not suspects:
            return ()
        latin = sum(has_latin for _, _, has_latin in words)
        prevails = latin > 0 and latin >= len(suspects) - sum(has_latin for _, _, has_latin in suspects)
        return [
            Replacement(start + place, start + place + 1, table[character])
            for start, word, has_latin in suspects
            if (has_latin or prevails) and _is_disguised(word, table)
            for place, character in enumerate(word)
            if character in table
        ]

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def depends_on(self) -> Mapping[str, str]:
        """Versions of the table and of Unicode."""
        return package_versions("confusable-homoglyphs") | unicode_version()

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("homoglyphs", "unicode"),
            gaps=(
                Gap("Letters that only resemble a Latin one stay: accented, stroked and hooked ones.", ("diacritics",)),
                Gap("Look-alikes within ASCII stay, such as 0 for O and rn for m.", ("ocr",)),
                Gap("A Cyrillic or Greek word in an English text stays unless all its letters have a Latin double."),
            ),
        )

    def notes(self) -> Sequence[str]:
        """Whose table it is, and what it lacks."""
        return (
            f"Look-alikes are the {len(latin_of())} of Unicode Technical Standard 39 in confusable-homoglyphs "
            f"{version('confusable-homoglyphs')}. Letters that only resemble a Latin one, such as the Greek kappa, "
            "are not among them.",
        )


def _is_disguised(word: str, table: Mapping[str, str]) -> bool:
    """Whether fewer letters are neither Latin nor look so than are Latin; none, in a word without Latin letters."""
    foreign = sum(c.isalpha() and c not in table and not _is_latin(c) for c in word)
    return foreign == 0 or foreign < len(_LATIN.findall(word))


@cache
def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN ") or unicodedata.normalize("NFKC", character).isascii()


@cache
def latin_of() -> dict[str, str]:
    """The Latin letter that has the same shape, by its double."""
    pairs = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text(encoding="utf-8"))
    table = {}
    for double, others in pairs.items():
        letters = [other["c"] for other in others if len(other["c"]) == 1 and _LATIN.match(other["c"])]
        if len(double) == 1 and double > _ORTHOGRAPHIC and letters and unicodedata.category(double) in _KINDS:
            # the standard has one small letter for I, l and the like
            table[double] = "I" if double.isupper() and letters[0] in "il" else letters[0]
    return table | _AMENDED
