"""How much of some texts is English, for what knows English only."""

from collections.abc import Iterable

from robust_emo.defences.noisy_words import noisy_words
from robust_emo.defences.word_model import WordModel

FEWEST_WORDS = 200
"""Of so few words nothing is said."""


def english_share(texts: Iterable[str]) -> float | None:
    """The share of English words, in [0, 1], among those of at least two letters that are all from a to z.

    Returns:
        None, where there are no more than :data:`FEWEST_WORDS` of them, or where most words are of another kind, as in
        Chinese texts: a corrector of English leaves those alone.
    """
    english, every, latin, known = WordModel({}), 0, 0, 0
    for text in texts:
        for noisy in noisy_words(text):
            word = noisy.text.lower().lstrip("#")
            every += 1
            if len(word) > 1 and word.isascii() and word.isalpha():
                latin += 1
                known += english.probability(word) > 0
    return known / latin if latin > max(FEWEST_WORDS, every / 2) else None
