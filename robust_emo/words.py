"""Words of a text with everything between them kept, so that an edited word leaves the rest untouched."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# CJK characters count as one word each (Chinese has no spaces); an emoji with its modifiers and joiners is one word;
# a word keeps inner apostrophes, hyphens and in-word invisible or control characters; # and @ stay with their word.
_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_EMOJI = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}"
    r"|[\u2600-\u27bf\u2b00-\u2bff\U0001F300-\U0001FAFF](?:[\ufe0f\U0001F3FB-\U0001F3FF]|\u200d"
    r"[\u2600-\u27bf\U0001F300-\U0001FAFF])*)"
)
_UNSEEN = r"\u0300-\u036f\u200b-\u200f\u2060\u2065\u00ad\ufeff"
_CONTROLS = r"\x08\x7f\u202a-\u202e\u2066-\u2069"  # erase or reorder what is around them
_WORD = re.compile(
    rf"(?:[{_CJK}]|{_EMOJI})[\u200b\u2060\u2065]*"
    rf"|[#@]?[^\W{_CJK}](?:[^\W{_CJK}]|['’\-](?=[{_UNSEEN}{_CONTROLS}]*\w)|[{_UNSEEN}]"
    rf"|[{_CONTROLS}]+(?=['’\-]?[^\W{_CJK}]))*"
)


@dataclass(frozen=True, slots=True)
class Words:
    """An immutable text split into words and what stands between them.

    `gaps` has one element more than `words`; the text is gaps[0] words[0] gaps[1] … words[-1] gaps[-1].
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Split `text`; `Words.of(text).text == text` always."""
        words, gaps, end = [], [], 0
        for match in _WORD.finditer(text):
            words.append(match.group())
            gaps.append(text[end : match.start()])
            end = match.end()
        return cls(tuple(words), (*gaps, text[end:]))

    @property
    def text(self) -> str:
        """The whole text."""
        pieces = [""] * (len(self.words) + len(self.gaps))
        pieces[::2], pieces[1::2] = self.gaps, self.words
        return "".join(pieces)

    @property
    def indices(self) -> range:
        """Positions of the words."""
        return range(len(self.words))

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, index: int) -> str:
        return self.words[index]

    def replace(self, index: int, word: str) -> "Words":
        """The same text with another word (possibly empty, or several words) at `index`."""
        return Words((*self.words[:index], word, *self.words[index + 1 :]), self.gaps)


_UNSPACED = re.compile(rf"[{_CJK}]")


def joined(words: Sequence[str]) -> str:
    """A text of these words: a space between two of them, none beside a CJK character."""
    pieces, before = [], ""
    for word in words:
        apart = before and not (_UNSPACED.match(before) or _UNSPACED.match(word))
        pieces.append(f" {word}" if apart else word)
        before = word
    return "".join(pieces)


def words_changed(original: str, perturbed: str) -> int:
    """Fewest words of `original` that were replaced or deleted, or words that were inserted, to get `perturbed`.

    Word-level Levenshtein distance; spacing and punctuation between words do not count.
    """
    return edit_distance(Words.of(original).words, Words.of(perturbed).words)


def edit_distance(left: Sequence[str], right: Sequence[str]) -> int:
    """Levenshtein distance between two sequences: characters of strings, or words of lists.

    Bit-parallel (Myers 1999, in the form of Hyyrö 2003): one column of the dynamic programme is one Python integer,
    since every result of an attack, and many of its candidates, are measured.
    """
    left, right = _without_common_ends(left, right)
    if not left or not right:
        return len(left) + len(right)
    places: dict[str, int] = {}
    for place, item in enumerate(left):
        places[item] = places.get(item, 0) | 1 << place
    every, last = (1 << len(left)) - 1, 1 << (len(left) - 1)
    up, down, distance = every, 0, len(left)  # bits: where a column's neighbours differ by +1 and by -1
    for item in right:
        equal = places.get(item, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        more, fewer = down | ~(diagonal | up) & every, up & diagonal
        distance += bool(more & last) - bool(fewer & last)
        more, fewer = (more << 1 | 1) & every, fewer << 1 & every
        up, down = fewer | ~(diagonal | more) & every, more & diagonal
    return distance


def _without_common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    shorter, start, end = min(len(left), len(right)), 0, 0
    while start < shorter and left[start] == right[start]:
        start += 1
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]
