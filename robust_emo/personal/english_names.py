"""Names of persons in texts of Latin letters, by lists and by what stands around them.

Precision comes first: a word that is also a name (Will, Joy, Grace, Hope, May) is a name only beside a surname, a title
or a cue. Emotion words above all must stay.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from robust_emo.personal.finding import Candidate, Kind
from robust_emo.personal.name_lists import english
from robust_emo.validity.emotion_words import class_of_word

_WORD = re.compile(r"(?<![A-Za-z0-9_@'’])(?:[OD]['’](?=[A-Z][a-z]))?[A-Za-z]++(?![0-9_@]|['’]t\b)")
_CALLED = re.compile(
    r"(?:\bname(?:'s|’s|s|\sis|\swas|:)|\bi\sam\scalled|\bi'm\scalled|\bcall\sme|\bcalls\sme|\bgo\sby|\bgoes\sby)\s{1,2}$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:named|called)\s{1,2}$", re.IGNORECASE)
_RELATED = re.compile(
    r"\b(?:my|his|her|our|their|your)\s(?:\w{3,8}\s)?(?:brother|sister|husband|wife|son|daughter|friend|bff|boyfriend|"
    r"girlfriend|bf|gf|fiance|fiancee|partner|boss|teacher|cousin|uncle|aunt|nephew|niece|roommate|coworker|colleague|"
    r"neighbo[u]?r|mom|mum|dad|ex|baby|bestie|therapist|doctor),?\s{1,2}$",
    re.IGNORECASE,
)
_VERSE = re.compile(r"\s\d{1,3}\s?:\s?\d")  # Matthew 10:27 is a book
_REACH = 44
"""Characters in front of a word in which a cue stands."""
_SHORTEST_SMALL = 5
"""Letters of a name that is taken for one in small letters."""


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    lower: str


def english_names(text: str) -> Iterator[Candidate]:
    """Given names with what belongs to them, names behind titles, and whatever follows ``my name is``."""
    words = [_Word(m.start(), m.end(), m.group(), m.group().lower()) for m in _WORD.finditer(text)]
    titled = len(words) >= 5 and sum(word.text[0].isupper() for word in words) > 0.6 * len(words)
    place = 0
    while place < len(words):
        last = _name_end(text, words, place, titled=titled)
        if last is not None:
            yield Candidate(Kind.NAME, words[place].start, words[last].end)
            place = last
        place += 1


def _name_end(text: str, words: Sequence[_Word], place: int, *, titled: bool) -> int | None:
    """Index of the last word of the name that begins at `place`; None where none does."""
    word = words[place]
    known, doubtful = word.lower in english("given"), word.lower in english("given words")
    before = words[place - 1].lower if place and _gap(text, words, place) == " " else ""
    if place and _gap(text, words, place) == ". " and words[place - 1].lower in english("titles"):
        before = words[place - 1].lower
    if _behind_title(word, before, titled=titled):
        return _with_surname(text, words, place, titled=titled)
    if before in english("saints"):
        return None
    cue = text[max(0, word.start - _REACH) : word.start]
    capital = word.text[0].isupper()
    if _CALLED.search(cue) and (known or doubtful or (capital and not titled and _may_be_a_name(word, cue))):
        return _with_surname(text, words, place, titled=titled)
    if known and (_stands_for_a_name(word) or _in_small_letters_with_surname(text, words, place)):
        last = _with_surname(text, words, place, titled=titled)
        return None if _VERSE.match(text, words[last].end) else last
    if doubtful and capital and not titled and (_NAMED.search(cue) or _RELATED.search(cue)):
        return _with_surname(text, words, place, titled=titled)
    if doubtful and capital and place + 1 < len(words) and _gap(text, words, place + 1) == " ":
        follower = words[place + 1]
        opens = not place or not re.fullmatch(r"[\s,'’\"]{1,2}", _gap(text, words, place))
        surname = follower.lower in english("surnames") and _same_case(word, follower)
        if surname and not (opens and follower.lower in english("given")):
            return place + 1
    return None


def _may_be_a_name(word: _Word, cue: str) -> bool:
    """Whether a word outside the lists follows ``my name is``, and not ``call me``, as one that can be a name."""
    lists = ("no surnames", "titles", "addresses")
    return "name" in cue[-10:].lower() and not any(word.lower in english(one) for one in lists) and not _feels(word)


def _feels(word: _Word) -> bool:
    return class_of_word(word.lower) is not None


def _stands_for_a_name(word: _Word) -> bool:
    """Whether a given name that is no word is written as one: ``Jane``, ``JANE``; ``jennifer`` if it is long enough."""
    if word.text[0].isupper() and not word.text.isupper():
        return True
    shortest = 4 if word.text.isupper() else _SHORTEST_SMALL
    return len(word.text) >= shortest and word.lower not in english("not in small letters")


def _in_small_letters_with_surname(text: str, words: Sequence[_Word], place: int) -> bool:
    """``sam smith``: a name that is too short to be taken for one alone."""
    if place + 1 == len(words) or not words[place].text.islower() or _gap(text, words, place + 1) != " ":
        return False
    return words[place + 1].text.islower() and words[place + 1].lower in english("surnames")


def _behind_title(word: _Word, before: str, *, titled: bool) -> bool:
    listed = any(word.lower in english(one) for one in ("given", "given words", "surnames"))
    if before in english("titles"):
        if word.text[0].isupper() and not word.text.isupper():
            return word.lower not in english("no names behind titles")
        return word.lower in english("surnames") or (listed and word.text.isupper())
    return before in english("addresses") and word.text[0].isupper() and not titled and listed


def _with_surname(text: str, words: Sequence[_Word], place: int, *, titled: bool) -> int:
    """Index of the last word of the name: initials, further given names and a surname belong to it."""
    last = place
    for step in range(place + 1, min(place + 4, len(words))):
        gap, word = _gap(text, words, step), words[step]
        if gap not in (" ", "-") and not (gap == ". " and len(words[step - 1].text) == 1):
            break
        if len(word.text) == 1 and word.text.isupper() and word.text != "I" and step == last + 1:
            continue  # an initial: counted with the surname behind it
        if not _belongs(words[place], word, titled=titled):
            break
        last = step
    return last


def _belongs(first: _Word, word: _Word, *, titled: bool) -> bool:
    """Whether a word behind a given name is a part of the name."""
    if word.lower in english("no surnames") or not _same_case(first, word):
        return False
    if word.lower in english("surnames"):
        return True
    if not word.text[0].isupper():
        return word.lower in english("given") and len(word.text) >= _SHORTEST_SMALL
    if any(word.lower in english(one) for one in ("given", "surname words")):
        return True
    return not titled and word.text[1:].islower() and len(word.text) > 2 and not _feels(word)


def _same_case(first: _Word, word: _Word) -> bool:
    return first.text[0].isupper() == word.text[0].isupper() and first.text.isupper() == word.text.isupper()


def _gap(text: str, words: Sequence[_Word], place: int) -> str:
    """What stands between a word and the one in front of it."""
    return text[words[place - 1].end : words[place].start]
