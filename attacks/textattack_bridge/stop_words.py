"""The stop words that TextAttack finds where it asks NLTK for them: NLTK's own, else scikit-learn's English ones."""

from collections.abc import Sequence

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.stop_words import nltk_stop_words

from .needs import nltk_lists_present


def stop_words(language: str) -> Sequence[str]:
    """Sorted stop words of a language by NLTK's name of it.

    Raises:
        PrerequisiteError: no list of that language is on this machine.
    """
    if nltk_lists_present():
        return sorted(nltk_stop_words(language))
    if language != "english":
        raise PrerequisiteError(f"no stop words of {language}: robust-emo resources fetch stop-words")
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return sorted(ENGLISH_STOP_WORDS)
