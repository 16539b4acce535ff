"""Opposites: a small table of this project, opposite prefixes, and WordNet (Miller 1995) where present."""

from functools import cache

from robust_emo.resources.wordnet import antonyms as wordnet_antonyms
from robust_emo.validity.alignment import Alignment
from robust_emo.validity.emotion_exchange import has_wordnet
from robust_emo.validity.emotion_words import POLARITY, class_of_word

_OPPOSITES = """
happy sad | glad sad | love hate | like dislike | enjoy hate | laugh cry | smile frown | good bad | great terrible
great awful | best worst | better worse | win lose | won lost | hope despair | hopeful hopeless | calm anxious
calm nervous | calm angry | bright bleak | bright dark | beautiful ugly | kind cruel | friendly rude | clean dirty
delicious disgusting | exciting boring | fascinating boring | thrilling boring | proud ashamed | admire despise
brave afraid | safe dangerous | fun boring
pleasure pain | brilliant dreadful | success failure | hero coward | loved lonely | welcome unwelcome | rich poor
fair unfair | right wrong | strong weak | alive dead | peace war | celebrate mourn | funny sad | trust distrust
"""
_CHINESE = (
    "喜欢讨厌 开心难过 高兴伤心 好坏 好差 爱恨 笑哭 赢输 希望绝望 精彩糟糕 成功失败 勇敢胆小 美丑 安全危险 满意失望"
)
# Opposites of place, number and time turn no emotion round.
_FUNCTION_WORDS = (
    "here there this that these those now then up down in out on off over under before after more less most least "
    "first last other same one all some any i you he she they we it my your his her am is are was were be do don"
)
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_RUN = 4  # in longer runs of changed words it is chance which stands against which
_PREFIXES = ("un", "dis", "in", "im", "non", "ir")


def antonym_swapped(alignment: Alignment) -> bool:
    """Whether a word gave way to its opposite, within one run of changed words.

    Raises:
        PrerequisiteError: WordNet is there but cannot be read.
    """
    return any(
        are_opposite(old.key, new.key)
        for change in alignment.changes
        if len(change.removed) <= _RUN and len(change.added) <= _RUN
        for old in change.removed
        for new in change.added
    ) or any(
        are_opposite_chinese("".join(t.text for t in change.removed), "".join(t.text for t in change.added))
        for change in alignment.changes
    )


def are_opposite(word: str, other: str) -> bool:
    """Whether two English words in lower case are opposites.

    Raises:
        PrerequisiteError: WordNet is there but cannot be read.
    """
    if _stem(other) in _table().get(_stem(word), ()) or _by_prefix(word, other):
        return True
    if _FUNCTION & {word, other} or not (word.isascii() and other.isascii() and word.isalpha() and other.isalpha()):
        return False
    if has_wordnet() and (other in _of_wordnet(word) or word in _of_wordnet(other)):
        return True
    first, second = class_of_word(word), class_of_word(other)
    return bool(first and second and POLARITY[first] * POLARITY[second] < 0)


def are_opposite_chinese(removed: str, added: str) -> bool:
    """Whether a pair of the table was exchanged, either way round."""
    for pair in _CHINESE.split():
        left, right = pair[: len(pair) // 2], pair[len(pair) // 2 :]
        if (left in removed and right in added) or (right in removed and left in added):
            return True
    return False


@cache
def _of_wordnet(word: str) -> frozenset[str]:
    return frozenset(wordnet_antonyms(word))


@cache
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in _OPPOSITES.replace("\n", " | ").split("|"):
        words = pair.split()
        for word, other in (words, words[::-1]) if words else ():
            table[_stem(word)] = table.get(_stem(word), frozenset()) | {_stem(other)}
    return table


def _stem(word: str) -> str:
    for ending in ("s", "ed", "d", "ing"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e")


def _by_prefix(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) > 3 and any(long == prefix + short for prefix in _PREFIXES):
        return True
    return word.endswith(("ful", "less")) and other.endswith(("ful", "less")) and (
        word.removesuffix("ful") == other.removesuffix("less") or word.removesuffix("less") == other.removesuffix("ful")
    )  # fmt: skip
