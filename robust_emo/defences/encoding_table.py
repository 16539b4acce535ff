"""The table behind robust encodings: for each word of a vocabulary the word that stands for its cluster.

It is made of English word counts and the lexicon of the model's own training texts, and kept as a file: one word and
its representative per line, separated by a tab, the most frequent word first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from robust_emo.defences.agglomeration import representatives
from robust_emo.defences.typo_graph import reached_by_typos
from robust_emo.defences.word_model import WordModel
from robust_emo.errors import InputError
from robust_emo.near_spellings import LONGEST, NearSpellings

_LINE = re.compile(r"([a-z]+)\t([a-z]+)")
_SHORTEST = 2


@dataclass(frozen=True)
class EncodingTable:
    """Words from a to z in the order of their frequency, each with its representative, which represents itself."""

    representative: Mapping[str, str]

    @classmethod
    def of(cls, lexicon: Mapping[str, int], *, gamma: float, most_words: int) -> "EncodingTable":
        """Cluster the most probable words.

        Args:
            lexicon: words of training texts with the number of texts; may be empty.
            gamma: see :func:`~robust_emo.defences.agglomeration.representatives`.
            most_words: size of the vocabulary, at least 1.
        """
        model = WordModel(lexicon)
        # one letter less than what is looked up, so that every typo of a word is looked up
        fit = re.compile(rf"[a-z]{{{_SHORTEST},{LONGEST - 1}}}")
        words = sorted(filter(fit.fullmatch, model.words()), key=lambda word: (-model.probability(word), word))
        words = words[:most_words]
        places = representatives([model.probability(word) for word in words], reached_by_typos(words), gamma)
        return cls({word: words[place] for word, place in zip(words, places, strict=True)})

    @classmethod
    def read(cls, path: Path) -> "EncodingTable":
        """The table of a file.

        Raises:
            InputError: it cannot be read, or a line is not a new word, a tab and a word that represents itself.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"encodings {path} cannot be read: {error}") from error
        table: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            match = _LINE.fullmatch(line)
            if match is None or match[1] in table:
                raise InputError(
                    f"encodings {path}, line {number}: expected a new word, a tab and its representative, in letters "
                    f"from a to z, got {line[:40]!r}"
                )
            table[match[1]] = match[2]
        for number, (word, representative) in enumerate(table.items(), 1):
            if table.get(representative) != representative:
                raise InputError(
                    f"encodings {path}, line {number}: {representative!r} cannot stand for {word!r}, since it does not "
                    "stand for itself"
                )
        return cls(table)

    def content(self) -> bytes:
        """Of a file with this table."""
        return "".join(f"{word}\t{representative}\n" for word, representative in self.representative.items()).encode()

    def encoding(self, word: str) -> str | None:
        """What stands for a word in small letters: its representative, or that of the most frequent word one edit away.

        Args:
            word: of ASCII characters.

        Returns:
            None, where it is neither a word of the table nor one edit away from any.
        """
        known = self.representative.get(word)
        if known is not None or not _SHORTEST <= len(word) <= LONGEST:
            return known
        meant = min((name for name, _ in self._near.near(word, 1)), key=self._ranks.__getitem__, default=None)
        return None if meant is None else self.representative[meant]

    @cached_property
    def _near(self) -> NearSpellings:
        return NearSpellings(list(self.representative))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {word: rank for rank, word in enumerate(self.representative)}
