"""Names of persons in Chinese: a surname and one or two characters of given names behind a cue, in front of a title, or
alone between punctuation.

Chinese has no spaces and no capitals, and most characters of names are words: without one of these nothing is taken.
"""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Kind
from robust_emo.personal.name_lists import chinese

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_CUE = re.compile(
    r"(?:我叫|名叫|叫做|名字(?:是|叫做?)|姓名|真名(?:叫|是)|全名(?:叫|是)|(?:联系|收件|寄件)人)\s?:?\s?(?=[\u4e00-\u9fff])"
)
_RELATED = re.compile(
    r"(?:老公|老婆|儿子|女儿|哥哥|姐姐|弟弟|妹妹|男友|女友|男朋友|女朋友|闺蜜|同学|同事|室友|老板|朋友|(?<=[他她友公婆子儿弟妹哥姐])叫)(?=[\u4e00-\u9fff])"
)
_TITLE = re.compile(
    r"先生|女士|小姐|老师|老師|医生|醫生|大夫|教授|博士|经理|經理|主任|师傅|阿姨|叔叔|大爷|大妈|律师|护士|警官|太太|夫人|同学|同志|"
    r"局长|处长|科长|校长|院长|书记|教练|导演|奶奶|爷爷"
)
_ALONE = re.compile(rf"(?<![{_HAN}A-Za-z0-9@#\[《「“])[{_HAN}]{{3,4}}(?![{_HAN}A-Za-z0-9#\]》」”])")


def chinese_names(text: str) -> Iterator[Candidate]:
    """``我叫王小明``, ``王老师``, ``张晓燕女士``, ``谢谢，李文博``."""
    for match in _CUE.finditer(text):
        yield from _found(match.end(), _length(text, match.end(), lenient=True))
    for match in _RELATED.finditer(text):
        called = match.group() == "叫"
        length = _length(text, match.end(), lenient=called)
        if length >= (2 if called else 3) and _common(text[match.end() : match.end() + 2]):
            yield from _found(match.end(), length)
    for match in _TITLE.finditer(text):
        yield from _in_front_of(text, match.start(), match.end())
    for match in _ALONE.finditer(text):
        whole = match.group()
        if _length(text, match.start(), lenient=False) == len(whole) and _common(whole):
            yield from _found(match.start(), len(whole))


def _found(start: int, length: int) -> Iterator[Candidate]:
    if length:
        yield Candidate(Kind.NAME, start, start + length)


def _common(name: str) -> bool:
    return name[0] in chinese("common surnames") or name[:2] in chinese("compound surnames")


def _length(text: str, start: int, *, lenient: bool) -> int:
    """Characters of the name that begins at `start`, 0 for none; `lenient` takes given names outside the list."""
    compound = text[start : start + 2] in chinese("compound surnames")
    if not compound and text[start : start + 1] not in chinese("surnames"):
        return 0
    surname = 2 if compound else 1
    given = 0
    while given < 2 and _names_somebody(text, start + surname + given, lenient=lenient):
        given += 1
    if given == 2 and text[start + surname + 1 : start + surname + 3] in chinese("words ahead"):
        given = 1
    name = text[start : start + surname + given]
    if (
        given == 0
        or name[0] == name[1]
        or name in chinese("no names")
        or (not compound and name[:2] in chinese("no names"))
    ):
        return 0
    return len(name)


def _names_somebody(text: str, place: int, *, lenient: bool) -> bool:
    character = text[place : place + 1]
    if character in chinese("given") and character:
        return True
    return lenient and "\u4e00" <= character <= "\u9fff" and character not in chinese("no given")


def _in_front_of(text: str, end: int, after: int) -> Iterator[Candidate]:
    """The name that ends where a title begins."""
    for length in (4, 3):
        start = end - length
        if start >= 0 and _length(text[start:end], 0, lenient=False) == length and _common(text[start:end]):
            if text[start + length - 2 : end] in chinese("no names before titles"):
                continue
            yield from _found(start, length)
            return
    for length in (2, 1):
        start = end - length
        if start < 0 or not _begins_here(text, start):
            continue
        name = text[start:end]
        compound = name in chinese("compound surnames")
        one = length == 1 and name in chinese("common surnames")
        two = length == 2 and _common(name) and _length(text[start:end], 0, lenient=False) == 2
        if (
            (one or two or compound)
            and text[start:after] not in chinese("no names")
            and name not in chinese("no names before titles")
            and text[start - 1 : end] not in chinese("no names before titles")
        ):
            yield from _found(start, length)
            return


def _begins_here(text: str, start: int) -> bool:
    """Whether a name can begin at `start`: behind no character, or one that does not make a word with it."""
    before = text[start - 1 : start]
    thanks = text[start - 1 : start + 1] == "谢谢"
    return not thanks and (not re.match(rf"[{_HAN}]", before) or before in chinese("before surnames"))
