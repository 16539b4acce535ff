"""Texts in the plane of a projection of their vectors, one colour and one shape per emotion."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from robust_emo.types import MapPoint

from . import numbers
from .examples_view import label_names
from .explanation_charts import too_few
from .language import say
from .visible import shortened

WIDTH, HEIGHT = 720, 440
_MARGIN = 12
_MOST_POINTS = 1_500
_MOST_LABELS = 28
_COLOURS = 6
_PROJECTIONS = ("pca", "umap")
_MARKS = 12
"""In one path; no string of a page is longer than 1,000 characters."""


def _circle(x: str, y: str) -> str:
    return f"M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"


def _shape(path: str) -> Callable[[str, str], str]:
    return lambda x, y: f"M{x} {y}{path}"


_SHAPES: tuple[Callable[[str, str], str], ...] = (
    _circle,
    _shape("m-3.6-3.6h7.2v7.2h-7.2z"),
    _shape("m0-4.8l4.6 8h-9.2z"),
    _shape("m0-5l4.4 5l-4.4 5l-4.4-5z"),
    _shape("m0 4.8l4.6-8h-9.2z"),
    _shape("m-1.4-4.6h2.8v3.2h3.2v2.8h-3.2v3.2h-2.8v-3.2h-3.2v-2.8h3.2z"),
    _shape("m-5-1.6h10v3.2h-10z"),
)


@dataclass(frozen=True, slots=True)
class MapSeries:
    """All texts of one emotion."""

    name: str
    style: str
    """Class of the colour."""
    right: tuple[str, ...]
    """SVG paths of the marks of texts that the model gets right, filled; each short enough for one attribute."""
    wrong: tuple[str, ...]
    """The same of those that it gets wrong, hollow."""
    sample: str
    """The mark in the middle of a box of 14 by 14."""
    n: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The scatter plot."""

    series: tuple[MapSeries, ...]
    n: str
    left_out: str
    """Texts that are not drawn; empty where all are."""
    projection: str
    """``pca`` or ``umap``; nothing is said of others."""
    variance: str | None
    """Share that the plane shows; null where nobody told."""
    several: bool
    """Whether texts have more than one emotion; the first gives the mark."""
    too_few: str
    """Why it is not drawn; empty where it is."""


def map_view(points: Sequence[MapPoint], projection: str, variance_shown: float | None) -> MapView | None:
    """Place the texts, both axes on one scale; None without texts."""
    if not points:
        return None
    # by chance, not every so many: an order of the texts must not decide which emotions are seen
    many = len(points) > _MOST_POINTS
    drawn = random.Random(0).sample(points, _MOST_POINTS) if many else points
    counts = Counter(_first(point) for point in points)
    order = sorted(counts, key=lambda label: (-counts[label], label))
    names = order if len(order) <= _MOST_LABELS else order[: _MOST_LABELS - 1]
    place = _placing(drawn)
    series = []
    for row, name in enumerate(names):
        own = [point for point in drawn if _first(point) == name]
        series.append(_series(shortened(name, 30), row, own, place, counts[name]))
    if len(order) > len(names):
        rest = [point for point in drawn if _first(point) not in set(names)]
        series.append(
            _series(say("all others"), len(names), rest, place, sum(counts[name] for name in order[len(names) :]))
        )
    return MapView(
        series=tuple(series),
        n=numbers.count(len(points)),
        left_out=numbers.count(len(points) - len(drawn)) if many else "",
        projection=projection if projection in _PROJECTIONS else "",
        variance=None if variance_shown is None else numbers.percent(variance_shown),
        several=any(len(point.label) > 1 for point in drawn),
        too_few=too_few(len(points)),
    )


def _first(point: MapPoint) -> str:
    return label_names(point.label[:1])


def _series(
    name: str, row: int, own: Sequence[MapPoint], place: Callable[[MapPoint], tuple[str, str]], n: int
) -> MapSeries:
    # every colour meets every shape before a pair comes twice: 6 and 7 have no common divisor
    shape = _SHAPES[row % len(_SHAPES)]
    right = [point for point in own if set(point.label) == set(point.predicted)]
    wrong = [point for point in own if set(point.label) != set(point.predicted)]
    return MapSeries(
        name=name,
        style=f"c{row % _COLOURS}",
        right=_paths([shape(*place(point)) for point in right]),
        wrong=_paths([shape(*place(point)) for point in wrong]),
        sample=shape("7", "7"),
        n=numbers.count(n),
    )


def _paths(marks: Sequence[str]) -> tuple[str, ...]:
    return tuple("".join(marks[first : first + _MARKS]) for first in range(0, len(marks), _MARKS))


def _placing(points: Sequence[MapPoint]) -> Callable[[MapPoint], tuple[str, str]]:
    xs, ys = [point.x for point in points], [point.y for point in points]
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2

    def place(point: MapPoint) -> tuple[str, str]:
        x, y = WIDTH / 2 + scale * (point.x - middle_x), HEIGHT / 2 - scale * (point.y - middle_y)
        return f"{x:.1f}", f"{y:.1f}"

    return place
