"""How much of some texts is English, for what knows English only."""

from collections.abc import Iterable

from robust_emo.defences.noisy_words import noisy_words
from robust_emo.defences.word_model import WordModel
from robust_emo.errors import InputError

FEWEST_WORDS = 200
"""Of so few words nothing is said."""

_LEAST_ENGLISH = 0.6  # of the words of training texts: 94% in English tweets, a fifth to two fifths in German or French


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


def check_english(texts: Iterable[str], normaliser: str) -> None:
    """Refuse to let a normaliser of that name, which knows English words only, learn from other texts.

    Raises:
        InputError: most words of the texts are in another language written in Latin letters.
    """
    share = english_share(texts)
    if share is not None and share < _LEAST_ENGLISH:
        raise InputError(
            f"normaliser {normaliser}: only {share:.0%} of the words of the training texts are English, and it would "
            "make English words of the others; harden with a recipe that leaves it out (--recipe FILE)"
        )
