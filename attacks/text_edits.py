"""Edits of a stretch of a text, and which stretches no attack on sentences may touch."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from robust_emo.words import Words

from .emoji_table import EMOJI, EMOTICON

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_PROTECTED = re.compile(
    rf"(?:https?://|www\.)[^\s{_CJK}]+"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|co|uk|cn|ly|tv)\b(?:/[^\s]*)?"
    r"|[#＃][^#＃\s]{1,40}[#＃](?![A-Za-z0-9_])"  # the topics of Weibo have a sign on either side
    r"|[#＃@＠][\w]+"
    r"|&#?\w+;"
    rf"|{EMOTICON.pattern}|{EMOJI.pattern}"
)
_A_OR_AN = re.compile(r"\b(an?)([ ]+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands in text[start:end] becomes `new`."""

    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """The text with this edit."""
        return text[: self.start] + self.new + text[self.end :]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits that do not overlap an earlier one of them."""
    end, parts = 0, []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start >= end:
            parts += [text[end : edit.start], edit.new]
            end = edit.end
    return "".join([*parts, text[end:]])


def has_article(text: str, start: int) -> bool:
    """Whether "a" or "an" stands right before `start`."""
    return _A_OR_AN.search(text, 0, start) is not None


def with_article(text: str, edit: Edit) -> Edit:
    """The edit, and with it the "a" or "an" right before it in the form that the new words ask for."""
    article = _A_OR_AN.search(text, 0, edit.start)
    if article is None:
        return edit
    right = in_case_of(article.group(1)[:1], "an" if edit.new[:1].lower() in "aeiou" else "a")
    return Edit(article.start(1), edit.end, right + article.group(2) + edit.new)


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Character spans of addresses, @handles, #hashtags, HTML entities, emoji and emoticons, in text order."""
    return [match.span() for match in _PROTECTED.finditer(text)]


def free_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of `pattern` that touch no protected span."""
    spans, at = protected_spans(text), 0
    for match in pattern.finditer(text):
        while at < len(spans) and spans[at][1] <= match.start():
            at += 1
        if at == len(spans) or match.end() <= spans[at][0]:
            yield match


def free_words(words: Words) -> list[int]:
    """Indices of the words that touch no protected span."""
    spans, at, end, free = protected_spans(words.text), 0, 0, []
    for index, word in enumerate(words.words):
        start = end + len(words.gaps[index])
        end = start + len(word)
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        if at == len(spans) or end <= spans[at][0]:
            free.append(index)
    return free


def in_case_of(model: str, phrase: str) -> str:
    """`phrase` in capitals or with a capital first letter where `model` is."""
    if model.isupper() and len(model) > 1:
        return phrase.upper()
    return phrase[:1].upper() + phrase[1:] if model[:1].isupper() else phrase
