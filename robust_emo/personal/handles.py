"""Names of accounts on social media, marked as such: ``@name``, ``u/name``."""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Certainty, Kind

_MARKED = re.compile(r"@[\w\-]++")
_REDDIT = re.compile(r"(?<![\w/.\-])/?u/(?P<name>[A-Za-z0-9_\-]{3,20}+)(?![\w\-])")
_BEFORE = frozenset(["rt", "mt", "ht", "via", "by", "cc", "from", "to", "with", "thanks", "thx", "and"])
_TIME = re.compile(r"@\d{1,2}(?:\d\d)?(?:am|pm|ish|h|点)?$", re.IGNORECASE)
_SHORT_BEFORE = 12  # characters in front of an @ that are looked at
_LONGEST = 30
"""Characters of a name on Weibo; other services allow fewer."""


def handles(text: str) -> Iterator[Candidate]:
    """Handles of Twitter, Weibo, Instagram, Reddit; an @ inside a word (``sh@t``) is only possibly one."""
    behind = -1  # where the handle before ends: one right behind another is as sure
    for match in _MARKED.finditer(text):
        name = match.group()[1:].rstrip("-")
        if not any(map(str.isalnum, name)) or _TIME.match(match.group()):
            continue
        end = match.start() + 1 + _length(name)
        certainty = Certainty.LIKELY if match.start() == behind else _certainty(text, match.start())
        behind = match.end() if certainty is Certainty.LIKELY else -1
        yield Candidate(Kind.HANDLE, match.start(), end, certainty)
    for match in _REDDIT.finditer(text):
        yield Candidate(Kind.HANDLE, match.start(), match.end())


def _length(name: str) -> int:
    """A name without a space behind it may run on into the sentence: of a longer one the sentence is kept.

    The cut never divides Latin letters, which would be a handle again behind the placeholder of this one.
    """
    if len(name) <= _LONGEST:
        return len(name)
    latin = re.match(r"[A-Za-z0-9_\-]*+", name[_LONGEST:])
    return _LONGEST + (latin.end() if latin else 0)


def _certainty(text: str, at: int) -> Certainty:
    if not at or not re.match(r"[A-Za-z0-9_]", text[at - 1]):
        return Certainty.LIKELY
    before = re.search(r"[A-Za-z0-9_]*$", text[max(0, at - _SHORT_BEFORE) : at])
    assert before is not None  # noqa: S101 - an empty run matches
    return Certainty.LIKELY if before.group().lower() in _BEFORE else Certainty.POSSIBLE
