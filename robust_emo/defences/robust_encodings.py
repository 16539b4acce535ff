"""Robust encodings: every word becomes the one word that stands for all that its typos are taken for.

Jones, Jia, Raghunathan & Liang 2020, "Robust Encodings: A Framework for Combating Adversarial Typos".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from robust_emo.defences.encoding_table import EncodingTable
from robust_emo.defences.english import check_english
from robust_emo.defences.lexicon import count_words
from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions, unicode_version
from robust_emo.defences.word_by_word import word_by_word
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_CONTRACTED = re.compile(r"n't$|'(?:d|ll|m|re|ve)$|^[oy]'")
_WILD = "?"  # stands for a letter that no word of the table has
_REMEMBERED = 200_000  # words


class RobustEncodings:
    """Reads each word by itself, whatever stands around it.

    Words of the vocabulary become the representative of their cluster, others that of the most frequent word one edit
    away. Left alone: handles, the # of hashtags, contractions, numbers, emoji, words of other scripts, and words that
    are more than one edit away from the vocabulary.

    Args:
        encodings: file of :mod:`.encoding_table` with the clusters of the model's own vocabulary; None: those of
            English alone are made for the first text, which takes a few seconds.
        gamma: in [0, 1]: from clusters that keep all typos together to clusters that keep all words apart.
        most_words: size of the vocabulary.

    Raises:
        InputError: an unreadable file, or an argument out of its range.
    """

    spec = PluginSpec(
        name="robust-encodings",
        version="1",
        summary="one word for all words that typos confuse with each other",
        paper="Jones 2020",
        languages=("en",),
    )

    def __init__(self, *, encodings: Path | None = None, gamma: float = 0.9, most_words: int = 20_000) -> None:
        if encodings is not None and not isinstance(encodings, Path):
            raise InputError(f"normaliser {self.spec.name}: the encodings are learnt from the training data, "
                             "they cannot be named")  # fmt: skip
        if type(gamma) not in (int, float) or not 0 <= gamma <= 1:
            raise InputError(f"normaliser {self.spec.name}: gamma must be a number from 0 to 1, got {gamma}")
        if type(most_words) is not int or most_words < 1:
            raise InputError(f"normaliser {self.spec.name}: most_words must be at least 1, got {most_words}")
        self.encodings = encodings
        self.gamma = float(gamma)
        self.most_words = most_words
        self._learnt = EncodingTable.read(encodings) if encodings else None
        self._remembered: dict[str, str] = {}

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        folder: Path,
        *,
        groups: Iterable[str | None] | None = None,
        **arguments: Any,  # noqa: ANN401 - as __init__
    ) -> "RobustEncodings":
        """Make it with clusters of English and of the common words of `texts`, which it writes into `folder`.

        Raises:
            InputError: as above, or the texts are in another language written in Latin letters.
        """
        texts, path, plain = list(texts), folder / "encodings.tsv", cls(**arguments)
        check_english(texts, cls.spec.name)
        table = EncodingTable.of(count_words(texts, groups=groups), gamma=plain.gamma, most_words=plain.most_words)
        path.write_bytes(table.content())
        return cls(**{"encodings": path, **arguments})

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per word that another one stands for."""
        return word_by_word(text, self._encoding)

    def arguments(self) -> Mapping[str, Any]:
        """The file and what the clusters were made with."""
        return {"encodings": self.encodings, "gamma": self.gamma, "most_words": self.most_words}

    def depends_on(self) -> Mapping[str, str]:
        """Versions of Unicode, and of the table of words where there is no file."""
        return unicode_version() | ({} if self.encodings else package_versions("symspellpy"))

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("deepwordbug", "pruthi"),
            gaps=(
                Gap("Two edits in one word get through.", ("deepwordbug-strong", "pruthi-strong")),
                Gap("Torn words and signs that part a word get through.", ("letter-spacing",)),
                Gap("A typo that is a word of another cluster is read as that one.", ("real-words",)),
                Gap("Handles and words mostly of other scripts stay."),
                Gap("Words exchanged for others that are spelt right stay.", ("synonyms", "pwws")),
            ),
        )

    def notes(self) -> Sequence[str]:
        """What is promised, and what is not."""
        return (
            "Words that typos confuse may share one encoding: a model that was not trained behind it loses accuracy. "
            "Two edits in one word, blanks in a word and handles get through. English only. Words are those of "
            "symspellpy and of the training texts.",
        )

    @cached_property
    def _table(self) -> EncodingTable:
        return self._learnt or _english(self.gamma, self.most_words)

    def _encoding(self, word: str) -> str:
        """Of a word in small letters; itself where it is left alone."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:  # an attack asks for millions
                self._remembered.clear()
            known = self._table.encoding(_in_ascii(word)) if _may_be_english(word) else None
            known = self._remembered[word] = known or word
        return known


@cache
def _english(gamma: float, most_words: int) -> EncodingTable:
    return EncodingTable.of({}, gamma=gamma, most_words=most_words)


def _may_be_english(word: str) -> bool:
    letters = sum("a" <= character <= "z" for character in word)
    caseless = any(unicodedata.category(character) == "Lo" for character in word)  # Chinese, Arabic, ...
    return 2 * letters > len(word) and not caseless and not _CONTRACTED.search(word)


def _in_ascii(word: str) -> str:
    return "".join(character if character.isascii() else _WILD for character in word)
