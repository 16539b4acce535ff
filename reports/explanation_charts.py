"""The charts of explanations: faithfulness, sanity check, stability and the map of texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from robust_emo.types import CountedBin, FaithfulnessPoint, SanityPoint

from . import numbers
from .charts import Tick
from .language import say, say_counted
from .line_plot import LinePlot, Point, axis_marks, line_plot
from .visible import shortened

_MOST_PLACES = 24
FEWEST_TEXTS = 10
"""A curve or a distribution of fewer is not drawn: its numbers are told, with their n."""


def too_few(n: int) -> str:
    """Why a chart of `n` texts is not drawn; empty where it is."""
    if n >= FEWEST_TEXTS:
        return ""
    return say("Too few texts for a chart: n = {n}, and it takes {fewest}.", n=n, fewest=FEWEST_TEXTS)


@dataclass(frozen=True, slots=True)
class FaithfulnessCells:
    """What one share of the words comes to, left out in one way."""

    comprehensiveness: str
    random_comprehensiveness: str
    sufficiency: str
    random_sufficiency: str
    n: str


@dataclass(frozen=True, slots=True)
class FaithfulnessRow:
    """One share of the words, in numbers."""

    share: str
    deleted: FaithfulnessCells
    masked: FaithfulnessCells | None
    """None: not measured."""


@dataclass(frozen=True, slots=True)
class FaithfulnessView:
    """What leaving words out, and keeping them alone, does."""

    comprehensiveness: LinePlot
    sufficiency: LinePlot
    rows: tuple[FaithfulnessRow, ...]
    n: str
    too_few: str
    """Why the charts are not drawn; empty where they are."""


def faithfulness_view(
    deleted: Sequence[FaithfulnessPoint], masked: Sequence[FaithfulnessPoint]
) -> FaithfulnessView | None:
    """Both charts, with the words deleted and, where that was measured for the same shares, masked; None without
    points."""
    if not deleted:
        return None
    shown = sorted(deleted, key=lambda point: point.share)[:_MOST_PLACES]
    places = [_share(point.share) for point in shown]
    by_share = {point.share: point for point in masked}
    beside = [by_share.get(point.share) for point in shown]
    hidden = [point for point in beside if point is not None]
    ways = [((say("highest words"), "c0"), (say("random words"), "c1 d1"), shown)]
    if len(hidden) == len(shown):
        ways.append(((say("highest words, masked"), "c0 d2"), (say("random words, masked"), "c1 d2"), hidden))

    def plot(own: Callable[[FaithfulnessPoint], float], random: Callable[[FaithfulnessPoint], float]) -> LinePlot:
        series = [
            (name, style, [Point(value(point)) for point in points])
            for highest, drawn, points in ways
            for (name, style), value in ((highest, own), (drawn, random))
        ]
        return line_plot(places, series, show=lambda value: numbers.mark(100 * value))

    return FaithfulnessView(
        comprehensiveness=plot(lambda p: p.comprehensiveness, lambda p: p.random_comprehensiveness),
        sufficiency=plot(lambda p: p.sufficiency, lambda p: p.random_sufficiency),
        rows=tuple(
            FaithfulnessRow(_share(point.share), _cells(point), None if other is None else _cells(other))
            for point, other in zip(shown, beside, strict=True)
        ),
        n=numbers.count(min(point.n for point in shown)),
        too_few=too_few(min(point.n for point in shown)),
    )


def _cells(point: FaithfulnessPoint) -> FaithfulnessCells:
    return FaithfulnessCells(
        numbers.signed(point.comprehensiveness),
        numbers.signed(point.random_comprehensiveness),
        numbers.signed(point.sufficiency),
        numbers.signed(point.random_sufficiency),
        numbers.count(point.n),
    )


@dataclass(frozen=True, slots=True)
class SanityRow:
    """One part that was randomised, in numbers."""

    randomised: str
    share: str
    correlation: str
    interval: str
    n: str


@dataclass(frozen=True, slots=True)
class SanityView:
    """Whether attributions depend on what the model has learnt."""

    plot: LinePlot
    rows: tuple[SanityRow, ...]
    n: str
    too_few: str


def sanity_view(points: Sequence[SanityPoint]) -> SanityView | None:
    """The curve from the head alone to all layers; None without points."""
    if not points:
        return None
    shown = sorted(points, key=lambda point: point.share)[:_MOST_PLACES]
    line = [Point(point.correlation, point.ci_low, point.ci_high) for point in shown]
    plot = line_plot(
        [_share(point.share) for point in shown],
        ((say("likeness of the attributions"), "c0", line),),
        include=(0.0, 1.0),
    )
    return SanityView(
        plot,
        tuple(
            SanityRow(
                shortened(point.randomised),
                _share(point.share),
                numbers.signed(point.correlation),
                say(numbers.NO_INTERVAL)
                if point.ci_low is None or point.ci_high is None
                else f"{numbers.signed(point.ci_low)}{numbers.RANGE}{numbers.signed(point.ci_high)}",
                numbers.count(point.n),
            )
            for point in shown
        ),
        n=numbers.count(min(point.n for point in shown)),
        too_few=too_few(min(point.n for point in shown)),
    )


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """One bin, in percent of the drawing."""

    x: str
    width: str
    top: str
    height: str
    text: str


@dataclass(frozen=True, slots=True)
class HistogramView:
    """How many texts have how stable a heat map."""

    bars: tuple[HistogramBar, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    texts: str
    too_few: str


def histogram_view(bins: Sequence[CountedBin]) -> HistogramView | None:
    """Bars over the range of the bins; None where no text was counted."""
    shown = sorted(bins, key=lambda each: each.low)[:_MOST_PLACES]
    most = max((each.count for each in shown), default=0)
    if not most or shown[-1].high <= shown[0].low:
        return None
    low, span = shown[0].low, shown[-1].high - shown[0].low
    marks = [mark for mark in axis_marks(low, low + span) if low - 1e-9 <= mark <= low + span + 1e-9]
    return HistogramView(
        bars=tuple(
            HistogramBar(
                x=numbers.coordinate(100 * (each.low - low) / span + 0.3),
                width=numbers.coordinate(max(0.2, 100 * (each.high - each.low) / span - 0.6)),
                top=numbers.coordinate(100 * (1 - each.count / most)),
                height=numbers.coordinate(100 * each.count / most),
                text=say_counted(
                    each.count,
                    "{low} to {high}: {n} text",
                    "{low} to {high}: {n} texts",
                    low=numbers.signed(each.low, 2),
                    high=numbers.signed(each.high, 2),
                ),
            )
            for each in shown
        ),
        x_ticks=tuple(Tick(numbers.coordinate(100 * (mark - low) / span), numbers.mark(mark)) for mark in marks),
        y_ticks=(Tick("0", numbers.count(most)), Tick("100", "0")),
        texts=numbers.count(sum(each.count for each in shown)),
        too_few=too_few(sum(each.count for each in shown)),
    )


def _share(share: float) -> str:
    return numbers.percent(share, 0)
