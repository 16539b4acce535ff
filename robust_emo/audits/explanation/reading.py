"""Texts made ready to be explained: their tokens, their segments, and what is asked about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution, Values, completeness_gap, merged
from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.target import Target
from robust_emo.errors import InputError
from robust_emo.models.token_windows import Window, token_windows
from robust_emo.models.victim import Victim


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the model reads it, and the question."""

    segments: Segments
    """Of all windows."""
    windows: tuple[Window, ...]
    target: Target
    seen: Segments
    """The beginning that the model itself reads; `segments` of a text that is no longer than the model."""

    @property
    def text(self) -> str:
        """As it was written."""
        return self.segments.text


def check_text(text: str) -> None:
    """Refuse what has nothing to explain, or what tokenizers do not take.

    Raises:
        InputError: a blank text, or one with bytes that are no text.
    """
    if not text.strip():
        raise InputError("expected a text to explain, got a blank one")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InputError("expected a text in UTF-8, got one with bytes or half characters that are none")


def read(victim: Victim, text: str, target: Target) -> Reading:
    """Tokens and segments of a text.

    Raises:
        InputError: as :func:`check_text`, or a tokenizer without offsets.
    """
    check_text(text)
    windows = token_windows(victim, text)
    segments = Segments.of(text, [span for window in windows for span in window.spans])
    if len(windows) == 1:
        return Reading(segments, windows, target, segments)
    return Reading(_beginning(segments, windows[-1]), windows, target, _beginning(segments, windows[0]))


def _beginning(segments: Segments, last: Window) -> Segments:
    """Of the text as far as a window reaches."""
    end = max(stop for _, stop in last.spans)
    spans = tuple(span for span in segments.spans if span[1] <= end)
    return Segments(segments.text[: spans[-1][1] if spans else 0], spans)


@dataclass(frozen=True, slots=True)
class WindowAttribution:
    """Of one window: a number per token."""

    tokens: Values
    change: float | None = None
    steps: int | None = None

    @property
    def gap(self) -> float | None:
        """Completeness gap; None for methods whose values need not add up."""
        return None if self.change is None else completeness_gap(float(self.tokens.sum()), self.change)


def of_segments(reading: Reading, windows: Sequence[WindowAttribution]) -> Attribution:
    """Token attributions brought to the text: summed within a segment, averaged where windows overlap.

    Each window is a text of its own to the model, so that with several the changes add up to no single number: the
    largest gap of a window stands for them.
    """
    count = len(reading.segments)
    totals, seen, special = [0.0] * count, [0] * count, 0.0
    for window, found in zip(reading.windows, windows, strict=True):
        owners = reading.segments.owners(window.spans)
        values, rest = merged(found.tokens.tolist(), owners, count)
        special += rest
        for segment in {owner for owner in owners if owner is not None}:
            totals[segment] += float(values[segment])
            seen[segment] += 1
    one = len(windows) == 1
    return Attribution(
        reading.segments,
        reading.target,
        np.array([total / max(1, times) for total, times in zip(totals, seen, strict=True)]),
        special=special,
        change=windows[0].change if one else None,
        steps=max((found.steps for found in windows if found.steps is not None), default=None),
        windows=len(windows),
        window_gap=None if one else max((gap for found in windows if (gap := found.gap) is not None), default=None),
    )
