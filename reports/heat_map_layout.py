"""Where the words of a heat map stand in a picture: wrapped lines, a title above and a legend below.

One layout for all kinds of pictures. Positions are pixels from the upper left of the picture.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from robust_emo.types import Explanation, Trust

from . import numbers
from .attributed_spans import Span, spans_of
from .attribution_levels import Shade, shade_of, strongest
from .heat_map_view import outcome
from .language import later, say, say_counted
from .retelling import retold_if_known
from .visible import shortened, visible

Measure = Callable[[str, float, bool], float]
"""Width of a text of a size, bold or not."""

WIDTH = 960
MARGIN = 28
TITLE, TEXT, WORD = 22.0, 14.0, 21.0
"""Sizes of the type."""
_LINE = 40
"""Height of a line of words."""
_PADDING = 3
_MOST_WORDS = 400
_MOST_CHARACTERS = 40
"""Of one word; the middle of a longer one is left out."""
_TRUST_LABELS = {
    Trust.TRUSTED: later("This heat map is trusted"),
    Trust.CAUTION: later("Read this heat map with caution"),
    Trust.UNRELIABLE: later("This heat map is unreliable"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of plain text."""

    x: float
    y: float
    """Of its foot."""
    text: str
    size: float
    bold: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A word with its shade, or text between words."""

    x: float
    y: float
    """Of its foot."""
    width: float
    """Of the text."""
    text: str
    shade: Shade | None
    value: str
    """``+0.812``; empty between words."""


@dataclass(frozen=True, slots=True)
class HeatMapLayout:
    """One heat map."""

    title: str
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    """Those of the legend are the last."""
    height: float


def heat_map_layout(explanation: Explanation, measure: Measure) -> HeatMapLayout:
    """Place everything; the width is :data:`WIDTH`. The text is shown as it was given, not masked once more."""
    title = say("What speaks for {emotion}", emotion=_plain(explanation.target, 60))
    lines = [Line(MARGIN, MARGIN + TITLE - 4, title, TITLE, bold=True, quiet=False)]
    y = lines[0].y
    for text, bold, quiet in (
        (trust_label(explanation), True, False),
        (say("; ").join(retold_if_known(reason) for reason in explanation.reasons), False, False),
        (f"{outcome(explanation)} · {_plain(explanation.method, 60)}", False, True),
    ):
        for part in wrapped(_plain(text, 600), measure) if text else ():
            y += TEXT + 8
            lines.append(Line(MARGIN, y, part, TEXT, bold=bold, quiet=quiet))
    boxes, y = _words(spans_of(explanation, masked=False), measure, y + 14 + _LINE)
    legend = _legend(measure, y + _LINE)
    return HeatMapLayout(title, tuple(lines), (*boxes, *legend), legend[-1].y + MARGIN)


def trust_label(explanation: Explanation) -> str:
    """``This heat map is unreliable``: a picture goes where nobody knows what the label is of."""
    return say(_TRUST_LABELS[explanation.trust])


def _plain(text: str, most: int) -> str:
    return visible(shortened(text, most)).replace("\n", " ").replace("\r", " ").replace("\t", " ")


def wrapped(text: str, measure: Measure) -> list[str]:
    """Lines of plain text that fit between the margins, but for single words that do not."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and measure(longer, TEXT, False) > WIDTH - 2 * MARGIN:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _words(spans: Sequence[Span], measure: Measure, y: float) -> tuple[tuple[Box, ...], float]:
    most = strongest(span.attribution for span in spans if span.attribution is not None)
    boxes: list[Box] = []
    x, words = float(MARGIN), 0
    for span in spans:
        if span.attribution is None and not visible(span.text).strip():
            x += WORD * 0.3
            continue
        if words == _MOST_WORDS:
            rest = sum(each.attribution is not None for each in spans) - words
            span = Span(say_counted(rest, "[{n} more word]", "[{n} more words]"), None)
        text = _plain(span.text, _MOST_CHARACTERS)
        width = measure(text, WORD, False)
        if x + width + 2 * _PADDING > WIDTH - MARGIN and x > MARGIN:
            x, y = float(MARGIN), y + _LINE
        shade = None if span.attribution is None else shade_of(span.attribution, most)
        value = "" if span.attribution is None else numbers.signed(span.attribution)
        boxes.append(Box(x + _PADDING, y, width, text, shade, value))
        x += width + 2 * _PADDING
        words += span.attribution is not None
        if span.attribution is None and words == _MOST_WORDS:
            break
    return (tuple(map(_mirrored, boxes)) if _runs_to_the_left(spans) else tuple(boxes)), y


def _runs_to_the_left(spans: Sequence[Span]) -> bool:
    """Whether the first letter is of a script such as Arabic or Hebrew (Unicode Annex 9, P2)."""
    directions = (unicodedata.bidirectional(char) for span in spans for char in span.text)
    return next((way in ("R", "AL") for way in directions if way in ("L", "R", "AL")), False)


def _mirrored(box: Box) -> Box:
    return Box(WIDTH - box.x - box.width, box.y, box.width, box.text, box.shade, box.value)


def _legend(measure: Measure, y: float) -> tuple[Box, ...]:
    boxes = []
    x = float(MARGIN)
    for text, shade in (
        (say("speaks for it"), Shade(4, against=False)),
        (say("a little"), Shade(1, against=False)),
        (say("speaks against it"), Shade(4, against=True)),
        (say("a little"), Shade(1, against=True)),
    ):
        width = measure(text, TEXT, False)
        boxes.append(Box(x + _PADDING, y, width, text, shade, ""))
        x += width + 2 * _PADDING + 14
    return tuple(boxes)
