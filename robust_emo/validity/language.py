"""Which checks can speak of a text: those for English, those for Chinese, both or none."""

import re
from functools import lru_cache

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_OTHER = re.compile("[\u0370-\u1fff\u3040-\u30ff\uac00-\ud7af]")

# The commonest words of other languages in Latin letters that are no English words.
_FOREIGN_WORDS = (
    "je est pas les des une et que qui dans sur très ich nicht das ist und der ein mit wir auch el los las por muy con "
    "para pero está não uma com muito che non sono della il het een niet ik van och att det är jag ve bir çok"
)
_ENGLISH_WORDS = (
    "the a an i i'm you he she it it's we they is am are was were be been to of in on at for with and or but not my me "
    "your his her our their this that so what how just have has had do does did can will when from about all up"
)
_FOREIGN, _ENGLISH = frozenset(_FOREIGN_WORDS.split()), frozenset(_ENGLISH_WORDS.split())


@lru_cache(maxsize=4096)
def languages(text: str) -> frozenset[str]:
    """``en``, ``zh`` or both; empty where the text is mostly in another language.

    A text without letters, such as one emoji, counts as both: the checks on emoji speak of it. Words in Latin letters
    are English unless common words of other languages outnumber the English ones.
    """
    words = [word.lower() for word in _LATIN.findall(text)]
    han, other = len(_HAN.findall(text)), len(_OTHER.findall(text))
    if not words and not han and not other:
        return frozenset(("en", "zh"))
    if other > han + sum(map(len, words)):
        return frozenset()
    found = {"zh"} if han and not re.search("[\u3040-\u30ff]", text) else set()
    foreign = sum(word in _FOREIGN for word in words)
    if words and foreign <= sum(word in _ENGLISH for word in words):
        found.add("en")
    return frozenset(found)
