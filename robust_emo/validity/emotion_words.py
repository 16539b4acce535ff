"""Words and emoji by the emotion they express, English and Chinese: a small table written for this project.

The classes are Ekman's (1992, "An argument for basic emotions") and love. Words that belong to several emotions, such
as "upset", stand in none.
"""

import re
from functools import cache

from robust_emo.validity.negation import negations

JOY, LOVE, SADNESS, ANGER, FEAR, DISGUST, SURPRISE = "joy", "love", "sadness", "anger", "fear", "disgust", "surprise"

POLARITY = {JOY: 1, LOVE: 1, SADNESS: -1, ANGER: -1, FEAR: -1, DISGUST: -1, SURPRISE: 0}
"""Sign of the valence of each class."""

_ALIKE = (
    {JOY, LOVE}, {ANGER, DISGUST}, {SURPRISE, JOY}, {SURPRISE, FEAR},
)  # fmt: skip

_ENGLISH = {
    JOY: "happy glad joy joyful delight cheer cheerful thrill overjoyed bliss blissful elated ecstatic excite fun "
    "hilarious laugh smile celebrate enjoy pleased pleasure hopeful optimistic optimism proud grateful thankful "
    "gratitude relieved merry jolly content euphoric",
    LOVE: "love adore cherish beloved affection tender",
    SADNESS: "sad unhappy sorrow sorrowful grief grieve mourn cry tear weep sob heartbroken heartbreaking depress "
    "depression lonely loneliness alone gloomy gloom miserable misery melancholy despair devastated hopeless tearful "
    "dismal wretched",
    ANGER: "angry anger furious fury rage enrage livid fuming outrage mad irate infuriate annoy irritate resent hate "
    "hatred wrath pissed hostile",
    FEAR: "afraid fear fearful scare scary terrify terror frighten fright anxious anxiety nervous worry dread panic "
    "horrify petrify",
    DISGUST: "disgust gross revolt nausea nauseous repulsive repulse vomit sicken foul yuck",
    SURPRISE: "surprise astonish amazement astound stun shock startle unexpected",
}
_CHINESE = {
    JOY: "高兴 开心 快乐 愉快 喜悦 欢喜 欢乐 兴奋 幸福 满意 希望 自豪 骄傲 感激 感谢 精彩 好看 好吃 漂亮 不错 哈哈 笑",
    LOVE: "喜欢 热爱 喜爱 爱 想念 心疼",
    SADNESS: "难过 伤心 悲伤 悲痛 痛苦 哭 泪 孤独 寂寞 失望 绝望 沮丧 郁闷 心碎 委屈 空荡荡 倒霉",
    ANGER: "生气 愤怒 气愤 恼火 发火 气死 气疯 气得 怒 恨 火大 可恶",
    FEAR: "害怕 恐惧 恐怖 惊恐 担心 担忧 紧张 焦虑 怕 吓",
    DISGUST: "讨厌 厌恶 恶心 反感 作呕 嫌弃",
    SURPRISE: "惊讶 吃惊 震惊 惊奇 意外 惊喜",
}
_EMOJI = {
    JOY: "😀😃😄😁😆😅😂🤣😊☺🙂😋😎🥳🎉🎊👏👍😌😸😹🙌🤗✌💃🕺",
    LOVE: "😍🥰😘😗😙😚😻💋❤💕💖💗💓💞💘💝💙💚💛💜🧡🤍💌",
    SADNESS: "😢😭😿😞😔😟🙁☹😥😓😩😫💔😪🥺😣😖",
    ANGER: "😠😡🤬👿😾💢🖕😤",
    FEAR: "😨😰😱🙀😧😦",
    DISGUST: "🤢🤮😷👎",
    SURPRISE: "😮😲😯😳🤯",
}
_EMOTICONS = {
    JOY: r":-?\)|=\)|:-?D|=D|\b[xX]D|\^_*\^",
    LOVE: r"<3",
    SADNESS: r":-?\(|=\(|:['’]-?\(|\bT_T|;_;",
    ANGER: r">:-?\(",
}

EMOJI_WORD = {JOY: "happy", LOVE: "love", SADNESS: "sad", ANGER: "angry", FEAR: "scared", DISGUST: "disgusting"}
"""The word that says what an emoji of the class says, for a lexicon without emoji."""

_PICTURES = re.compile("|".join(f"(?P<{name}>[{signs}])" for name, signs in _EMOJI.items()))
# sorted, so that >:( is tried before :(
_FACES = re.compile("|".join(f"(?P<{name}>(?:{face})(?!\\w))" for name, face in sorted(_EMOTICONS.items())))
_CHINESE_CLASS = {word: name for name, words in _CHINESE.items() for word in words.split()}
_CHINESE_WORD = re.compile("|".join(sorted(_CHINESE_CLASS, key=len, reverse=True)))
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_REACH = 3  # characters before a Chinese word that may deny it, as in 没有很开心
_SUFFIXES = ("s", "es", "ed", "d", "ing", "ly", "ness", "ful", "er", "est", "ingly", "edly", "fied", "y")


def alike(left: str, right: str) -> bool:
    """Whether two classes pass for each other: equal, or neighbours such as joy and love, anger and disgust."""
    return left == right or {left, right} in _ALIKE


@cache
def class_of_word(word: str) -> str | None:
    """The class of one English word in lower case, inflected or not."""
    bases = [word, *(word[: -len(end)] for end in _SUFFIXES if word.endswith(end) and len(word) - len(end) > 2)]
    forms = {form for base in bases for form in (base, base + "e", base + "y", re.sub("i$", "y", base))}
    forms |= {base[:-1] for base in bases if len(base) > 3 and base[-1] == base[-2]}  # sobbing
    return next(
        (_english_classes()[form] for form in sorted(forms, key=len, reverse=True) if form in _english_classes()), None
    )


@cache
def _english_classes() -> dict[str, str]:
    return {word: name for name, words in _ENGLISH.items() for word in words.split()}


def chinese_words(text: str) -> list[tuple[str, bool]]:
    """(class, whether it is denied just before) of each Chinese word of emotion, longest match first."""
    found = []
    for match in _CHINESE_WORD.finditer(text):
        before = re.split(r"[\s，。！？,.!?、]", text[max(0, match.start() - _REACH) : match.start()])[-1]
        found.append((_CHINESE_CLASS[match.group()], negations(before) % 2 == 1))
    return found


def chinese_spans(text: str) -> list[tuple[int, int]]:
    """Where the Chinese words of emotion stand, longest match first; text[start:end] of each."""
    return [match.span() for match in _CHINESE_WORD.finditer(text)]


def picture_classes(text: str) -> list[str]:
    """Classes of the emoji and emoticons of a text, in order."""
    found = [(m.start(), str(m.lastgroup)) for pattern in (_PICTURES, _FACES) for m in pattern.finditer(text)]
    return [name for _, name in sorted(found)]


def pictures_as_words(text: str) -> str:
    """The text with each emoji and emoticon of the table replaced by :data:`EMOJI_WORD`, repetitions once.

    Emoji of surprise have no valence and go.
    """
    for pattern in (_PICTURES, _FACES):
        text = pattern.sub(lambda match: f" {EMOJI_WORD.get(str(match.lastgroup), '')} ", text)
    return re.sub(r"\b(happy|love|sad|angry|scared|disgusting)(?:\s+\1\b)+", r"\1", text)


def expressed(text: str) -> frozenset[str]:
    """Classes of emotion that words, emoji and emoticons of a text express; words that are denied do not count."""
    found = set(picture_classes(text))
    words = [word.lower() for word in _LATIN_WORD.findall(text)]
    for i, word in enumerate(words):
        name = class_of_word(word)
        if name and negations(" ".join(words[max(0, i - 3) : i])) % 2 == 0:
            found.add(name)
    found.update(name for name, denied in chinese_words(text) if not denied)
    return frozenset(found)
