"""How Chinese characters sound, and which frequent characters sound the same, by pypinyin."""

from functools import cache
from typing import Any

from pypinyin import Style, lazy_pinyin


def sounds(run: str, *, tones: bool) -> list[str]:
    """Pinyin of each character of `run` as it is read there (了 in 了解 is liao); empty where it is not known.

    Args:
        run: Chinese characters only.
        tones: with the tone as a digit at the end (none for the neutral tone); otherwise the syllable as it is typed.
    """
    style = Style.TONE3 if tones else Style.NORMAL
    return lazy_pinyin(run, style=style, errors=_unknown)


def homophones(character: str, sound: str, *, tones: bool) -> tuple[str, ...]:
    """Frequent characters, other than `character`, that are read as `sound` where they stand alone."""
    return tuple(other for other in _by_sound(tones).get(sound, ()) if other != character)


@cache
def frequent_characters() -> tuple[str, ...]:
    """The 3,755 characters of the first level of GB 2312 (1980): those of everyday use, ordered by sound."""
    codes = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(code.decode("gb2312") for code in codes if code < b"\xd7\xfa")  # the last row is not full


def _unknown(characters: str) -> Any:  # noqa: ANN401 - pypinyin takes lists too, which its annotations do not say
    return [""] * len(characters)


@cache
def _by_sound(tones: bool) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for character in frequent_characters():
        sound = sounds(character, tones=tones)[0]
        found[sound] = (*found.get(sound, ()), character)
    return found
