"""Chinese words of the same meaning and emotion, their English counterparts, and where they stand in a text.

Both tables are our own. `resources/zh_synonyms.txt` has one group of synonyms per line, behind the emotion they
express. `resources/zh_en_words.txt` has ``emotion | Chinese | English | English forms``: words of the two middle
columns translate each other, forms are only read, words with a star are only written (like is more often a
preposition than 喜欢), and a hyphen stands for a blank. Lines that begin with ``=`` list words that merely look as
if they held an entry of the tables: 发生气 is the beginning of 发生|气味, not 生气.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words that say the same in both languages."""

    emotion: str
    """`neutral` where the words express none."""
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    """As written into a Chinese text."""
    english_read: tuple[str, ...]
    """Single words in lower case that are recognised in an English text."""


@cache
def synonym_groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(emotion, words) of each group; no word is in two groups."""
    rows = (line.split() for line in _lines("zh_synonyms.txt"))
    return tuple((emotion, tuple(words)) for emotion, *words in rows if emotion != "=")


@cache
def meanings() -> tuple[Meaning, ...]:
    """The bilingual table; no word is in two of its rows."""
    return tuple(_meaning(line) for line in _lines("zh_en_words.txt") if not line.startswith("="))


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """By word: the others of its group."""
    return {word: tuple(w for w in words if w != word) for _, words in synonym_groups() for word in words}


@cache
def english_for() -> dict[str, tuple[str, ...]]:
    """By Chinese word: English words and phrases."""
    return {word: row.english for row in meanings() for word in row.chinese}


@cache
def chinese_for() -> dict[str, tuple[str, ...]]:
    """By English word in lower case: Chinese words."""
    return {word: row.chinese for row in meanings() for word in row.english_read}


def find_words(run: str, vocabulary: Collection[str]) -> Iterator[tuple[int, int]]:
    """Spans of words of `vocabulary` in `run`: from left to right, the longest word that begins at each place."""
    known, longest = _traps(), max(map(len, [*vocabulary, *_traps()]))
    start = 0
    while start < len(run):
        lengths = range(min(longest, len(run) - start), 0, -1)
        matches = ((n, run[start : start + n]) for n in lengths)
        length, word = next(((n, w) for n, w in matches if w in vocabulary or w in known), (1, ""))
        if word in vocabulary:
            yield start, start + length
        start += length


def _meaning(line: str) -> Meaning:
    emotion, chinese, english, *forms = ([word.replace("-", " ") for word in cell.split()] for cell in line.split("|"))
    read = [word for word in english if not word.endswith("*") and " " not in word]
    return Meaning(
        emotion=emotion[0],
        chinese=tuple(chinese),
        english=tuple(word.rstrip("*") for word in english),
        english_read=(*read, *(form for column in forms for form in column)),
    )


@cache
def _traps() -> frozenset[str]:
    lines = [line for name in ("zh_synonyms.txt", "zh_en_words.txt") for line in _lines(name)]
    return frozenset(word for line in lines if line.startswith("=") for word in line.split()[1:])


def _lines(name: str) -> list[str]:
    return (files(__package__) / "resources" / name).read_text(encoding="utf-8").splitlines()
