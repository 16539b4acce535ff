"""Words of two texts side by side: which stayed, which were exchanged, dropped or added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

MOST_WORDS = 512
"""Words compared of each text: models read at most 512 tokens."""

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_SYMBOL = r"\u2600-\u27bf\u2b00-\u2bff\U0001F1E6-\U0001F1FF\U0001F300-\U0001FAFF\u200d"
_TOKEN = re.compile(rf"[{_CJK}]|[{_SYMBOL}]+|[^\s{_CJK}{_SYMBOL},;!?…—“”\"()\[\]<>|，。！？、；：（）【】~]+")
_EDGE = ".:'’`-_"


@dataclass(frozen=True, slots=True)
class Token:
    """One word as it stands in a text: a CJK character, a run of emoji, or what stands between spaces and commas."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """What is compared: case does not count."""
        return self.text.lower().replace("’", "'")

    @property
    def is_name(self) -> bool:
        """A handle, hashtag, address or number: nobody reads its letters one by one."""
        return self.text[0] in "#@" or "://" in self.text or "www." in self.text or self.text.isdecimal()


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words of the original and what stands in its place; one of both may be empty."""

    removed: tuple[Token, ...]
    added: tuple[Token, ...]
    at_edge: bool
    """Whether it begins or ends the perturbed text."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts word by word."""

    original: tuple[Token, ...]
    perturbed: tuple[Token, ...]
    changes: tuple[Change, ...]
    kept: tuple[int, int]
    """Characters of the perturbed text from its first to its last word that stayed; (0, 0) when none did."""

    @property
    def contains_original(self) -> bool:
        """Every word of the original stands in the perturbed text, in order."""
        return not any(change.removed for change in self.changes)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The first :data:`MOST_WORDS` words of a text."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group().rstrip(_EDGE)
        start = match.start() + len(word) - len(word.lstrip(_EDGE))
        word = word.lstrip(_EDGE)
        if word:
            found.append(Token(word, start, start + len(word)))
        if len(found) == MOST_WORDS:
            break
    return tuple(found)


def beginning(text: str) -> str:
    """The part of a text that is compared: up to its word number :data:`MOST_WORDS`."""
    found = tokens(text)
    return text[: found[-1].end] if len(found) == MOST_WORDS else text


def align(original: str, perturbed: str) -> Alignment:
    """Longest common runs of words, as :mod:`difflib` finds them."""
    left, right = tokens(original), tokens(perturbed)
    matcher = SequenceMatcher(None, _keys(left), _keys(right), autojunk=False)
    changes, stayed = [], []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            stayed += [right[j].start, right[j_end - 1].end]
        else:
            changes.append(Change(left[i:i_end], right[j:j_end], j == 0 or j_end == len(right)))
    return Alignment(left, right, tuple(changes), (stayed[0], stayed[-1]) if stayed else (0, 0))


def _keys(found: Sequence[Token]) -> list[str]:
    return [token.key for token in found]
