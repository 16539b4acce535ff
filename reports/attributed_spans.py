"""The words of an explanation and what stands between them, with people masked where that is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.personal.finding import Certainty
from robust_emo.personal.rewriting import Moved, mask_of, rewrite
from robust_emo.types import Explanation

from .masking import CHANGED


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the shown text."""

    text: str
    attribution: float | None
    """Null for what stands between words."""


def spans_of(explanation: Explanation, *, masked: bool, hidden: Sequence[str] = ()) -> tuple[Span, ...]:
    """All of the text, in its order.

    Args:
        explanation: its words must not overlap; one that does is shown with the text it names.
        masked: replace names, handles, addresses, links and numbers of people. Words that fall into one placeholder
            become one, with the sum of their attributions.
        hidden: in lower case; words that are a part of one of these are hidden too, because an attack may have cut
            something personal into pieces.
    """
    if not masked:
        return _spans(explanation.text, [(w.start, w.end, w.text, w.attribution) for w in explanation.words])
    rewritten = rewrite(explanation.text, mask_of, certainty=Certainty.POSSIBLE)
    merged: list[tuple[int, int, float]] = []
    before: Moved | None = None
    for word in explanation.words:
        start, end = word.start, word.end
        touched = [moved for moved in rewritten.moved if moved.start < end and start < moved.end]
        if touched and touched[0] is before and merged:
            start, total = merged[-1][0], merged.pop()[2]
        else:
            total = 0.0
        merged.append((start, end, total + word.attribution))
        before = touched[-1] if touched else None
    placed = []
    for start, end, attribution in merged:
        new_start, new_end = _place(start, rewritten.moved, end=False), _place(end, rewritten.moved, end=True)
        text = rewritten.text[new_start:new_end]
        fragment = len(text) > 1 and any(text.lower() in secret for secret in hidden)
        placed.append((new_start, new_end, CHANGED if fragment else text, attribution))
    return _spans(rewritten.text, placed)


def _place(at: int, moved: Sequence[Moved], *, end: bool) -> int:
    """Where an offset of the old text lies in the new one; inside a placeholder, at the end it belongs to."""
    shift = 0
    for each in moved:
        if at <= each.start and not (end and at > each.start):
            break
        if at < each.end or (end and at == each.end):
            return each.new_end if end else each.new_start
        shift = each.new_end - each.end
    return at + shift


def _spans(text: str, words: Sequence[tuple[int, int, str, float]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    done = 0
    for start, end, word, attribution in words:
        if start > done:
            spans.append(Span(text[done:start], None))
        spans.append(Span(word, attribution))
        done = max(done, end)
    if done < len(text):
        spans.append(Span(text[done:], None))
    return tuple(spans)
