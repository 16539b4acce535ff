"""Emoji and emoticons by what they express, and what counts as one emoji.

The groups are finer than the emotions: laughing tears stand in angry tweets too, a smile hardly ever does. Members of
one group can stand for each other; no member of another group can. Emoji whose reading depends on the context (😅 🙃 😏
🙏 👀 ✨ and so on) are in no group and are never exchanged.
"""

import re
from functools import cache

from .word_list import word_list

_TONE = "\U0001f3fb-\U0001f3ff"
_BASE = (
    "[\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_ONE = f"{_BASE}\ufe0f?[{_TONE}]?\ufe0f?\u20e3?[\U000e0020-\U000e007f]*"

EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*")
"""One emoji as a reader sees it: a flag, a keycap, or a base with its tone, selector, tags and joined parts."""

NEUTRAL = word_list("📌 📍 📎 🕐 🕒 🕕 📅 📆 📱 💻 🔗 ➡️ 🧾 📋 📰 📝 🪑 🚪 📦")
"""Things and signs that express no emotion."""

GROUPS: dict[str, tuple[str, ...]] = {
    "laughing": word_list("😂 🤣 😆 😹 xD XD"),
    "smiling": word_list("😀 😃 😄 😁 😊 ☺️ 😺 😸 :) :-) =) :D :-D =D ^_^ ^^ (:"),
    "winking": word_list("😉 ;) ;-)"),
    "teasing": word_list("😛 😜 😝 🤪 :P :-P :p :-p =P"),
    "celebrating": word_list("🎉 🎊 🥳"),
    "love": word_list("❤️ 💕 💖 💗 💓 💞 💘 💝 💙 💚 💛 💜 🧡 <3"),
    "adoring": word_list("😍 🥰 😻"),
    "kissing": word_list("😘 😗 😙 😚 😽 :* :-*"),
    "approving": word_list("👍 👌"),
    "anger": word_list("😠 😡 🤬 👿 😾 >:( >:-("),
    "annoyed": word_list("🙄 😒 -_- -.-"),
    "unimpressed": word_list("😐 😑 :| :-|"),
    "doubting": word_list("😕 🫤 :/ :-/ =/"),
    "sadness": word_list("😞 😔 🙁 ☹️ :( :-( =("),
    "crying": word_list("😢 😭 😿 :'( :’( T_T T.T ;_; QAQ"),
    "weary": word_list("😩 😫 😣 😖"),
    "fear": word_list("😱 😨 😰 🙀"),
    "dismay": word_list("😦 😧 😟"),
    "disgust": word_list("🤢 🤮"),
    "surprise": word_list("😮 😯 😲 :O :-O :o O_O o_O O.O"),
    "thinking": word_list("🤔 🧐"),
    "sleeping": word_list("😴 💤"),
    "neutral": NEUTRAL,
}
"""Emoji and emoticons by what they express."""

_EMOTICONS = sorted(
    (sign for group in GROUPS.values() for sign in group if not EMOJI.fullmatch(sign)), key=len, reverse=True
)
_ALONE = [sign for sign in _EMOTICONS if sign[0].isalpha() or "/" in sign]  # not behind a letter: http:/, GOT_T
_EMOTICON_WORDS = "|".join(
    re.escape(sign) if sign not in _ALONE else rf"(?<!\w){re.escape(sign)}" for sign in _EMOTICONS
)
EMOTICON = re.compile(rf"(?<![\d:;=<>/\\^._-])(?:{_EMOTICON_WORDS})(?:(?<=\))\)*|(?<=\()\(*|)(?![\w/\\:;<>^-])")
"""One emoticon of the table that is no part of something longer: `:/` in an address is none."""

_MARKS = re.compile(f"[\ufe0f{_TONE}]|\u200d[\u2640\u2642]")
_TONES = tuple(map(chr, range(0x1F3FB, 0x1F400)))


@cache
def _group_of_sign() -> dict[str, str]:
    return {_plain(sign): name for name, group in GROUPS.items() for sign in group}


def _plain(sign: str) -> str:
    """Without selector, tone and gender, and with one bracket for several: `:)))` is `:)`."""
    return _MARKS.sub("", re.sub(r"([()])\1+", r"\1", sign)) or sign


def group_of(sign: str) -> str | None:
    """Name of the group of an emoji (whatever its skin tone or gender) or emoticon; None where it has none."""
    return _group_of_sign().get(_plain(sign))


def stand_ins(sign: str) -> list[str]:
    """Signs that express the same: the rest of its group, and the same emoji in other skin tones where it has one."""
    group = group_of(sign)
    others = [other for other in GROUPS[group] if _plain(other) != _plain(sign)] if group else []
    worn = {mark for mark in sign if mark in _TONES}
    if len(worn) != 1:  # several people of several tones stay as they are
        return others
    tone = worn.pop()
    return others + [sign.replace(tone, other) for other in _TONES if other != tone]
