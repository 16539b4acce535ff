"""How probable a word is, by itself and after another one.

Counts of English words and pairs of words come from the tables of SymSpell (Google's n-grams, Michel et al. 2011), as
the package symspellpy ships them, contractions without an apostrophe added; a model's own lexicon is mixed in.
"""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from robust_emo.defences.everyday_words import CONTRACTIONS

_UNIGRAMS, _BIGRAMS = "frequency_dictionary_en_82_765.txt", "frequency_bigramdictionary_en_243_342.txt"
_OWN = 0.6  # weight of the model's lexicon among words
_SEEN = 0.2  # weight of pairs that were counted, against words by themselves
_UNSEEN = math.log(1 - _SEEN)  # of a pair that was not


class WordModel:
    """English mixed with a lexicon.

    Args:
        lexicon: words of a model's training texts with the number of texts; may be empty.
    """

    def __init__(self, lexicon: Mapping[str, int]) -> None:
        english, total = _english(), sum(_english().values())
        own = max(1, sum(lexicon.values()))
        share = _OWN if lexicon else 0.0
        self.lexicon = lexicon
        self._probability = {
            word: share * lexicon.get(word, 0) / own + (1 - share) * english.get(word, 0) / total
            for word in english.keys() | lexicon.keys()
        }

    def words(self) -> list[str]:
        """Every word with a probability, in alphabetical order."""
        return sorted(self._probability)

    def probability(self, word: str) -> float:
        """In [0, 1]; 0 for a word that is not known. In small letters, without # or @."""
        return self._probability.get(word, 0.0)

    def log_next(self, before: str, word: str, log_probability: float) -> float:
        """Logarithm of the probability that `word` follows `before`, given that of `word` by itself."""
        pair = _pairs().get((before, word))
        if pair is None:
            return log_probability + _UNSEEN
        share = min(1.0, pair / _english().get(before, math.inf))
        return math.log(_SEEN * share + (1 - _SEEN) * math.exp(log_probability))

    def is_pair(self, before: str, word: str) -> bool:
        """Whether English has `word` after `before`."""
        return (before, word) in _pairs()


@cache
def _english() -> dict[str, int]:
    lines = _lines(_UNIGRAMS)
    every = {word: int(count) for word, count in (line.split() for line in lines)}
    counts = {word: count for word, count in every.items() if word.isascii() and (len(word) > 1 or word in "ai")}
    total = sum(counts.values())
    contractions = {word: round(share * total) for word, share in CONTRACTIONS.items()}  # of these the table has few
    return counts | {word: max(count, counts.get(word, 0)) for word, count in contractions.items()}


@cache
def _pairs() -> dict[tuple[str, str], int]:
    return {(before, word): int(count) for before, word, count in (line.split() for line in _lines(_BIGRAMS))}


def _lines(table: str) -> list[str]:
    return (files("symspellpy") / table).read_text(encoding="utf-8-sig").splitlines()
