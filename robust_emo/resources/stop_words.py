"""NLTK's lists of stop words."""

from functools import cache

from robust_emo.resources.catalogue import store
from robust_emo.resources.store import Store


def nltk_stop_words(language: str = "english") -> frozenset[str]:
    """NLTK's stop words of a language, lower case.

    Args:
        language: the name of one of its lists, e.g. ``english`` or ``chinese``.

    Raises:
        PrerequisiteError: the lists are not there, or have none for that language.
    """
    return _words(store("stop-words"), language)


@cache
def _words(files: Store, language: str) -> frozenset[str]:
    return frozenset(files.read(language).decode("utf-8").split())
