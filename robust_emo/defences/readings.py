"""What a noisy word may have been meant to be, and how likely that noise is: the channel of a noisy-channel model.

Kernighan, Church & Gale 1990, "A Spelling Correction Program Based on a Noisy Channel Model". Weights are natural
logarithms. Somebody who wants to mislead a classifier misspells the words that carry the emotion, so these are more
likely than their share among all words: by the strength of their valence in VADER (Hutto & Gilbert 2014).
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from robust_emo.defences.near_spellings import NearSpellings
from robust_emo.defences.word_model import WordModel

_TRUSTED, _TRUSTED_SHORT = 3e-6, 3e-4  # words this probable are taken at their word
_SHORT = 3  # letters
_EDITS = (1.0, 8.0, 16.0)  # cost of no, one, two edits; the first for digits, signs and stretched letters alone
_KNOWN = 3.0  # more, where the noisy word is a word by itself
_VALENCE = 1.5  # less, per point of valence (0 to 4)
_UNKNOWN = math.log(1e-14)  # of a word that nobody has counted
_MOST = 8
_LONG = 5  # letters from which two edits are looked for

_LEET = str.maketrans("0134578@$€|!", "oieastbaseli")
_STRETCHED = re.compile(r"(.)\1{2,}")
_WILD = "?"  # stands for a letter of another script
_REMEMBERED = 200_000  # words


@dataclass(frozen=True, slots=True)
class Reading:
    """One word that may have been meant."""

    word: str
    """In small letters, with the # of a hashtag."""
    noise: float
    """Logarithm of how likely it comes out as it did, at most about 0."""
    log_probability: float
    """Of the word by itself."""


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
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._handle = _usual_handle(words.lexicon)

    def readings(self, noisy: str) -> tuple[Reading, ...]:
        """The most likely readings of a word in small letters, itself always among them and first.

        One only, where the word is common, is a handle, or is not made of letters.
        """
        known = self._readings.get(noisy)
        if known is None:
            if len(self._readings) >= _REMEMBERED:  # an attack asks for millions
                self._readings.clear()
            known = self._readings[noisy] = self._read(noisy)
        return known

    def meant(self, noisy: str) -> Reading:
        """The word as it stands."""
        probability = self.words.probability(bare(noisy))
        return Reading(noisy, 0.0, math.log(probability) if probability else _UNKNOWN)

    def _read(self, noisy: str) -> tuple[Reading, ...]:
        itself = self.meant(noisy)
        if noisy.startswith("@"):
            return (itself, *self._without_handle(noisy))
        probability = self.words.probability(bare(noisy))
        letters = _letters(bare(noisy))
        trusted = _TRUSTED if len(bare(noisy)) > _SHORT else _TRUSTED_SHORT
        if probability >= trusted or len(letters) < 2:
            return (itself,)
        known = _KNOWN if probability else 0.0
        best: dict[str, Reading] = {}
        for spelling in _unstretched(letters):
            for word, edits in self._near.near(spelling, self._most_edits if len(spelling) >= _LONG else 1):
                noise = _VALENCE * valence(word) - _EDITS[edits] - known
                reading = Reading(tag_of(noisy) + word, noise, math.log(self.words.probability(word)))
                if word != bare(noisy) and (word not in best or best[word].noise < noise):
                    best[word] = reading
        likely = sorted(best.values(), key=lambda reading: (-reading.noise - reading.log_probability, reading.word))
        return (itself, *likely[:_MOST])

    def _without_handle(self, noisy: str) -> Iterator[Reading]:
        """@wesome may be a word that begins with an a, and an unknown handle is as good as the usual one."""
        if self._handle and noisy not in self.words.lexicon:
            yield Reading(self._handle, 0.0, self.meant(self._handle).log_probability)
        word = _letters(noisy)
        if noisy not in self.words.lexicon and self.words.probability(word) and len(word) > 2:
            yield Reading(word, _VALENCE * valence(word) - _EDITS[0], math.log(self.words.probability(word)))


def _usual_handle(lexicon: Mapping[str, int]) -> str:
    """The handle that stands for all, where the training texts were made anonymous in that way; empty otherwise."""
    handles = [word for word in lexicon if word.startswith("@")]
    usual = max(handles, key=lambda word: lexicon[word], default="")
    return usual if handles and 2 * lexicon[usual] > sum(lexicon[word] for word in handles) else ""


def bare(word: str) -> str:
    """Without the # of a hashtag, typographic apostrophes made plain."""
    return word.removeprefix("#").replace("’", "'")


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


@cache
def _valences() -> dict[str, float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    lexicon: dict[str, float] = SentimentIntensityAnalyzer().lexicon
    return lexicon


def valence(word: str) -> float:
    """Strength of a word's valence in VADER, in [0, 4]; 0 for words without one."""
    return abs(_valences().get(word, 0.0))
