"""Whether an exchanged word keeps its part of speech, as TextFooler asks (Jin et al. 2020)."""

from collections.abc import Sequence

from robust_emo.resources.pos_tagger import pos_tags_at
from robust_emo.words import Words

from .word_swaps import stem_of

_BEFORE, _AFTER = 4, 3  # words around that the tagger sees


def keeping_part_of_speech(
    words: Words, index: int, others: Sequence[str], *, nouns_for_verbs: bool = True
) -> list[str]:
    """Those of `others` that have the part of speech of the word at `index` there.

    Nouns may stand for verbs and the other way round, if `nouns_for_verbs` says so.

    All of them where the tagger is not installed.
    """
    start = max(0, index - _BEFORE)
    around = [stem_of(word) for word in words.words[start : index + 1 + _AFTER]]
    tags = pos_tags_at(around, index - start, [around[index - start], *map(stem_of, others)])
    if tags is None:
        return list(others)
    return [other for other, tag in zip(others, tags[1:], strict=True) if _exchangeable(tags[0], tag, nouns_for_verbs)]


def _exchangeable(left: str, right: str, nouns_for_verbs: bool) -> bool:
    return left == right or (nouns_for_verbs and {left, right} <= {"NOUN", "VERB"})
