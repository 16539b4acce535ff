"""Edits that people make and that change neither what a text says nor, mostly, what a model answers."""

import random
import re
from collections.abc import Iterator

from robust_emo.defences.word_valence import opposed, word_valence
from robust_emo.validity.emotion_words import class_of_word
from robust_emo.validity.negation import negations
from robust_emo.word_neighbours import word_neighbours
from robust_emo.words import Words

_NEAR = 0.7
"""Least cosine of a near word."""
_CONTRACTIONS = {
    "I am": "I'm", "I have": "I've", "I will": "I'll", "it is": "it's", "that is": "that's", "you are": "you're",
    "we are": "we're", "they are": "they're", "do not": "don't", "does not": "doesn't", "did not": "didn't",
    "is not": "isn't", "was not": "wasn't", "have not": "haven't", "could not": "couldn't", "would not": "wouldn't",
    "cannot": "can't", "what is": "what's", "there is": "there's", "let us": "let's",
}  # fmt: skip
_PAIRS = {**_CONTRACTIONS, **{short: long for long, short in _CONTRACTIONS.items()}}
_PAIR = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, _PAIRS)) + r")(?!\w)")
_CJK_END = re.compile(r"[\u3400-\u9fff]\s*$")


def harmless_edits(text: str, rng: random.Random) -> list[str]:
    """Texts that differ from `text` by one such edit each, in random order: case of the first letter, a full stop at
    the end, a contraction, a word without emotion exchanged for a near one. None is `text` itself."""
    edits = [edit for edit in (_other_case(text), _other_end(text), _other_form(text)) if edit not in (None, text)]
    edits += _near_words(text, rng)
    found = [edit for edit in dict.fromkeys(edits) if edit is not None and edit.strip()]
    rng.shuffle(found)
    return found


def _other_case(text: str) -> str | None:
    for place, letter in enumerate(text):
        if letter.isalpha():
            return text[:place] + letter.swapcase() + text[place + 1 :]
    return None


def _other_end(text: str) -> str:
    body = text.rstrip()
    if body.endswith((".", "。")) and not body.endswith(("..", "。。")):
        return body[:-1]
    if body.endswith(("!", "?", "！", "？", "…", "..")):
        return body + " "  # they say how it is meant, and stay; a blank says nothing
    return body + ("。" if _CJK_END.search(body) else ".")


def _other_form(text: str) -> str | None:
    found = _PAIR.search(text)
    return text[: found.start()] + _PAIRS[found.group()] + text[found.end() :] if found else None


def _near_words(text: str, rng: random.Random) -> Iterator[str]:
    words = Words.of(text)
    places = [place for place in words.indices if _neighbours(words[place])]
    for place in rng.sample(places, min(2, len(places))):
        yield words.replace(place, _cased(rng.choice(_neighbours(words[place])), words[place])).text


def _neighbours(word: str) -> list[str]:
    own = word.lower()
    near = [other for other, cosine in word_neighbours().get(own, ()) if cosine >= _NEAR]
    return [other for other in near if _plain(other) and not opposed(own, other)] if _plain(own) else []


def _plain(word: str) -> bool:
    """Without emotion and no negation."""
    return word_valence(word) == 0 and class_of_word(word) is None and negations(word) == 0


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word
