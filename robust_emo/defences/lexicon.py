"""The words that a model's own training texts use: slang, names and hashtags that no dictionary knows.

A word that fewer than :data:`FEWEST_TEXTS` texts use is left out, since the file travels with the model and a rare
word can give away who wrote.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from robust_emo.defences.noisy_words import noisy_words
from robust_emo.errors import InputError

FEWEST_TEXTS = 3


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """In how many different texts each word stands, in small letters, handles too, without #; common words only."""
    counts: Counter[str] = Counter()
    for text in dict.fromkeys(texts):  # a text that many shared is still one person's
        counts.update({word.text.lower().lstrip("#") for word in noisy_words(text)})
    return {word: count for word, count in sorted(counts.items()) if count >= FEWEST_TEXTS}


def write_lexicon(counts: dict[str, int]) -> bytes:
    """The content of a lexicon file: one word and its count per line, separated by a tab."""
    return "".join(f"{word}\t{count}\n" for word, count in counts.items()).encode()


def read_lexicon(path: Path) -> dict[str, int]:
    """Words and counts of a lexicon file.

    Raises:
        InputError: it cannot be read, or a line is not a word, a tab and a positive number.
    """
    counts = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"lexicon {path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        word, tab, count = line.partition("\t")
        if not (word and tab and count.isdecimal() and int(count)):
            raise InputError(f"lexicon {path}, line {number}: expected a word, a tab and a number, got {line[:40]!r}")
        counts[word] = int(count)
    return counts
