"""Whether an exchanged word keeps its part of speech, as TextFooler asks (Jin et al. 2020)."""

from collections.abc import Sequence
from functools import lru_cache

from robust_emo.resources.pos_tagger import pos_tags
from robust_emo.words import Words

from .word_swaps import stem_of

_BEFORE, _AFTER = 4, 3  # words around that the tagger sees


def keeping_part_of_speech(words: Words, index: int, others: Sequence[str]) -> list[str]:
    """Those of `others` that have the part of speech of the word at `index` there; nouns may stand for verbs.

    All of them where the tagger is not installed.
    """
    tag = _tag(words, index, words[index])
    return [other for other in others if tag is None or _exchangeable(tag, _tag(words, index, other))]


def _tag(words: Words, index: int, word: str) -> str | None:
    before = tuple(map(stem_of, words.words[max(0, index - _BEFORE) : index]))
    after = tuple(map(stem_of, words.words[index + 1 : index + 1 + _AFTER]))
    tags = _tags((*before, stem_of(word), *after))
    return None if tags is None else tags[len(before)]


@lru_cache(maxsize=2**14)
def _tags(words: tuple[str, ...]) -> tuple[str, ...] | None:
    return pos_tags(words)


def _exchangeable(left: str, right: str | None) -> bool:
    return left == right or {left, right} <= {"NOUN", "VERB"}
