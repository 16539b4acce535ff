"""Membership among the texts of each emotion and of each group, told so that parts can be held against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust_emo.audits.membership.groups import LEAST_OF_GROUP, shown_names
from robust_emo.audits.membership.leakage import ERROR
from robust_emo.audits.membership.sets import LEAST, MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.statistics.membership import auc_interval, roc_auc, standard_error
from robust_emo.types import Metric, Rate

FIXED = "loss"
"""The signal that parts and authors are compared by; fixed, since the best of several looks best by chance."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The texts of one emotion, or of one group."""

    name: str
    texts: int
    units: tuple[int, int]
    """Independent members and non-members: of emotions authors, where they are known; else texts."""
    auc: Rate | None
    """With an interval that holds for all parts of its family together; None below 50 units of either kind."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Two families, each with intervals of its own."""

    emotions: tuple[Part, ...]
    groups: tuple[Part, ...]
    """Empty where no group column was named, or it holds authors."""
    unnamed: int = 0
    """Names of the group column that are no groups; they may be people's, and are not kept."""


def find_parts(sets: MembershipSets, signals: Sequence[Signal], labels: Sequence[str]) -> Parts:
    """The area of the fixed signal among the texts of each emotion and group."""
    signal = next(each for each in signals if each.name == FIXED)
    emotions = {label: _rows([label in example.labels for example in sets.examples]) for label in labels}
    shown = shown_names(sets.groups)
    groups = {shown[name]: _rows([example.group == name for example in sets.examples]) for name in sets.groups}
    others = {example.group for example in sets.examples if example.group is not None}.difference(sets.groups)
    return Parts(
        _family(sets, signal, emotions, sets.authors),
        _family(sets, signal, groups, None),
        unnamed=len(others) if sets.groups else 0,
    )


def part_metrics(parts: Parts) -> tuple[Metric, ...]:
    """One per emotion and per group."""
    return tuple(
        _metric(name, part)
        for name, family in (("membership_auc", parts.emotions), ("group_membership_auc", parts.groups))
        for part in family
    )


def part_notes(parts: Parts, *, differ: bool) -> tuple[str, ...]:
    """Which parts leak more than others, and which could not be measured.

    Args:
        differ: members and non-members differ by themselves.
    """
    notes = [note for what, family in (("emotion", parts.emotions), ("group", parts.groups)) if family
             for note in (*_order(what, family, differ=differ), *_too_few(what, family))]  # fmt: skip
    if parts.groups:
        notes.append(
            f"The group column has few names, and those with {LEAST_OF_GROUP} texts in both sets count as groups, not "
            "as authors: their texts count one by one."
        )
    if parts.unnamed:
        notes.append(
            f"Names of the group column with fewer texts in one of the sets: {parts.unnamed}. They count as authors "
            "and are not written, since who was trained on would stand beside them."
        )
    return tuple(notes)


def _rows(chosen: Sequence[bool]) -> Rows:
    return np.flatnonzero(np.asarray(chosen, dtype=np.bool_))


def _family(
    sets: MembershipSets, signal: Signal, rows_of: Mapping[str, Rows], authors: Sequence[str] | None
) -> tuple[Part, ...]:
    """Intervals that hold together (Bonferroni) over those parts that have enough texts, which no signal decides."""
    names = list(map(str, range(len(sets.examples)))) if authors is None else authors
    units = {name: _units(sets, rows, names) for name, rows in rows_of.items()}
    measured = sum(min(each) >= LEAST for each in units.values())
    return tuple(
        Part(
            name,
            len(rows),
            units[name],
            _area(sets, signal, rows, names, 1 - ERROR / measured) if min(units[name]) >= LEAST else None,
        )
        for name, rows in rows_of.items()
    )


def _units(sets: MembershipSets, rows: Rows, names: Sequence[str]) -> tuple[int, int]:
    sides: tuple[set[str], set[str]] = (set(), set())
    for row in rows:
        sides[int(not sets.member[row])].add(names[row])
    return len(sides[0]), len(sides[1])


def _area(sets: MembershipSets, signal: Signal, rows: Rows, names: Sequence[str], level: float) -> Rate:
    # No fold was learnt on anything here: the whole is one.
    auc = roc_auc(signal.values[rows], sets.member[rows], np.zeros(len(rows), dtype=np.int64))
    error = standard_error(auc.influence, [names[row] for row in rows])
    interval = auc_interval(auc, error, level, units=min(_units(sets, rows, names)))
    return Rate(auc.value, interval.low, interval.high)


def _metric(name: str, part: Part) -> Metric:
    auc = part.auc
    return Metric(
        name=name,
        value=auc.value if auc else None,
        ci_low=auc.ci_low if auc else None,
        ci_high=auc.ci_high if auc else None,
        n=part.texts,
        confidence=CONFIDENCE,
        higher_is_better=False,
        label=part.name,
        method="simultaneous" if auc else None,
    )


def _order(what: str, family: Sequence[Part], *, differ: bool) -> list[str]:
    """Intervals that hold together and do not meet tell which of two areas is larger."""
    known = [(part.name, part.auc) for part in family if part.auc is not None]
    if len(known) < 2:
        return []
    found = []
    for name, auc in sorted(known, key=lambda each: -each[1].value):
        below = [other for other, area in known if auc.ci_low > max(0.5, area.ci_high)]
        if below:
            found.append(f"'{name}' leaks more than {', '.join(map(repr, below))}")
    if not found:
        return [f"No {what} was shown to leak more than another one."]
    why = ", which may lie in the texts, since the two sets differ" if differ else ""
    return [f"Of {what}s, {'; '.join(found)}{why}. Intervals that hold for all {what}s together do not meet there."]


def _too_few(what: str, family: Sequence[Part]) -> list[str]:
    few = [f"{part.name} ({part.units[0]} and {part.units[1]})" for part in family if part.auc is None]
    if not few:
        return []
    return [f"Not measured, for want of {LEAST} members and {LEAST} non-members of the {what}: {', '.join(few)}."]
