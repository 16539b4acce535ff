"""Hashtags taken apart, put together, moved, and neutral ones added: #SoHappy, so happy, #so #happy."""

import re
from collections.abc import Iterable, Iterator, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .language import language_of
from .segmentation import segments
from .stop_words import is_stop_word
from .text_edits import Edit, free_matches, protected_spans
from .word_list import word_list

_TOPIC = re.compile(r"[#＃]([^#＃\s]{1,40})[#＃](?![A-Za-z0-9_])")
_TAG = re.compile(r"(?<![\w#＃&/])[#＃](\w+)")
_PAIR = re.compile(r"(?<![\w'’-])(?=([A-Za-z]+) ([A-Za-z]+)(?![\w'’-]))")
_PLAIN = re.compile(r"(?<![\w'’-])[A-Za-z]{3,}(?![\w'’-])")
_NEUTRAL = {
    "en": word_list("#monday #tuesday #today #morning #update #nowplaying #photo #news #video #work #city #home"),
    "zh": word_list("#今天# #周一# #早上# #日常# #记录# #上班# #城市# #照片# #新闻#"),
}


class Hashtags(VariantAttack):
    """Hashtags written as words, words as hashtags, a hashtag moved to the other end, or a neutral one added.

    A tag in capitals and small letters is taken apart at its capitals, any other by a list of English words; what has
    no words is left whole. Only tags that stand at an end of the text are moved. Addresses and @handles stay.

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="hashtags",
        version="1",
        summary="takes hashtags apart and together, moves them, adds neutral ones",
        family="emotion",
        languages=("en", "zh"),
    )

    def variants(self, text: str) -> Iterable[str]:
        """One change of a hashtag."""
        edits = [*_apart(text), *_together(text)]
        yield from (edit.of(text) for edit in edits)
        yield from _moved(text)
        language = language_of(text)
        if language is not None:
            for tag in _NEUTRAL[language]:
                if tag not in text.lower():
                    yield f"{text}{'' if text[-1:].isspace() else ' '}{tag}"

    def notes(self) -> Sequence[str]:
        """Where tags are taken apart."""
        return (
            "Hashtags in small letters are taken apart by a list of English words, the reading with the fewest words "
            "first; a reader may see other words. Neutral hashtags are added to English and Chinese texts.",
        )


def _tags(text: str) -> Iterator[re.Match[str]]:
    topics = [match.span() for match in _TOPIC.finditer(text)]
    for match in _TAG.finditer(text):
        if not any(start <= match.start() < end for start, end in topics):
            yield match


def _apart(text: str) -> Iterator[Edit]:
    for match in _TOPIC.finditer(text):
        yield Edit(*match.span(), match.group(1))
    for match in _tags(text):
        tag = match.group(1)
        yield Edit(*match.span(), tag)
        words = segments(tag)
        if len(words) > 1:
            yield Edit(*match.span(), " ".join(words))
            yield Edit(*match.span(), " ".join("#" + word for word in words))
            yield Edit(*match.span(), "#" + "".join(word[:1].upper() + word[1:] for word in words))
        elif tag[:1].isupper() and tag[1:].islower():
            yield Edit(*match.span(), "#" + tag.lower())


def _together(text: str) -> Iterator[Edit]:
    for match in free_matches(_PLAIN, text):
        if not is_stop_word(match.group().lower()):
            yield Edit(match.start(), match.start(), "#")
    spans = protected_spans(text)
    for match in _PAIR.finditer(text):  # pairs overlap, so that the match itself is empty
        first, second = match.groups()
        free = not any(start < match.end(2) and match.start() < end for start, end in spans)
        if free and not is_stop_word(second.lower()):
            span = match.start(), match.end(2)
            yield Edit(*span, "#" + first[:1].upper() + first[1:] + second[:1].upper() + second[1:])
            yield Edit(*span, "#" + first.lower() + second.lower())


def _moved(text: str) -> Iterator[str]:
    """The last tag to the front, the first one to the end."""
    tags = [match.span() for match in (*_TOPIC.finditer(text), *_tags(text))]
    for start, end in tags:
        if end == len(text.rstrip()) and text[:start].strip():
            yield f"{text[start:end]} {text[:start].rstrip()}{text[end:]}"
        if start == len(text) - len(text.lstrip()) and text[end:].strip():
            yield f"{text[end:].strip()} {text[start:end]}"
