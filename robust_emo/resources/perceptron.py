"""An averaged perceptron that tags words from left to right (Collins 2002), with the weights that NLTK distributes.

Gives the tags that NLTK's own class gives, several times faster: a word's weights are added up as one array, and
alternatives for one word share what lies before it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_START, _END = ("-START-", "-START2-"), ("-END-", "-END2-")
_NO_TAGS = ("-START2-", "-START-")  # the other way round: so the weights were trained
_REMEMBERED = 20_000
_Row = npt.NDArray[np.float64]


class Perceptron:
    """The trained tagger.

    Args:
        weights: by feature, then by tag.
        tagdict: tags of words that have only one.
        classes: all tags.
    """

    def __init__(
        self, weights: Mapping[str, Mapping[str, float]], tagdict: Mapping[str, str], classes: Sequence[str]
    ) -> None:
        # Of tags with equal weight the last in alphabetical order wins, so that one comes first here.
        self._classes = sorted(classes, reverse=True)
        self._places = {tag: place for place, tag in enumerate(self._classes)}
        self._weights = weights
        self._tagdict = tagdict
        self._rows: dict[str, _Row | None] = {}
        self._tag = lru_cache(_REMEMBERED)(self._of_features)  # searches ask for the same few words again and again

    def tags(self, words: Sequence[str]) -> list[str]:
        """Penn Treebank tags, one per word."""
        return self._continued([], words, len(words))

    def tags_at(self, words: Sequence[str], index: int, alternatives: Sequence[str]) -> list[str]:
        """The tag that each alternative has in the place of the word at `index`."""
        known = self._continued([], words, max(0, index - 2))  # two words further on no tag depends on the word
        found = []
        for alternative in alternatives:
            changed = [*words[:index], alternative, *words[index + 1 :]]
            found.append(self._continued(known, changed, index + 1)[index])
        return found

    def _continued(self, known: Sequence[str], words: Sequence[str], end: int) -> list[str]:
        """`known` tags of the first words and those of the words up to `end`."""
        first = len(known)
        seen = map(_shape, words[max(0, first - 2) : end + 2])
        shapes = (*_START[first:], *seen, *_END[: max(0, end + 2 - len(words))])
        tags = [*_NO_TAGS, *known]
        for index in range(first, end):
            around = shapes[index - first : index - first + 5]
            tags.append(self._tagdict.get(words[index]) or self._tag(words[index], around, tags[-2], tags[-1]))
        return tags[2:]

    def _of_features(self, word: str, shapes: tuple[str, ...], second_last: str, last: str) -> str:
        before2, before, own, after, after2 = shapes
        total = np.zeros(len(self._classes))
        for feature in (
            "bias",
            f"i suffix {word[-3:]}",
            f"i pref1 {word[:1]}",
            f"i-1 tag {last}",
            f"i-2 tag {second_last}",
            f"i tag+i-2 tag {last} {second_last}",
            f"i word {own}",
            f"i-1 tag+i word {last} {own}",
            f"i-1 word {before}",
            f"i-1 suffix {before[-3:]}",
            f"i-2 word {before2}",
            f"i+1 word {after}",
            f"i+1 suffix {after[-3:]}",
            f"i+2 word {after2}",
        ):
            row = self._row(feature)
            if row is not None:
                total += row
        return self._classes[int(total.argmax())]

    def _row(self, feature: str) -> _Row | None:
        if feature in self._rows:
            return self._rows[feature]
        weights = self._weights.get(feature)
        if weights is None:
            return None  # not kept: texts hold any number of unknown features
        row = np.zeros(len(self._classes))
        for tag, weight in weights.items():
            row[self._places[tag]] = weight
        self._rows[feature] = row
        return row


def _shape(word: str) -> str:
    """A word as its neighbours see it."""
    if "-" in word and word[0] != "-":
        return "!HYPHEN"
    if word.isdigit() and len(word) == 4:
        return "!YEAR"
    return "!DIGITS" if word[:1].isdigit() else word.lower()
