"""Valence of a text, from unpleasant to pleasant, by lexicons.

English: VADER (Hutto & Gilbert 2014), which knows negation, degree and capitals. VADER reads an emoji as the words of
its name, so that 😂 is "face with tears of joy"; emoji of our table are put into words of emotion first, and other
emoji are left to VADER. Chinese: the difference of pleasant and unpleasant words of our table, on VADER's scale.
"""

import math
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from robust_emo.validity.emotion_words import POLARITY, chinese_words, pictures_as_words

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

# "could not be happier" is happy, "can't wait" waits: VADER takes both for denials.
_IDIOM = re.compile(
    r"\b(?:could|can)(?:n['’]?t| ?not|['’]?t) "
    r"(?:be (?P<kept>more|happier|prouder|better|gladder|sadder|angrier)|wait|stop|help)\b",
    re.IGNORECASE,
)
_WEIGHT = 2.5  # of one Chinese word of emotion: a usual weight of strong words in VADER's lexicon
_ALPHA = 15.0  # VADER's normalisation


@lru_cache(maxsize=4096)
def valence(text: str) -> float:
    """In [-1, 1]; 0 where no word of the lexicons occurs.

    Raises:
        ModuleNotFoundError: vaderSentiment is not installed.
    """
    worded = _IDIOM.sub(lambda match: match.group("kept") or "", pictures_as_words(text))
    english = float(_analyzer().polarity_scores(worded)["compound"]) if re.search("[A-Za-z]", worded) else 0.0
    total = _chinese_total(text)
    if not total:
        return english
    chinese = total / math.sqrt(total * total + _ALPHA)
    return max(-1.0, min(1.0, english + chinese))


def _chinese_total(text: str) -> float:
    return sum(POLARITY[name] * (-1 if denied else 1) for name, denied in chinese_words(text)) * _WEIGHT


@cache
def _analyzer() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
