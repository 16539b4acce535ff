"""Receiver operating characteristic on logarithmic axes: what counts is what an attacker finds at few false alarms."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import MembershipAttack, RocPoint

from . import numbers
from .language import say

_LOW = 0.001
_DECADES = ((0.001, "0.1%"), (0.01, "1%"), (0.1, "10%"), (1.0, "100%"))
_SUPPORTING = 10
"""False alarms that a rate must stand for, to be more than an anecdote."""


@dataclass(frozen=True, slots=True)
class RocLine:
    """One attack."""

    name: str
    style: str
    """Classes of the stroke."""
    path: str
    """SVG path in a box of 100 by 100."""


@dataclass(frozen=True, slots=True)
class RocTick:
    """A mark on both axes."""

    at: str
    """Percent from the left."""
    from_above: str
    text: str


@dataclass(frozen=True, slots=True)
class RocPlot:
    """All lines, with the part that so few texts cannot support."""

    lines: tuple[RocLine, ...]
    ticks: tuple[RocTick, ...]
    chance: str
    """Path of an attacker who guesses."""
    unsupported: str | None
    """Width of the grey part in percent: rates that stand for fewer than ten false alarms; null without one."""


def roc_plot(attacks: Sequence[MembershipAttack], blind: MembershipAttack) -> RocPlot:
    """Lines of the attacks, in their order, and of the baseline."""
    lines = [
        RocLine(attack.name, f"c{row % 6} d{row // 6 % 4}", _path(attack.roc)) for row, attack in enumerate(attacks)
    ]
    least = min(1.0, _SUPPORTING / blind.nonmembers) if blind.nonmembers else 1.0
    return RocPlot(
        lines=(*lines, RocLine(say("blind baseline"), "worst d1", _path(blind.roc))),
        ticks=tuple(
            RocTick(numbers.coordinate(_at(rate)), numbers.coordinate(100 - _at(rate)), text) for rate, text in _DECADES
        ),
        chance="M0 100L100 0",
        unsupported=numbers.coordinate(_at(least)) if least > _LOW else None,
    )


def _at(rate: float) -> float:
    """Percent of the axis; what lies below it is drawn at its end."""
    return 100 * (1 - math.log10(max(rate, _LOW)) / math.log10(_LOW))


def _path(points: Sequence[RocPoint]) -> str:
    corners = sorted({(point.false_positive_rate, point.true_positive_rate) for point in points})
    places = [f"{numbers.coordinate(_at(x))} {numbers.coordinate(100 - _at(y))}" for x, y in corners]
    return "M" + "L".join(dict.fromkeys(places)) if places else ""
