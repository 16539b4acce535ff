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
from robust_emo.defences.versions import unicode_version
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_PLAIN = re.compile("[\t\n\r -~]*")
_WHITE = "\t\n\r\u0085"  # control characters that are white space
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0"  # letters and marks without a shape
_JOINER, _JOINERS = "\u200d", "\u200c\u200d"
_VARIANTS = "\ufe0e\ufe0f"  # text or emoji style of the character before
_FLAG = "\U0001f3f4"  # the flag whose tags name England, Scotland or Wales
_PICTURE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_KEYCAP = re.compile("[#*0-9]")
_FRAME = "\u20e3"  # makes a key of the digit before it
_MOST_MARKS = 8  # on one letter, in any writing


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
        before = ""  # what stays, as far back as it matters
        flagged = False  # inside a flag that tags spell out
        for place, character in enumerate(text):
            flagged = character == _FLAG or (flagged and "\U000e0020" <= character <= "\U000e007f")
            if flagged or not _goes(before, character, text[place + 1 : place + 2]):
                before = before[-_MOST_MARKS:] + character
            elif runs and runs[-1].end == place:
                runs[-1] = Replacement(runs[-1].start, place + 1, "")
            else:
                runs.append(Replacement(place, place + 1, ""))
        return runs

    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def depends_on(self) -> Mapping[str, str]:
        """Version of Unicode."""
        return unicode_version()

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("zero-width", "unicode"),
            gaps=(
                Gap("Marks that make another letter of the one under them stay, as in ą.", ("diacritics",)),
                Gap("Visible blanks stay, such as U+2800."),
                Gap("Joiners and style marks stay where emoji, Arabic, Persian or Indic writing may need them."),
            ),
        )

    def notes(self) -> Sequence[str]:
        """Whose table it is."""
        return (f"Invisible are what Unicode {unicodedata.unidata_version} calls so, and letters without a shape.",)


def _goes(before: str, character: str, after: str) -> bool:
    if character.isascii() and character.isprintable():
        return False
    last = before[-1:]
    if character in _VARIANTS:
        return not (_PICTURE.match(last) or (_KEYCAP.match(last) and after == _FRAME))
    if character in _JOINERS:
        if _PICTURE.match(after) and character == _JOINER:
            return not _PICTURE.match(before[-2:-1] if last in _VARIANTS else last)
        return not _joins(_letter_and_marks(before)[0])
    if unicodedata.category(character) == "Mn" and not _formless(character):
        return _belongs_to_no_letter(before, character)
    return _formless(character)


def _letter_and_marks(before: str) -> tuple[str, str]:
    """The last character that is no mark, empty where there is none, and the marks after it."""
    start = len(before)
    while start and unicodedata.category(before[start - 1]) == "Mn":
        start -= 1
    return before[:start][-1:], before[start:]


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
    return unicodedata.category(character or " ") in ("Lo", "Mc") and unicodedata.east_asian_width(character) != "W"


def _belongs_to_no_letter(before: str, mark: str) -> bool:
    """A mark over an ASCII letter that makes no letter with it, such as a stroke, or one of a tall stack."""
    base, marks = _letter_and_marks(before)
    if len(marks) >= _MOST_MARKS:
        return True
    if not (base.isascii() and base.isalnum()):
        return False
    return len(unicodedata.normalize("NFC", base + marks + mark)) > len(unicodedata.normalize("NFC", base + marks))
