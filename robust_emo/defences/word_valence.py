"""How pleasant single English words are, by VADER (Hutto & Gilbert 2014)."""

from collections.abc import Mapping
from functools import cache


def word_valence(word: str) -> float:
    """In [-4, 4], negative for unpleasant; 0 for words that VADER does not list. `word` is in small letters."""
    return valences().get(word, 0.0)


def opposed(word: str, other: str) -> bool:
    """Whether one of two words is pleasant and the other unpleasant."""
    return word_valence(word) * word_valence(other) < 0


@cache
def valences() -> Mapping[str, float]:
    """VADER's lexicon."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    lexicon: dict[str, float] = SentimentIntensityAnalyzer().lexicon
    return lexicon
