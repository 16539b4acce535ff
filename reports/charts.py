"""Geometry of the charts. Positions are percent of the drawing, so that templates scale to any width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from robust_emo.types import CalibrationBin

from . import numbers
from .language import say


@dataclass(frozen=True, slots=True)
class Whisker:
    """A dot with its interval on a horizontal axis, perhaps with a threshold. All in percent of the width."""

    dot: str
    low: str | None
    """Null where the interval is open on this side; both are, where there is none."""
    high: str | None
    thresholds: tuple[str, ...]
    good_from: str | None
    """Where the good side begins; null without a threshold."""
    good_width: str | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A horizontal axis."""

    low: float = 0.0
    high: float = 1.0

    @classmethod
    def around(cls, values: Iterable[float]) -> "Scale":
        """0 to 1 for shares, otherwise from 0 (or the least value) to a little beyond the greatest."""
        seen = tuple(values)
        if all(0 <= value <= 1 for value in seen):
            return cls()
        return cls(min(0.0, *seen), max(seen) * 1.15 if max(seen) > 0 else 0.0)

    def at(self, value: float) -> float:
        """Percent of the width, clipped to the axis."""
        span = self.high - self.low
        return min(100.0, max(0.0, 100 * (value - self.low) / span)) if span else 50.0

    def whisker(
        self,
        value: float,
        ends: tuple[float | None, float | None] | None,
        bounds: tuple[float | None, float | None] = (None, None),
    ) -> Whisker:
        """Place a value, its interval and the least and greatest value that a policy allows."""
        low, high = ends or (None, None)
        at_least, at_most = bounds
        good = (
            self.at(at_least if at_least is not None else self.low),
            self.at(at_most if at_most is not None else self.high),
        )
        judged = at_least is not None or at_most is not None
        return Whisker(
            dot=numbers.coordinate(self.at(value)),
            low=None if low is None else numbers.coordinate(self.at(low)),
            high=None if high is None else numbers.coordinate(self.at(high)),
            thresholds=tuple(numbers.coordinate(self.at(bound)) for bound in bounds if bound is not None),
            good_from=numbers.coordinate(good[0]) if judged else None,
            good_width=numbers.coordinate(max(0.0, good[1] - good[0])) if judged else None,
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class ReliabilityBar:
    """One bin of a reliability diagram; heights and tops in percent, from the upper edge."""

    x: str
    width: str
    top: str
    height: str
    share_top: str
    share_height: str
    """Bar of the small histogram below: texts in this bin."""
    stated: str
    """Range of the bin: ``80% – 87%``."""
    confidence: str
    accuracy: str
    n: str
    few: bool
    """Whether the bin holds too few texts for its height to mean anything."""

    @property
    def text(self) -> str:
        """All of it, for who points at the bar."""
        return say(
            "Confidence {stated}: texts {n}, mean confidence {confidence}, right {accuracy}",
            stated=self.stated,
            n=self.n,
            confidence=self.confidence,
            accuracy=self.accuracy,
        )


def reliability_bars(bins: Sequence[CalibrationBin], few: int) -> tuple[ReliabilityBar, ...]:
    """Bars of the bins that hold texts.

    Args:
        few: texts below which a bin says nothing.
    """
    most = max((entry.n for entry in bins), default=0)
    bars = []
    for entry in bins:
        if entry.accuracy is None or entry.confidence is None or not entry.n:
            continue
        bars.append(
            ReliabilityBar(
                x=numbers.coordinate(100 * entry.low + 0.4),
                width=numbers.coordinate(100 * (entry.high - entry.low) - 0.8),
                top=numbers.coordinate(100 * (1 - entry.accuracy)),
                height=numbers.coordinate(100 * entry.accuracy),
                share_top=numbers.coordinate(100 * (1 - entry.n / most)),
                share_height=numbers.coordinate(100 * entry.n / most),
                stated=f"{numbers.percent(entry.low, 0)}{numbers.RANGE}{numbers.percent(entry.high, 0)}",
                confidence=numbers.percent(entry.confidence),
                accuracy=numbers.percent(entry.accuracy),
                n=numbers.count(entry.n),
                few=entry.n < few,
            )
        )
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """Shares at evenly spaced places; the line stops where one was not measured."""

    path: str
    """SVG path in a box of 100 by 100."""
    dots: tuple[tuple[str, str], ...]
    """(x, y) of every share, in percent from the upper left."""


def ticks(texts: Sequence[str]) -> tuple[Tick, ...]:
    """Marks at evenly spaced places, half a step away from both ends."""
    return tuple(Tick(_place(number, len(texts)), text) for number, text in enumerate(texts))


def broken_line(shares: Sequence[float | None]) -> BrokenLine:
    """A line through shares in [0, 1], one per tick of :func:`ticks`."""
    commands, dots, pen = [], [], "M"
    for number, share in enumerate(shares):
        if share is None:
            pen = "M"
            continue
        x, y = _place(number, len(shares)), numbers.coordinate(100 * (1 - share))
        commands.append(f"{pen}{x} {y}")
        dots.append((x, y))
        pen = "L"
    return BrokenLine("".join(commands), tuple(dots))


def _place(number: int, count: int) -> str:
    return numbers.coordinate(100 * (number + 0.5) / count)
