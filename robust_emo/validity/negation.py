"""Negations and contrasts: what turns a statement round without changing its words of emotion."""

import re

from robust_emo.validity.alignment import Alignment, Change

_STATEMENT = 3  # words
_STOP = re.compile(r"[.,!?;:…\n。，！？；]")
_ENGLISH = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|cant|dont|didnt|doesnt|isnt|wasnt|arent|werent|"
    r"wont|wouldnt|couldnt|shouldnt|aint|without|hardly|barely|scarcely|rarely|seldom|impossible|lack|lacks|nt)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_CHINESE = re.compile("从未|[不没无别未莫勿非否]")
_SIMPLIFIED = str.maketrans("沒無別從區過僅斷對錯覺論來", "没无别从区过仅断对错觉论来")  # those of the patterns
# Sequences that hold a negation and deny nothing.
_IDLE = re.compile(
    r"\b(?:no doubt|not only|no wonder|no matter|no one|not (?:gonna|going to) lie|nothing but|no problem|"
    r"(?:can(?:no|['’])?t|cannot|could(?:n['’]t| not)) (?:wait|believe|stop|help|be (?:happier|better|prouder))|"
    r"never fails?|why not)\b"
    "|不错|不过|不但|不仅|不管|不断|不禁|忍不住|了不起|差不多|不得了|不得不|不知不觉|不好意思|对不起|不得行|要不|无比|无论|"
    "别人|是否|能否|可否|否则|区别|分别|告别|特别|性别|非常|没想到|莫名|未来|无聊|得不行",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"\bno one\b", re.IGNORECASE)

_TAKEN_BACK = re.compile(
    r"\bused to\b|\bsaid no ?(?:one|body)\b|\b(?:just )?kidding\b|\bjk\b|\byeah,? right\b|\bno longer\b|\bany ?more\b|"
    r"\bas if\b|\bnot really\b|[.!?] not\b[.!]*$|\? no\b|才怪|开玩笑|再也不|以前|曾经|原以为|以为|过去",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:but|however|although|though|until|except|now|instead|(?:i|we) thought)\b|(?:,|and) yet\b"
    "|但|可是|不过|然而|却|如今|现在|结果|其实",
    re.IGNORECASE,
)


def negations(text: str) -> int:
    """How many negations a text holds, English and Chinese; idioms such as "no doubt" and 不过 are none."""
    return len(negation_spans(text))


def negation_spans(text: str) -> list[tuple[int, int]]:
    """Where the negations of a text stand, in its order: text[start:end] of each, of "don't" the "n't" alone."""
    read = _NOBODY.sub("nobody", text.translate(_SIMPLIFIED))  # all of one length, so that places stay
    read = _IDLE.sub(lambda idle: "~" * len(idle.group()), read)
    return sorted(match.span() for pattern in (_ENGLISH, _CHINESE) for match in pattern.finditer(read))


def times_taken_back(text: str) -> int:
    """How often a text takes back by itself what it says: "used to", "said no one ever", 才怪."""
    return len(_TAKEN_BACK.findall(text))


def contrasts(added: str) -> bool:
    """Whether an added part sets itself against the rest: "but", 但是."""
    return _CONTRAST.search(added) is not None


def negation_changed(original: str, read: str, alignment: Alignment) -> bool:
    """Whether the perturbed text denies more or less than the original.

    A statement of its own put before or behind the original may deny what it likes: "The bus did not come."
    """
    own = [change for change in alignment.changes if _is_statement(change, read)]
    for change in reversed(own):
        read = read[: change.added[0].start] + read[change.added[-1].end :]
    return negations(read) != negations(original)


def _is_statement(change: Change, text: str) -> bool:
    if change.removed or not change.at_edge or len(change.added) < _STATEMENT:
        return False
    before, behind = text[: change.added[0].start], text[change.added[-1].end :]
    return bool(_STOP.search(before.rstrip()[-1:]) if before.strip() else _STOP.match(behind))
