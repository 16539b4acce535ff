"""A rewritten text that knows, for every stretch of it, where in the original it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replacement:
    """`text` stands where text[start:end] stood; `end` may equal `start`, `text` may be empty."""

    start: int
    end: int
    text: str


def replaced(text: str, replacements: Sequence[Replacement]) -> str:
    """`text` with the replacements made.

    Args:
        text: any text.
        replacements: in the order of the text, none overlapping another.
    """
    pieces: list[str] = []
    end = 0
    for replacement in replacements:
        pieces += (text[end : replacement.start], replacement.text)
        end = replacement.end
    return "".join(pieces) + text[end:]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What became of one text, step by step."""

    text: str
    """After the last step."""
    steps: tuple[tuple[Replacement, ...], ...]
    """Of each step, its replacements in the text that the step before made."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original from which text[start:end] was made.

        A character that was made together with others comes from all that they replaced.
        """
        for replacements in reversed(self.steps):
            start, end = _span_before(replacements, start, end)
        return start, end


def _span_before(replacements: Sequence[Replacement], start: int, end: int) -> tuple[int, int]:
    first, last, shift = None, None, 0
    for replacement in replacements:
        made_start = replacement.start + shift
        made_end = made_start + len(replacement.text)
        before = shift
        shift += len(replacement.text) - (replacement.end - replacement.start)
        if first is None and start < made_end:
            first = replacement.start if start >= made_start else start - before
        if last is None and end <= made_end:
            last = replacement.end if end > made_start else end - before
    first = start - shift if first is None else first
    last = end - shift if last is None else last
    return first, max(first, last)
