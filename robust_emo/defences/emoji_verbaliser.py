"""Emoji made words: 😂 becomes "face with tears of joy"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_TYPOGRAPHIC = "©®™"  # emoji to Unicode, signs among words to those who write
_TONES = "\U0001f3fb-\U0001f3ff"
_STYLES = "\ufe0e\ufe0f"
_JOINER, _TAGS = "\u200d", "\U000e0020-\U000e007f"
_UNSAID = re.compile(f"[{_TONES}{_STYLES}]")
_TAIL = re.compile(f"[{_TONES}{_STYLES}{_JOINER}{_TAGS}]*")
_STYLE = re.compile(f"[{_STYLES}]")
_FRAME = "\u20e3"  # makes a key of the digit or sign before it
_KEY_CAP = re.compile(f"([0-9#*]){_FRAME}")
_NO_WORD = re.compile(r"[_\s():“”]+")
_OPENING, _CLOSING = "([{«“‘\"'", ".,;:!?)]}»”’\"'…"


class EmojiVerbaliser:
    """Says each emoji in the words of Unicode's own short name for it (CLDR), apart from what stands around it.

    Skin tones are not said, since they say nothing of an emotion and an attacker may choose them. A flag is the
    name of its land, a key cap the sign on it. A sequence without a name of its own is said part by part. Emoticons
    such as :-) and the signs ©, ® and ™ stay.

    Args:
        language: of the names: "en", "de", "zh" and so on, as the package emoji has them.

    Raises:
        InputError: a language without names.
    """

    spec = PluginSpec(name="emoji", version="1", summary="says emoji in words: face with tears of joy")

    def __init__(self, *, language: str = "en") -> None:
        from emoji import LANGUAGES

        if language not in LANGUAGES:
            raise InputError(
                f"normaliser {self.spec.name}: language must be one of {', '.join(sorted(LANGUAGES))}, got {language!r}"
            )
        self.language = language

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per emoji, with the blanks that part its words from others."""
        if text.isascii():
            return ()
        found: list[Replacement] = []
        parted = 0  # up to here what has been written ends in a blank, or is empty
        for start, end, name in _names(self.language).found_in(text):
            before = " " if start != parted and _joins(text[start - 1], _OPENING) else ""
            after = " " if end < len(text) and _joins(text[end], _CLOSING) else ""
            found.append(Replacement(start, end, before + name + after))
            parted = end if after else parted
        return found

    def arguments(self) -> Mapping[str, Any]:
        """The language."""
        return {"language": self.language}

    def depends_on(self) -> Mapping[str, str]:
        """Version of the names."""
        return package_versions("emoji")

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("emoji",),
            gaps=(
                Gap("An emoji exchanged for another of the same group is said by a name of its own.", ("emoji",)),
                Gap("Emoticons such as :-) are not said.", ("emoji",)),
            ),
        )

    def notes(self) -> Sequence[str]:
        """Whose names these are."""
        return (
            f"Names of emoji are Unicode's, as the package emoji {version('emoji')} ships them. Tones are left out.",
        )


@dataclass(frozen=True)
class _Names:
    """What emoji are called."""

    of: Mapping[str, str]
    """By the emoji without tones and styles; what a longer one begins with has an empty name."""
    first: re.Pattern[str]
    """A character that may begin one."""

    def found_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where each emoji begins and ends, the longest that has a name, and this name."""
        end = 0
        while match := self.first.search(text, end):
            end, name = self._longest(text, match.start())
            if name:
                end = _TAIL.match(text, end).end()  # type: ignore[union-attr]  # it matches the empty string
                yield match.start(), end, name

    def _longest(self, text: str, start: int) -> tuple[int, str]:
        longest, emoji = (start + 1, ""), ""
        for place in range(start, len(text)):
            if emoji and _UNSAID.match(text[place]):
                continue
            emoji += text[place]
            if emoji not in self.of:
                break
            if self.of[emoji]:
                longest = place + 1, self.of[emoji]
        return longest


@cache
def _names(language: str) -> _Names:
    from emoji import EMOJI_DATA, config

    config.load_language(language)
    named: dict[str, str] = {}
    for emoji, data in EMOJI_DATA.items():
        plain = _STYLE.sub("", emoji)
        said = len(plain) == 1 or not _UNSAID.search(plain)  # a tone by itself is
        if said and language in data and plain not in _TYPOGRAPHIC:
            key_cap = _KEY_CAP.fullmatch(plain)
            named[plain] = key_cap[1] if key_cap else _NO_WORD.sub(" ", data[language]).strip()
    beginnings = {emoji[:length] for emoji in named for length in range(1, len(emoji))}
    letters = "".join(sorted({emoji[0] for emoji in named if not _KEY_CAP.fullmatch(emoji)}))
    first = re.compile(f"[{letters}]|[0-9#*](?=[{_TONES}{_STYLES}]*{_FRAME})")
    return _Names(dict.fromkeys(beginnings, "") | named, first)


def _joins(neighbour: str, harmless: str) -> bool:
    return not neighbour.isspace() and neighbour not in harmless
