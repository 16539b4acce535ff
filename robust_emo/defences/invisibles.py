"""Characters without a shape, and marks that hang on letters without making another letter of them, taken away.

Against the invisible characters of Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters", tag characters
and stacked marks.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from robust_emo.defences.rewriting import Replacement
from robust_emo.plugins import PluginSpec

_PLAIN = re.compile("[\t\n\r -~]*")
_WHITE = "\t\n\r\u0085"  # control characters that are white space
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0"  # letters and marks without a shape
_JOINERS = "\u200c\u200d"
_VARIANTS = "\ufe0e\ufe0f"  # text or emoji style of the character before
_FLAG = "\U0001f3f4"  # the flag whose tags name England, Scotland or Wales
_PICTURE = re.compile("[#*0-9\u00a9\u00ae\u203c-\u3299\ufe0e\ufe0f\u20e3\U0001f000-\U0001faff]")


class Invisibles:
    """Takes away what has no shape of its own; joiners and style marks stay where writing or emoji need them."""

    spec = PluginSpec(
        name="invisibles",
        version="1",
        summary="takes away characters without a shape and marks that belong to no letter",
        paper="Boucher 2022",
    )

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per run of characters that go."""
        if _PLAIN.fullmatch(text):
            return ()
        runs: list[Replacement] = []
        flagged = False  # inside a flag that tags spell out
        for place, character in enumerate(text):
            flagged = character == _FLAG or (flagged and "\U000e0020" <= character <= "\U000e007f")
            if character.isascii() and character.isprintable():
                continue
            if (flagged and character != _FLAG) or not _goes(text, place):
                continue
            if runs and runs[-1].end == place:
                runs[-1] = Replacement(runs[-1].start, place + 1, "")
            else:
                runs.append(Replacement(place, place + 1, ""))
        return runs

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def notes(self) -> Sequence[str]:
        """Whose table it is."""
        return (f"Invisible are what Unicode {unicodedata.unidata_version} calls so, and letters without a shape.",)


def _goes(text: str, place: int) -> bool:
    character, before = text[place], text[place - 1 : place]
    if character in _VARIANTS:
        return not _PICTURE.match(before)
    if character in _JOINERS:
        return not (_PICTURE.match(before) or _joins(before))
    if unicodedata.category(character) == "Mn" and not _formless(character):
        return _belongs_to_no_letter(text, place)
    return _formless(character)


@lru_cache(maxsize=4096)
def _formless(character: str) -> bool:
    if character in _WHITE:
        return False
    code = ord(character)
    reserved = 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF  # Default_Ignorable_Code_Point
    return (
        unicodedata.category(character) in ("Cc", "Cf") or character in _FILLERS or reserved or 0xFE00 <= code <= 0xFE0D
    )


def _joins(character: str) -> bool:
    """A letter of a script that joins its letters, where a joiner makes another word: Arabic, Devanagari, ..."""
    return (
        unicodedata.category(character or " ") in ("Lo", "Mn", "Mc") and unicodedata.east_asian_width(character) != "W"
    )


def _belongs_to_no_letter(text: str, place: int) -> bool:
    """A mark over an ASCII letter that makes no letter with it, such as a stroke or the second of a stack."""
    start = place
    while start and unicodedata.category(text[start - 1]) == "Mn":
        start -= 1
    base = text[start - 1 : start]
    if not (base.isascii() and base.isalnum()):
        return False
    return len(unicodedata.normalize("NFC", base + text[start : place + 1])) > len(
        unicodedata.normalize("NFC", base + text[start:place])
    )
