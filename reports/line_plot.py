"""Lines over a few named places, with intervals, on a vertical axis of any range. Positions are percent."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import numbers
from .charts import Tick, ticks

_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Point:
    """One value, perhaps with the ends of its interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class PlotDot:
    """A value and its interval; the ends are null where there is none."""

    x: str
    y: str
    top: str | None = None
    bottom: str | None = None


@dataclass(frozen=True, slots=True)
class PlotLine:
    """One series."""

    name: str
    style: str
    """Classes of its stroke."""
    path: str
    """In a box of 100 by 100."""
    dots: tuple[PlotDot, ...]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """All series with their axes."""

    lines: tuple[PlotLine, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    """From the upper edge."""
    zero: str | None
    """Where 0 lies; null where it is an end of the axis."""


def line_plot(
    places: Sequence[str],
    series: Sequence[tuple[str, str, Sequence[Point]]],
    *,
    include: tuple[float, ...] = (0.0,),
    show: Callable[[float], str] = numbers.mark,
) -> LinePlot:
    """Geometry of a chart.

    Args:
        places: names of the places along the horizontal axis, evenly spaced.
        series: name, style classes and one point per place, each.
        include: values that the vertical axis reaches at least.
        show: puts a value of that axis into words.
    """
    points = [point for _, _, line in series for point in line]
    seen = [value for point in points for value in (point.value, point.low, point.high) if value is not None]
    marks = axis_marks(min((*seen, *include)), max((*seen, *include)))
    low, high = marks[0], marks[-1]

    def from_above(value: float) -> str:
        return numbers.coordinate(100 * (high - value) / (high - low))

    x_ticks = ticks(places)
    lines = []
    for name, style, line in series:
        dots = tuple(
            PlotDot(
                tick.at,
                from_above(point.value),
                None if point.high is None else from_above(point.high),
                None if point.low is None else from_above(point.low),
            )
            for tick, point in zip(x_ticks, line, strict=True)
        )
        path = "L".join(f"{dot.x} {dot.y}" for dot in dots)
        lines.append(PlotLine(name, style, f"M{path}" if path else "", dots))
    return LinePlot(
        lines=tuple(lines),
        x_ticks=x_ticks,
        y_ticks=tuple(Tick(from_above(mark), show(mark)) for mark in marks),
        zero=from_above(0.0) if low < 0 < high else None,
    )


def axis_marks(low: float, high: float) -> tuple[float, ...]:
    """Round values from at or below `low` to at or above `high`, two to seven of them, evenly spaced."""
    span = high - low if high > low else 1.0
    size = 10.0 ** math.floor(math.log10(span / (_MOST_TICKS - 1)))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * (_MOST_TICKS - 1) >= span * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(number * step, 12) + 0.0 for number in range(first, max(last, first + 1) + 1))
