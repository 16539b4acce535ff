"""The stretches of a text that get one attribution each: words, signs and emoji as people read them, not tokens."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import emoji

from robust_emo.words import Words

Span = tuple[int, int]
_SOLID = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Segments:
    """A text and its segments in order; what lies between them is blank."""

    text: str
    spans: tuple[Span, ...]
    """text[start:end] of each; none overlaps another."""

    @classmethod
    def of(cls, text: str, tokens: Sequence[Span] = ()) -> "Segments":
        """Words as :class:`~robust_emo.words.Words` has them, each emoji of a run, and what else is not blank.

        Args:
            text: any text.
            tokens: spans that must not be divided: segments that one of them touches become one, since nobody can
                say which of them the model meant. Empty spans are passed over.
        """
        emoji_spans = _emoji(text)
        pieces = _pieces(text, emoji_spans)
        starts = [start for start, _ in pieces]
        joined_with_next = [False] * len(pieces)
        for start, end in (*tokens, *emoji_spans):
            touched = _touched(pieces, starts, start, end)
            for piece in touched[:-1]:
                joined_with_next[piece] = True
        spans: list[Span] = []
        follows = False
        for (start, end), joins in zip(pieces, joined_with_next, strict=True):
            spans[-1:] = [(spans[-1][0], end)] if follows else [*spans[-1:], (start, end)]
            follows = joins
        return cls(text, tuple(spans))

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands in each."""
        return tuple(self.text[start:end] for start, end in self.spans)

    def owners(self, tokens: Sequence[Span]) -> list[int | None]:
        """The segment that each token belongs to; of a blank token the one behind it, or else the last.

        None for an empty span, and in a text without segments.
        """
        starts = [start for start, _ in self.spans]
        return [self._owner(token, starts) for token in tokens]

    def _owner(self, token: Span, starts: Sequence[int]) -> int | None:
        start, end = token
        if end <= start or not self.spans:
            return None
        touched = _touched(self.spans, starts, start, end)
        return touched[0] if touched else min(bisect_right(starts, start), len(self) - 1)

    def without(self, removed: Collection[int]) -> str:
        """The text with segments deleted, and no more space between the others than there was.

        Args:
            removed: positions of segments.
        """
        pieces: list[str] = []
        end, space = 0, ""
        for position, (start, stop) in enumerate(self.spans):
            space = space or self.text[end:start]
            end = stop
            if position in removed:
                continue
            pieces += (space if pieces else "", self.text[start:stop])
            space = ""
        return "".join(pieces)

    def masked(self, hidden: Collection[int], mask: str) -> str:
        """The text with `mask` in the place of segments.

        Args:
            hidden: positions of segments.
            mask: what stands in their place.
        """
        pieces: list[str] = []
        end = 0
        for position, (start, stop) in enumerate(self.spans):
            pieces += (self.text[end:start], mask if position in hidden else self.text[start:stop])
            end = stop
        return "".join(pieces) + self.text[end:]


def _emoji(text: str) -> tuple[Span, ...]:
    """Each with its modifiers, the digit of a keycap and the letters of a flag."""
    if text.isascii():
        return ()
    return tuple((int(each["match_start"]), int(each["match_end"])) for each in emoji.emoji_list(text))


def _pieces(text: str, emoji_spans: Sequence[Span]) -> list[Span]:
    words = Words.of(text)
    ends = sorted({offset for span in emoji_spans for offset in span})
    pieces: list[Span] = []
    end = 0
    for position, gap in enumerate(words.gaps):
        for found in _SOLID.finditer(gap):
            pieces += _cut(end + found.start(), end + found.end(), ends)
        end += len(gap)
        if position < len(words):
            pieces.append((end, end + len(words[position])))
            end += len(words[position])
    return pieces


def _cut(start: int, end: int, offsets: Sequence[int]) -> Iterator[Span]:
    """[start, end) in parts, divided at those of `offsets` that lie inside."""
    return pairwise((start, *(offset for offset in offsets if start < offset < end), end))


def _touched(spans: Sequence[Span], starts: Sequence[int], start: int, end: int) -> list[int]:
    """Positions of those of `spans` that overlap [start, end)."""
    position = max(0, bisect_right(starts, start) - 1)
    touched = []
    while position < len(spans) and spans[position][0] < end:
        if spans[position][1] > start:
            touched.append(position)
        position += 1
    return touched
