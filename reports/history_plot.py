"""One number over many audits: a line through those under the same settings, with intervals. Positions are percent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import numbers
from .charts import Tick, ticks
from .line_plot import PlotDot, PlotLine, Point, axis_marks

_MOST_PLACES = 12
"""Places of the horizontal axis that are named."""
_STYLES = tuple(f"c{number % 6} d{number // 6 % 4}" for number in range(24))


@dataclass(frozen=True, slots=True)
class PastPoint:
    """What one audit has at its place."""

    line: str
    """Only points of one line are comparable."""
    point: Point | None
    """None where it was not measured."""


@dataclass(frozen=True, slots=True)
class HistoryPlot:
    """All lines with their axes and marks."""

    lines: tuple[PlotLine, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    """From the upper edge."""
    other_model: tuple[str, ...]
    """Just before the audits of another model than the audit before."""
    other_verdict: tuple[str, ...]


def history_plot(
    points: Sequence[PastPoint],
    *,
    other_model: Sequence[int] = (),
    other_verdict: Sequence[int] = (),
    show: Callable[[float], str] = numbers.mark,
) -> HistoryPlot:
    """Geometry of the chart; audits stand at equal distances, whatever time lies between them.

    Args:
        points: one per audit, the oldest first. A line passes over audits of other lines, and stops where an audit of
            its own was not measured.
        other_model: places of audits whose model is not that of the audit before.
        other_verdict: likewise with the verdict.
        show: puts a value of the vertical axis into words. It begins at 0, and goes to 1 where all values are shares.
    """
    found = [each.point for each in points if each.point]
    seen = [value for point in found for value in (point.value, point.low, point.high) if value is not None]
    marks = axis_marks(min((0.0, *seen)), max((1.0 if all(0 <= value <= 1 for value in seen) else 0.0, *seen)))
    places = ticks([str(number) for number in range(1, len(points) + 1)])
    lines: list[PlotLine] = []
    for name in dict.fromkeys(each.line for each in points):
        own = [(place.at, each.point) for place, each in zip(places, points, strict=True) if each.line == name]
        lines.append(_line(name, _STYLES[len(lines) % len(_STYLES)], own, marks))
    return HistoryPlot(
        lines=tuple(lines),
        x_ticks=places[:: -(-len(places) // _MOST_PLACES) or 1],
        y_ticks=tuple(Tick(_from_above(mark, marks), show(mark)) for mark in marks),
        other_model=tuple(_before(place, len(points)) for place in other_model),
        other_verdict=tuple(_before(place, len(points)) for place in other_verdict),
    )


def _line(name: str, style: str, own: Sequence[tuple[str, Point | None]], marks: Sequence[float]) -> PlotLine:
    dots, path, pen = [], "", "M"
    for x, point in own:
        if point is None:
            pen = "M"
            continue
        ends = (None if end is None else _from_above(end, marks) for end in (point.high, point.low))
        dots.append(PlotDot(x, _from_above(point.value, marks), *ends))
        path += f"{pen}{x} {dots[-1].y}"
        pen = "L"
    return PlotLine(name, style, path, tuple(dots))


def _from_above(value: float, marks: Sequence[float]) -> str:
    return numbers.coordinate(100 * (marks[-1] - value) / (marks[-1] - marks[0]))


def _before(place: int, count: int) -> str:
    return numbers.coordinate(100 * place / count)
