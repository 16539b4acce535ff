"""E-mail addresses, plain and spelled out."""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Certainty, Kind

# Letters of any alphabet but Chinese characters and kana, which stand beside addresses without a space.
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_LOCAL = rf"(?:{_LETTER}|[.+%\-])"
_LABEL = rf"(?:{_LETTER}|-)++"
# Every pattern starts where a run of its characters starts and gives nothing back, so that the time is linear.
_PLAIN = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@{_LABEL}(?:\.{_LABEL})++")
_AT = r"\s{0,2}[\[({<]\s{0,2}(?:at|@|艾特)\s{0,2}[\])}>]\s{0,2}"
_DOT = r"(?:\s{0,2}[\[({<]\s{0,2}(?:dot|\.|点)\s{0,2}[\])}>]\s{0,2}|\sdot\s)"
_PROVIDER = r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|icloud|protonmail|aol|qq|foxmail|sina|sohu|126|163)"
_SPELLED = (
    re.compile(
        rf"(?<!{_LOCAL}){_LOCAL}++{_AT}{_LABEL}(?:{_DOT}|\.)(?:com|net|org|edu|gov|io|cn|uk|de|fr)\b", re.IGNORECASE
    ),
    re.compile(
        rf"(?<!{_LOCAL}){_LOCAL}++(?:\sat\s{_PROVIDER}{_DOT}|(?:#|艾特){_PROVIDER}(?:{_DOT}|\.))(?:com|net|cn)\b",
        re.IGNORECASE,
    ),
)


def emails(text: str) -> Iterator[Candidate]:
    """``jane.doe@mail.com``, ``jane [at] mail [dot] com``, ``jane at gmail dot com``."""
    for match in _PLAIN.finditer(text):
        start = match.start() + len(match.group()) - len(match.group().lstrip(".-+%"))
        domain = match.group().rpartition("@")[2].rstrip("-")
        last = domain.rpartition(".")[2]
        if text[start] != "@" and len(last) >= 2 and any(map(str.isalpha, last)):
            yield Candidate(Kind.EMAIL, start, match.end(), Certainty.CERTAIN)
    for pattern in _SPELLED:
        for match in pattern.finditer(text):
            yield Candidate(Kind.EMAIL, match.start(), match.end())
