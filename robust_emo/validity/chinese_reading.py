"""What a reader of Chinese makes of exchanged characters: homophones and pinyin are read, rare characters are not."""

import re
from functools import lru_cache

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_NEGATIONS = "不没别无未非勿莫否"
_SIMPLIFIED = str.maketrans("沒別無", "没别无")
_NEARLY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"))  # dialects make no difference


def is_han(text: str) -> bool:
    """Whether all of it is Chinese characters."""
    return _HAN.fullmatch(text) is not None


def is_common(character: str) -> bool:
    """One of the 3,755 everyday characters (level 1 of GB 2312), which every reader knows."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and code[0] < 0xD8


def same_negations(text: str, other: str) -> bool:
    """Whether both texts have the same negating characters, traditional or simplified, at the same places."""
    return _negations(text) == _negations(other)


@lru_cache(maxsize=65536)
def homophones(characters: str, other: str) -> bool:
    """Whether `other`, in characters or in pinyin, sounds like `characters`, tones aside.

    Traditional and simplified forms of a character sound the same, so they are read as each other as well. A negation
    is read as nothing else and nothing else as a negation: 全不 (not at all) is not 全部 (all).
    """
    if not same_negations(characters, other):
        return False
    return _sound(characters) == _sound(other) != ""


def _negations(text: str) -> list[tuple[int, str]]:
    return [(place, c) for place, c in enumerate(text.translate(_SIMPLIFIED)) if c in _NEGATIONS]


@lru_cache(maxsize=65536)
def _sound(text: str) -> str:
    from pypinyin import lazy_pinyin

    sound = "".join(lazy_pinyin(text)).lower()
    sound = "".join(c for c in sound if c.isalpha())
    for long, short in _NEARLY:
        sound = sound.replace(long, short)
    return sound
