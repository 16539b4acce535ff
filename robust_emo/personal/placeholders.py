"""What stands in a text in place of personal data: masks, which forget, and surrogates, which keep apart.

Brackets hold whatever stands beside them off: read again, a placeholder is the same placeholder.
"""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Kind

# [NAME] as in GoEmotions (Demszky et al. 2020), @user as in TweetEval (Barbieri et al. 2020).
MASKS = {kind: f"[{kind.upper()}]" for kind in Kind} | {Kind.HANDLE: "@user"}
"""By kind; the same for every value."""

_NUMBER = r"(?:_(?P<{}>[1-9][0-9]{{0,8}}))?"
_ANONYMISED = re.compile(
    "|".join(rf"\[{kind.upper()}{_NUMBER.format(kind)}\]" for kind in Kind if kind is not Kind.HANDLE)
    + rf"|{MASKS[Kind.HANDLE]}{_NUMBER.format(Kind.HANDLE)}(?![A-Za-z0-9_]|-[A-Za-z0-9])"
)


def surrogate(kind: Kind, number: int) -> str:
    """The surrogate of a kind by its number, from 1: ``[NAME_3]``, ``@user_3``."""
    mask = MASKS[kind]
    return f"{mask[:-1]}_{number}]" if mask.endswith("]") else f"{mask}_{number}"


def anonymised(text: str) -> Iterator[re.Match[str]]:
    """Masks and surrogates in a text: what is no personal data any more.

    The number of a surrogate is the match's only group, named after the kind; a mask has none.
    """
    return _ANONYMISED.finditer(text)
