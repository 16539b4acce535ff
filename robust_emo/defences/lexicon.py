"""The words that a model's own training texts use: slang, names and hashtags that no dictionary knows.

The file travels with the model, and a word can give away who wrote. Left out are words that fewer than
:data:`FEWEST_TEXTS` texts use, or as many groups of texts where it is known which belong together; handles, but for one
that stands for all; and words with :data:`MOST_DIGITS` digits or more, which may be numbers of telephones or accounts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from robust_emo.defences.noisy_words import noisy_words
from robust_emo.errors import InputError

FEWEST_TEXTS = 3
MOST_DIGITS = 5


def count_words(texts: Iterable[str], *, groups: Iterable[str | None] | None = None) -> dict[str, int]:
    """In how many different texts each word stands, in small letters, without #; only those that give nobody away.

    Args:
        texts: of the training data.
        groups: for each text whose it is, where that is known. A word must stand in texts of :data:`FEWEST_TEXTS`
            of them; a text without a group is one of its own.
    """
    counts: Counter[str] = Counter()
    sources: dict[str, set[str]] = defaultdict(set)
    everything = dict(zip(texts, groups, strict=True)) if groups is not None else dict.fromkeys(texts)
    for text, group in everything.items():  # a text that many shared is still one person's
        found = {word.text.lower().lstrip("#") for word in noisy_words(text)}
        counts.update(found)
        for word in found:
            sources[word].add(f"text {text}" if group is None else f"group {group}")
    usual = _usual_handle(counts)
    return {
        word: count
        for word, count in sorted(counts.items())
        if len(sources[word]) >= FEWEST_TEXTS and _is_anybodys(word, usual)
    }


def _usual_handle(counts: Mapping[str, int]) -> str:
    """The handle that stands for all, where texts were made anonymous in that way; empty otherwise."""
    handles = {word: count for word, count in counts.items() if word.startswith("@")}
    usual = max(handles, key=lambda word: handles[word], default="")
    return usual if usual and 2 * handles[usual] > sum(handles.values()) else ""


def _is_anybodys(word: str, usual_handle: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return digits < MOST_DIGITS and (not word.startswith("@") or word == usual_handle)


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
