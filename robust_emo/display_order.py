"""The order in which characters are displayed, where control characters change it, and what backspaces erase.

The tricks are those of Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters".
"""

import re
import unicodedata

DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")

_POP, _POP_ISOLATE = "\u202c", "\u2069"
_OPENERS = {
    "\u202a": "", "\u202b": "rtl", "\u202d": "", "\u202e": "override", "\u2066": "", "\u2067": "rtl", "\u2068": "",
}  # fmt: skip
_ISOLATES = "\u2066\u2067\u2068"
_DEEPEST = 125  # max_depth of UAX 9: controls nested deeper do nothing


def erased(text: str) -> str:
    """The text with every backspace carried out: it erases the character before it, as in the paper."""
    if "\b" not in text:
        return text
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)


def displayed(text: str) -> str:
    """Characters in the order of display, as far as explicit directions say it (a part of UAX 9).

    An override reverses what it holds; a right-to-left embedding or isolate reverses the order of its runs, and Latin
    runs stay as they are. Hebrew, Arabic and the like are read from the right, so that what is displayed from the right
    is in reading order already: an embedding or isolate that holds any such letter, and an override most of whose
    letters are such, move nothing. Texts without controls are left in reading order. The controls are gone.
    """
    if not DIRECTION_CONTROLS.search(text):
        return text
    stack: list[tuple[str, list[str]]] = [("", [])]
    too_deep = 0
    for character in text:
        if character in _OPENERS and len(stack) > _DEEPEST:
            too_deep += 1
        elif character in _OPENERS:
            stack.append((character, []))
        elif character in (_POP, _POP_ISOLATE):
            if too_deep:
                too_deep -= 1
            elif len(stack) > 1 and (stack[-1][0] in _ISOLATES) == (character == _POP_ISOLATE):
                _close(stack)
        else:
            stack[-1][1].append(character)
    while len(stack) > 1:
        _close(stack)
    return "".join(stack[0][1])


def _close(stack: list[tuple[str, list[str]]]) -> None:
    opener, parts = stack.pop()
    direction = _OPENERS[opener]
    sides = [unicodedata.bidirectional(character) for part in parts for character in part] if direction else []
    from_right = sum(side in ("R", "AL") for side in sides)
    if direction == "override" and from_right <= sides.count("L"):
        parts.reverse()
    elif direction == "rtl" and not from_right:
        parts = re.findall(r"[\w\s]+|[^\w\s]", "".join(parts))[::-1]
    stack[-1][1].append("".join(parts))
