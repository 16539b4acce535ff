"""Characters a reader cannot see, or that reorder the page, made visible as their code point."""

import unicodedata

from . import numbers
from .language import say

# Fillers that draw nothing although Unicode calls them letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_PLAIN_SPACES = frozenset(" \u00a0\u3000\n\t\r")


def tag_of(char: str, before: str = "") -> str | None:
    """Name such as ``U+200B`` when `char` must not be shown as it is, else None.

    Args:
        char: one code point.
        before: the code point in front of it. Joiners and variation selectors belong to emoji and to joining
            scripts; after an ASCII character (or nothing) they can only hide something.
    """
    if char in _JOINERS or _is_variation_selector(char):
        return None if before and not before.isascii() else _code_point(char)
    category = unicodedata.category(char)
    if char in _BLANK or category in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return _code_point(char)
    if category in ("Cc", "Zs") and char not in _PLAIN_SPACES:
        return _code_point(char)
    return None


def visible(text: str) -> str:
    """`text` as one plain string that is safe to show: hidden characters stand as ``⟨U+200B⟩``."""
    shown, before = [], ""
    for char in text:
        tag = tag_of(char, before)
        shown.append(char if tag is None else f"⟨{tag}⟩")
        before = char
    return "".join(shown)


def shortened(text: str, limit: int = 80) -> str:
    """`text`, or its beginning and end with the number of characters left out between them."""
    if len(text) <= limit:
        return text
    half = limit // 2
    left_out = say("[{n} characters]", n=numbers.count(len(text) - 2 * half))
    return f"{text[:half]}…{left_out}…{text[-half:]}"


def look_alike(char: str) -> str | None:
    """Code point of a letter or mark outside ASCII that took the place of an ASCII letter, else None.

    Ideographs and emoji are no look-alikes of a letter.
    """
    category = unicodedata.category(char)
    if char.isascii() or category not in ("Lu", "Ll", "Lt", "Lm", "Mn", "Me", "Nd", "No"):
        return None
    return _code_point(char)


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _code_point(char: str) -> str:
    return f"U+{ord(char):04X}"
