"""Which of the languages with tables a text is in, told from its script."""

import re
from typing import Literal

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)*")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f\u3400-\u4dbf\u4e00-\u9fff]+")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def language_of(text: str) -> Literal["en", "zh"] | None:
    """`zh` for mostly Han characters, `en` for mostly Latin words, None for other scripts and without any letter.

    Other languages in Latin letters are taken for English, since a few words do not tell them apart.
    """
    if _KANA_OR_HANGUL.search(text):
        return None
    han, latin, other = (len(pattern.findall(text)) for pattern in (_HAN, _LATIN_WORD, _OTHER))
    if other > max(han, latin) or not han + latin:
        return None
    return "zh" if han >= latin else "en"
