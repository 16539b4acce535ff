"""Names and numbers of accounts behind the name of a service: WeChat, QQ, Instagram, Snapchat, Telegram, ..."""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Kind

_LINK = r"(?:[\s:：=号是为群码吧哦]|账号|帐号|id|ID){0,4}"
_WECHAT = re.compile(
    rf"(?:微信|威信|薇信|维信|[加+➕]\s?[vV薇微]信?|[vV]信|(?<![A-Za-z])(?:[vV][xX]|[wW][xX]|[wW]e[cC]hat|[wW]ei[xX]in))"
    rf"{_LINK}(?P<value>[A-Za-z][A-Za-z0-9_\-]{{5,19}}+|[1-9]\d{{5,11}}+)(?![A-Za-z0-9_])"
)
_QQ = re.compile(rf"(?:(?<![A-Za-z])[qQ]\s?[qQ]|扣扣|[加+]\s?[qQ]){_LINK}(?P<value>[1-9]\d{{4,11}}+)(?![A-Za-z0-9_])")
_SERVICE = (
    r"(?:instagram|insta|ig|snapchat|snap|kik|telegram|skype|discord|twitter|tiktok|facebook|fb|psn|xbox|steam|wechat|"
    r"line\sid|whatsapp|twitch|venmo|cashapp|onlyfans)"
)
_NAMED = re.compile(
    rf"(?<![\w@#])(?:my\s|our\s)?{_SERVICE}(?:'s)?(?:\s(?:name|id|handle|user|username|account|tag|acc))?"
    r"(?:\s?(?P<mark>[:：=])\s?|\s(?P<is>is)\s)@?(?P<value>[A-Za-z0-9_][A-Za-z0-9_.\-]{2,29}+)(?![\w@/])",
    re.IGNORECASE,
)
_POINTS = re.compile(r"[:：=号是]")  # without one of these, letters behind the cue may be any word
_GOES_ON = re.compile(r"\s[A-Za-z]")  # `facebook: what a place` is a sentence
_NOT_MARKED = re.compile(r"[A-Za-z.\-]+")


def accounts(text: str) -> Iterator[Candidate]:
    """Only the value, without the cue. Behind ``is`` it must hold a digit or an underscore: ``insta is down``."""
    for pattern in (_WECHAT, _QQ, _NAMED):
        for match in pattern.finditer(text):
            value = match["value"]
            plain = _NOT_MARKED.fullmatch(value) is not None
            if pattern is _NAMED and plain and (match["is"] or _GOES_ON.match(text, match.end())):
                continue
            if pattern is _WECHAT and plain and not _POINTS.search(text, match.start(), match.start("value")):
                continue
            start, end = match.span("value")
            yield Candidate(Kind.ACCOUNT, start, end - (len(value) - len(value.rstrip(".-"))))
