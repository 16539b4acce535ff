"""What a noisy word may have been meant to be, and how likely that noise is: the channel of a noisy-channel model.

Kernighan, Church & Gale 1990, "A Spelling Correction Program Based on a Noisy Channel Model". Weights are natural
logarithms. Somebody who wants to mislead a classifier misspells the words that carry the emotion, so these are more
likely than their share among all words: by the strength of their valence in VADER (Hutto & Gilbert 2014). A letter
put in or replaced is one of twenty-six that could have been; a letter lost, or two exchanged, leave no such choice.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from robust_emo.defences.capitals import Manner
from robust_emo.defences.everyday_words import CONTRACTIONS, NEGATIONS, slang, with_apostrophe
from robust_emo.defences.polarity import faithful
from robust_emo.defences.reading import Reading
from robust_emo.defences.word_model import WordModel
from robust_emo.defences.word_valence import valences, word_valence
from robust_emo.near_spellings import NearSpellings

_TRUSTED, _TRUSTED_SHORT = 3e-6, 3e-4  # words this probable are taken at their word
_SHORT = 3  # letters
_EDITS = (1.0, 6.5, 13.0)  # cost of no, one, two edits; the first for digits, signs and stretched letters alone
_INVENTED = 3.0  # more, per letter that the word has not: one of 26, where letters lost or exchanged leave no choice
_KNOWN = 6.0  # more, where the noisy word is a word by itself
_NAME = 12.0  # more, where it looks like a name
_SHORTEST = 3  # letters; shorter words, of which nearly every spelling is another one, are mended to emotional ones
_SHORTEST_NAME = 5  # letters; shorter ones are left alone
_SHORTEST_TAG = (0, 5, 8)  # letters from which no, one, two edits mend a hashtag; one does for emotional words
_VALENCE = 1.5  # less, per point of valence (0 to 4)
_UNKNOWN = math.log(1e-14)  # of a word that nobody has counted
_MOST = 8
_LONG = 6  # letters from which two edits are looked for

_LEET = str.maketrans("0134578@$€|!", "oieastbaseli")
_SIGNS = re.compile(r"[@$€*|!]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_WILD = "?"  # stands for a letter of another script
_REMEMBERED = 200_000  # words


class NoiseModel:
    """Readings of noisy words.

    Args:
        words: how probable words are.
        most_edits: 1 or 2, per word.
    """

    def __init__(self, words: WordModel, *, most_edits: int) -> None:
        self.words = words
        self._most_edits = most_edits
        self._near = NearSpellings([word for word in words.words() if word.isascii() and word.isalpha()])
        self._readings: dict[tuple[str, Manner], tuple[Reading, ...]] = {}
        self._handle = next((word for word in words.lexicon if word.startswith("@")), "")  # stands for all

    def readings(self, noisy: str, manner: Manner = Manner.PLAIN) -> tuple[Reading, ...]:
        """The most likely readings of a word in small letters, itself always among them and first.

        One only, where the word is trusted, or is not made of letters.
        """
        known = self._readings.get((noisy, manner))
        if known is None:
            if len(self._readings) >= _REMEMBERED:  # an attack asks for millions
                self._readings.clear()
            known = self._readings[noisy, manner] = self._read(noisy, manner)
        return known

    def meant(self, noisy: str) -> Reading:
        """The word as it stands."""
        probability = self.words.probability(bare(noisy))
        return Reading(noisy, 0.0, math.log(probability) if probability else _UNKNOWN)

    def trusts(self, word: str) -> bool:
        """Whether a word, in small letters and without #, is taken at its word: common, a plural of one, slang."""
        return self._is_common(word) or is_everyday(word) or self._is_plural(word)

    def _is_plural(self, word: str) -> bool:
        """Of a common word; not of one with a valence, to which an attacker may have put an s: sads."""
        one = word.removesuffix("s")
        return _SHORT <= len(one) < len(word) and self.words.probability(one) >= _TRUSTED and not valence(one)

    def _is_common(self, word: str) -> bool:
        return self.words.probability(word) >= (_TRUSTED if len(word) > _SHORT else _TRUSTED_SHORT)

    def _is_composed(self, word: str) -> bool:
        """Whether two common words make it, as hashtags do: whitehouse."""
        return any(self._is_common(word[:cut]) and self._is_common(word[cut:]) for cut in range(2, len(word) - 1))

    def _read(self, noisy: str, manner: Manner) -> tuple[Reading, ...]:
        itself, word = self.meant(noisy), bare(noisy)
        if noisy.startswith("@"):
            return (itself, *self._without_handle(noisy))
        if manner is Manner.ABBREVIATION or self.trusts(word) or self._parted_by_signs(word):
            return (itself,)
        if noisy.startswith("#") and self._is_composed(word):
            return (itself,)
        if "'" in word:
            return (itself, *self._with_apostrophe(noisy, word))
        others = self._others(noisy, word, _letters(word))
        others = faithful(noisy, others, known=self.words.probability(word) > 0)
        others = list(_with_evidence(word, others, manner, tagged=noisy.startswith("#")))
        likely = sorted(others, key=lambda reading: (-reading.noise - reading.log_probability, reading.word))
        return (itself, *likely[:_MOST])

    def _others(self, noisy: str, word: str, letters: str) -> list[Reading]:
        """Words within reach of the letters."""
        if len(letters) < 2:
            return []
        known = _KNOWN if self.words.probability(word) else 0.0
        best: dict[str, Reading] = {}
        for spelling in _unstretched(letters):
            counts = Counter(spelling.replace(_WILD, ""))  # wild letters are wrong in any case
            for other, edits in self._near.near(spelling, self._most_edits if len(spelling) >= _LONG else 1):
                noise = _VALENCE * valence(other) - _EDITS[edits] - _INVENTED * _invented(counts, other) - known
                reading = Reading(tag_of(noisy) + other, noise, math.log(self.words.probability(other)), edits)
                if other != word and (other not in best or best[other].noise < noise):
                    best[other] = reading
        return list(best.values())

    def _with_apostrophe(self, noisy: str, word: str) -> Iterator[Reading]:
        """Negated contractions that were meant by a word with an apostrophe: dind't."""
        plain = word.replace("'", "")
        readings = [self.meant(plain)] if plain in CONTRACTIONS else []
        if not readings and "t" in word.rpartition("'")[2]:
            others = [other for other in self._others(noisy, word, plain) if other.edits == 1]
            readings = faithful(plain, others, known=self.words.probability(plain) > 0)
        for reading in readings:
            if with_apostrophe(reading.word) not in (reading.word, word):
                yield replace(reading, word=with_apostrophe(reading.word))

    def _parted_by_signs(self, word: str) -> bool:
        """Whether signs that may stand for a letter part two words: great!so."""
        parts = _SIGNS.split(word)
        return len(parts) > 1 and all(len(part) > 1 and self.words.probability(part) for part in parts)

    def _without_handle(self, noisy: str) -> Iterator[Reading]:
        """@wesome may be a word that begins with an a, and an unknown handle is as good as the usual one."""
        if self._handle and noisy not in self.words.lexicon:
            yield Reading(self._handle, 0.0, self.meant(self._handle).log_probability)
        word = _letters(noisy)
        if noisy not in self.words.lexicon and self.words.probability(word) and len(word) > 2:
            yield Reading(word, _VALENCE * valence(word) - _EDITS[0], math.log(self.words.probability(word)))


def _with_evidence(word: str, readings: Iterable[Reading], manner: Manner, *, tagged: bool) -> Iterator[Reading]:
    """Those for which enough speaks where the word may be a name: two edits make almost any name a common word."""
    for reading in readings:
        emotional = valence(bare(reading.word)) > 0
        if reading.edits and len(word) < _SHORTEST and not emotional:
            continue
        if reading.edits == 0 or (tagged and emotional and reading.edits == 1):
            yield reading
        elif tagged and len(word) < _SHORTEST_TAG[reading.edits]:
            continue
        elif manner is Manner.NAME:
            if reading.edits == 1 and len(word) >= _SHORTEST_NAME:
                yield replace(reading, noise=reading.noise - _NAME)
        elif manner is Manner.PLAIN or reading.edits == 1 or emotional:
            yield reading


def bare(word: str) -> str:
    """Without the # of a hashtag, typographic apostrophes made plain."""
    return word.removeprefix("#").replace("’", "'")


def _invented(letters: Mapping[str, int], word: str) -> int:
    """How many letters of a noisy word, counted, the word has not."""
    return sum(max(0, count - word.count(letter)) for letter, count in letters.items())


def tag_of(word: str) -> str:
    """The # of a hashtag, or nothing."""
    return word[:1] if word.startswith("#") else ""


def _letters(word: str) -> str:
    """ASCII letters only: digits and signs read as letters, accents dropped, other scripts' letters made wild.

    Empty where that is not a word any more: mostly digits, mostly another script, or with an apostrophe.
    """
    if word.isascii() and word.isalpha():
        return word
    if "'" in word or 2 * sum(character.isdigit() for character in word) >= len(word):
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    plain = re.sub(r"[^\w?]|_", "", plain.translate(_LEET))
    wild = "".join(c if c.isascii() else _WILD for c in plain)
    return wild if 3 * wild.count(_WILD) <= len(wild) and not re.search(r"\d", wild) else ""


def _unstretched(word: str) -> set[str]:
    return {_STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)}


def valence(word: str) -> float:
    """Strength of a word's valence in VADER, in [0, 4]; 0 for words without one."""
    return abs(word_valence(word))


def is_everyday(word: str) -> bool:
    """Whether a word, in small letters and without #, is a contraction, a negation, slang or one of VADER's."""
    return word in NEGATIONS or word in CONTRACTIONS or word in slang() or word in valences()
