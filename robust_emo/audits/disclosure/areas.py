"""How far each thing that is shown tells members from others, and how much less it tells than the logits do."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from robust_emo.audits.membership.leakage import ERROR, REFITTED
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.statistics import Interval, clopper_pearson, holm
from robust_emo.statistics.membership import (
    Accused,
    Auc,
    Floats,
    above,
    above_threshold,
    auc_interval,
    chance_error,
    counted,
    resampled_shares,
    roc_auc,
    standard_error,
    ties_by_lot,
)

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_RATE = 0.01
"""Of false alarms."""
LEAST_AT_THRESHOLD = 400
"""Non-members below which nothing is said of members found: the threshold is then one of the few highest values, and an
interval from resamples holds the true share too seldom."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that is shown, as far as it was attacked."""

    name: str
    auc: Auc
    """Equal values count half."""
    error: float
    accused: Accused | None
    """At one false alarm of a hundred, equal values by lot; null where that cannot be told."""
    resampled: Floats | None = None
    """(resamples,), shares of members found where thresholds are read anew; null with authors, whose texts depend, and
    where that cannot be told."""

    def interval(self, sets: MembershipSets) -> Interval:
        """Of the area."""
        return auc_interval(self.auc, self.error, CONFIDENCE, units=min(sets.units))


@dataclass(frozen=True, slots=True)
class Change:
    """What is learnt from one thing minus what is learnt from the logits, on the same texts."""

    area: float
    area_interval: Interval | None
    """Null where the two rank all texts alike, so that nothing varies."""
    found: float | None
    """Of the members found at one false alarm of a hundred."""
    found_interval: Interval | None
    """Null where authors are known."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be claimed; all tests together err once in twenty audits (Holm)."""

    differ: bool
    """Whether the blind baseline tells the sets apart."""
    one_source: bool
    """Whether they were dealt out by chance."""
    leaking: tuple[str, ...]
    """Things that tell members from others, and where :attr:`beyond` more than the baseline does."""
    lessened: tuple[str, ...]
    """Things that tell less than the logits do."""

    @property
    def beyond(self) -> bool:
        """Whether things were held against the baseline: few texts may hide that sets differ which nobody dealt out."""
        return self.differ or not self.one_source


def attacked(signals: Sequence[Signal], sets: MembershipSets, *, plugin: str, seed: int) -> list[Shown]:
    """Areas and thresholds of all things, tried on the same resamples.

    Args:
        signals: one for each.
        sets: members and others.
        plugin: part of the seed of the lots.
        seed: of the audit.
    """
    lots = [ties_by_lot(each.values, random.Random(f"{plugin} {each.name} {seed}")) for each in signals]
    resampled = None
    if enough_at_threshold(sets) and sets.authors is None:
        resampled = resampled_shares(lots, sets.member, sets.fold, _RATE, seed=seed)
    return [
        _shown(signal, ranks, None if resampled is None else resampled[:, column], sets)
        for column, (signal, ranks) in enumerate(zip(signals, lots, strict=True))
    ]


def enough_at_threshold(sets: MembershipSets) -> bool:
    """Whether the non-members carry a threshold at one false alarm of a hundred."""
    return sets.nonmembers >= LEAST_AT_THRESHOLD


def _shown(signal: Signal, ranks: Floats, resampled: Floats | None, sets: MembershipSets) -> Shown:
    auc = roc_auc(signal.values, sets.member, sets.fold)
    flags = above_threshold(ranks, sets.member, sets.fold, _RATE) if enough_at_threshold(sets) else None
    return Shown(signal.name, auc, _error(auc, sets), counted(flags, sets.member), resampled)


def _error(auc: Auc, sets: MembershipSets) -> float:
    """Where all is told apart nothing varies, and the error is what it would be by chance."""
    return standard_error(auc.influence, sets.authors) or chance_error(*sets.units)


def baseline(signal: Signal, sets: MembershipSets) -> Shown:
    """The blind one, which learns memberships on folds that overlap: its error is larger by that."""
    auc = roc_auc(signal.values, sets.member, sets.fold)
    return Shown(signal.name, auc, REFITTED * _error(auc, sets), None)


def change(shown: Shown, logits: Shown, sets: MembershipSets) -> Change:
    """Against what the logits tell."""
    difference, error = _difference(shown, logits, sets)
    half = _Z * error
    found = None
    if shown.accused and logits.accused:
        found = shown.accused.true_positive_rate - logits.accused.true_positive_rate
    return Change(
        area=difference,
        area_interval=Interval(max(-1.0, difference - half), min(1.0, difference + half), "delong") if error else None,
        found=found,
        found_interval=_of_resamples(found, shown.resampled, logits.resampled),
    )


def share_found(shown: Shown) -> Interval | None:
    """Interval of the members found at one false alarm of a hundred, never narrower than for a given threshold."""
    if shown.accused is None or shown.resampled is None:
        return None
    given = clopper_pearson(shown.accused.true_positives, shown.accused.members, CONFIDENCE)
    read = _of_resamples(shown.accused.true_positive_rate, shown.resampled)
    return read.hull(given) if read and given else None


def _of_resamples(value: float | None, resampled: Floats | None, minus: Floats | None = None) -> Interval | None:
    """Percentile interval that holds the value; of a difference with `minus`."""
    if value is None or resampled is None:
        return None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled if minus is None else resampled - minus, [tail, 1 - tail])
    return Interval(min(float(low), value), max(float(high), value), "bootstrap")


def judge(shown: Sequence[Shown], logits: Shown, blind: Shown, sets: MembershipSets, *, one_source: bool) -> Judgement:
    """Test all things together.

    Args:
        shown: all of them, the logits too.
        logits: what the others are held against.
        blind: the baseline.
        sets: members and others.
        one_source: these were dealt out by chance. Else, and where they seem to differ all the same, a leak must be
            above the baseline, too, as in section `membership`.
    """
    differ = above(blind.auc.value, 0.5, blind.error) < ERROR
    leaks = [_leak(each, blind if differ or not one_source else None, sets) for each in shown]
    others = [each for each in shown if each is not logits]
    adjusted = holm([*leaks, *(_less(each, logits, sets) for each in others)])
    return Judgement(
        differ=differ,
        one_source=one_source,
        leaking=_named(shown, adjusted[: len(shown)]),
        lessened=_named(others, adjusted[len(shown) :]),
    )


def _leak(shown: Shown, blind: Shown | None, sets: MembershipSets) -> float:
    """Against a baseline both hypotheses must fall, so that the larger p-value counts (Berger 1982)."""
    p_value = above(shown.auc.value, 0.5, shown.error)
    if blind is None:
        return p_value
    difference, error = _difference(shown, blind, sets)
    return max(p_value, above(difference, 0.0, REFITTED * error))


def _less(shown: Shown, logits: Shown, sets: MembershipSets) -> float:
    difference, error = _difference(shown, logits, sets)
    return above(-difference, 0.0, error)


def _named(shown: Sequence[Shown], p_values: Sequence[float]) -> tuple[str, ...]:
    return tuple(each.name for each, p_value in zip(shown, p_values, strict=True) if p_value < ERROR)


def _difference(first: Shown, second: Shown, sets: MembershipSets) -> tuple[float, float]:
    """Of the areas on the same texts, with its standard error."""
    error = standard_error(first.auc.influence - second.auc.influence, sets.authors)
    return first.auc.value - second.auc.value, error
