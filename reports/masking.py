"""People are not for the report: handles, e-mail addresses, links and phone numbers become placeholders.

The patterns err on the side of masking. They find the usual forms, not every way to write a name.
"""

import re
from collections.abc import Iterable

HANDLE, EMAIL, LINK, PHONE = "@user", "[e-mail]", "[link]", "[phone]"

# Attacks put invisible characters and combining marks inside words; they must not cut a mask short.
_INNER = r"[\w\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]"
_LOCAL = rf"(?:{_INNER}|[.+\-])"
# Each pattern begins where a run of its characters begins and never gives characters back (`++`): otherwise a text of
# 100 kB without a blank would be searched anew from every character.
_PATTERNS = (
    (re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@{_INNER}++(?:[.\-]{_INNER}++)++"), EMAIL),
    (
        re.compile(
            r"(?:https?|ftp)\s?:\s?//\S+|www\.\S+|(?<![\w.\-])[.\-]*+[\w-]++(?:\.++[\w-]++)++/\S+", re.IGNORECASE
        ),
        LINK,
    ),
    (re.compile(rf"@(?:{_INNER}){{1,50}}"), HANDLE),
    (re.compile(r"(?<!\w)\+?\(?\d(?:[\s().\-/]{0,2}\d){8,14}(?!\w)"), PHONE),
)
CHANGED = "▮▮▮"
"""Stands behind a placeholder for something that the original text does not have there."""
# The words of the placeholders, as robust_emo.words splits them.
PLACEHOLDER_WORDS = frozenset({"@user", "e-mail", "link", "phone"})


def mask(text: str) -> str:
    """`text` with every handle, e-mail address, link and phone number (9 to 15 digits) replaced."""
    for pattern, placeholder in _PATTERNS:
        text = pattern.sub(placeholder, text)
    return text


def mask_changed(perturbed: str, original: str) -> str:
    """`perturbed` masked like :func:`mask`, with a mark on whatever is not what stands in `original`.

    Without the mark an edit of a handle would vanish: both texts would say ``@user``.
    """
    for pattern, placeholder in _PATTERNS:
        was, now = ([match.group() for match in pattern.finditer(text)] for text in (original, perturbed))
        if len(was) == len(now):
            same = [before == after for before, after in zip(was, now, strict=True)]
        else:
            same = [after in was for after in now]
        shown = [placeholder if kept else _marked(placeholder) for kept in same]
        perturbed = _substituted(pattern, shown, perturbed)
        original = pattern.sub(placeholder, original)
    return perturbed


def _substituted(pattern: re.Pattern[str], shown: Iterable[str], text: str) -> str:
    each = iter(shown)
    return pattern.sub(lambda _: next(each), text)


def _marked(placeholder: str) -> str:
    """``@user▮▮▮``, ``[link▮▮▮]``."""
    name, bracket = placeholder.removesuffix("]"), placeholder[-1:]
    return f"{name}{CHANGED}{bracket if bracket == ']' else ''}"


def secrets(text: str) -> tuple[str, ...]:
    """What :func:`mask` hides in `text`, lower case, without what was masked before the audit."""
    found: list[str] = []
    for pattern, placeholder in _PATTERNS:
        found.extend(match.group().lower() for match in pattern.finditer(text) if match.group() != placeholder)
        text = pattern.sub(placeholder, text)
    return tuple(found)
