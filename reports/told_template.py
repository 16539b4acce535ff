"""A sentence that an audit writes, with gaps where its values stand.

Gaps are found as in file name patterns: each text between two gaps where it stands first, the last one at the end. That
takes one walk over the sentence, however hostile it is, where a regular expression with many gaps might try them all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

GAP = "{}"
_QUOTES = ("'", '"', "`")
_PLACE = re.compile(r"\{(\d+)\}")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_FULL_WIDTH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”]")
_NARROW = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class ToldTemplate:
    """An English sentence with gaps, and the same in another language."""

    fixed: tuple[str, ...]
    """What stands before, between and after the gaps."""
    other: tuple[str | int, ...]
    """In the other language: its own texts, and numbers of gaps, counted from 0."""

    @property
    def letters(self) -> int:
        """How much of the sentence is fixed: of two that fit, the one with more of it says more of what was meant."""
        return sum(map(len, self.fixed))

    def holds_name(self, place: int, value: str) -> bool:
        """Whether `value` of this gap is a name: between quotation marks, or one word within the sentence."""
        before, after = self.fixed[place], self.fixed[place + 1]
        return bool(before) and (_between_quotes(before, after) or " " not in value)

    def values(self, text: str) -> list[str] | None:
        """What stands in the gaps of `text`, at least one character each; None where it is another sentence."""
        first, last = self.fixed[0], self.fixed[-1]
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found, at = [], len(first)
        for following in self.fixed[1:-1]:
            next_at = text.find(following, at + 1, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(following)
        if at >= end:
            return None
        found.append(text[at:end])
        return None if any(map(_runs_over, found, self.fixed, self.fixed[1:])) else found

    def told(self, values: Sequence[str]) -> str:
        """The sentence in the other language, with these values in its gaps."""
        return reduce(_beside, (part if isinstance(part, str) else values[part] for part in self.other), "")


def told_template(english: str, other: str) -> ToldTemplate:
    """Template of a line of a catalogue.

    Args:
        english: with a :data:`GAP` for each value.
        other: the same in another language; ``{0}`` is the value of the first gap.
    """
    parts = _PLACE.split(other)
    return ToldTemplate(
        tuple(english.split(GAP)), tuple(int(part) if place % 2 else part for place, part in enumerate(parts))
    )


def _runs_over(value: str, before: str, after: str) -> bool:
    """Whether a value in quotation marks goes on behind the one that ends it."""
    return _between_quotes(before, after) and before[-1:] in value


def _between_quotes(before: str, after: str) -> bool:
    return before[-1:] in _QUOTES and before[-1:] == after[:1]


def _beside(left: str, right: str) -> str:
    """Both, with a space between Chinese and letters or digits, and none within Chinese."""
    end, start = left.rstrip(" ")[-1:], right.lstrip(" ")[:1]
    if _FULL_WIDTH.match(end) and _FULL_WIDTH.match(start):
        return left.rstrip(" ") + right.lstrip(" ")
    mixed = (_IDEOGRAPH.match(end) and _NARROW.match(start)) or (_NARROW.match(end) and _IDEOGRAPH.match(start))
    return f"{left} {right}" if mixed and left[-1:] == end and right[:1] == start else f"{left}{right}"
