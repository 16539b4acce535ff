"""Geometry of the charts. Positions are percent of the drawing, so that templates scale to any width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from robust_emo.types import CalibrationBin

from . import numbers


@dataclass(frozen=True, slots=True)
class Whisker:
    """A dot with its interval on a horizontal axis, perhaps with a threshold. All in percent of the width."""

    dot: str
    low: str | None
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
        ends: tuple[float, float] | None,
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
    text: str


def reliability_bars(bins: Sequence[CalibrationBin]) -> tuple[ReliabilityBar, ...]:
    """Bars of the bins that hold texts."""
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
                text=(
                    f"Confidence {numbers.percent(entry.low, 0)} to {numbers.percent(entry.high, 0)}: "
                    f"{numbers.count(entry.n)} texts, mean confidence {numbers.percent(entry.confidence)}, "
                    f"right {numbers.percent(entry.accuracy)}"
                ),
            )
        )
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis from 1 to `high`."""

    high: float

    def at(self, value: float) -> float:
        """Percent of the width."""
        return 100 * log10(max(1.0, value)) / log10(self.high)

    def ticks(self) -> tuple[Tick, ...]:
        """1, 2, 5, 10, 20, 50, … up to the end."""
        return tuple(Tick(numbers.coordinate(self.at(value)), numbers.count(value)) for value in self.values())

    def values(self) -> tuple[int, ...]:
        """Where the ticks stand."""
        powers = range(int(log10(self.high)) + 1)
        return tuple(step * 10**power for power in powers for step in (1, 2, 5) if step * 10**power <= self.high)


def step_path(axis: LogAxis, start: float, steps: Sequence[tuple[int, float]]) -> str:
    """SVG path in a box of 100 by 100 of a share that begins at `start` and falls at each (queries, share)."""
    commands = [f"M0 {numbers.coordinate(100 * (1 - start))}"]
    for queries, share in steps:
        commands.append(f"H{numbers.coordinate(axis.at(queries))}V{numbers.coordinate(100 * (1 - share))}")
    return "".join([*commands, "H100"])
