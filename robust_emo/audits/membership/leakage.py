"""From signals to a finding: how far each tells members from non-members, and whether that is a leak of the model.

A leak is claimed where a signal is above chance and above the blind baseline, too. The latter is not asked of sets that
were dealt out by chance, unless they seem to differ all the same. Of other sets it is always asked: where few texts do
not show that they differ, they still may, and an attack would find that difference. p-values are corrected over all
signals and both tests of each (Holm), so that sets from one source are called a leak in one audit of twenty at most.
Which of the signals looks best is never asked before the correction.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robust_emo.audits.membership.sets import FOLDS, MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.statistics import Interval, clopper_pearson, holm, mcnemar
from robust_emo.statistics.membership import (
    Accused,
    Auc,
    Flags,
    Floats,
    above,
    above_threshold,
    accused_by_best,
    auc_interval,
    chance_error,
    counted,
    detectable_auc,
    detectable_rate,
    more_members_accused,
    roc_auc,
    standard_error,
)
from robust_emo.types import Membership, MembershipAttack, Rate, RocPoint

ERROR = 0.05
"""Chance of calling a leak where there is none, over the whole section."""
_LEAST_FOR_01PCT = 10_000
REFITTED = math.sqrt(1 + FOLDS / (FOLDS - 1))
"""What the error of the baseline is multiplied by: it learns memberships on folds that overlap, so that its areas of
different folds depend on each other (Nadeau & Bengio 2003). Without it one pair of alike sets in eight would seem to
differ, not one in twenty."""
_ROC_RATES = tuple(float(rate) for rate in np.concatenate([np.geomspace(0.001, 0.1, 25), np.linspace(0.12, 1, 45)]))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A signal with all that was counted of it."""

    signal: Signal
    auc: Auc
    error: float
    above_1pct: Flags | None
    """(n,), the texts that are accused at one false alarm of a hundred; null where that cannot be told."""
    at_1pct: Accused | None
    at_01pct: Accused | None
    best: Accused


def find_leak(sets: MembershipSets, signals: Sequence[Signal], blind: Signal, *, one_source: bool) -> Membership:
    """Judge all signals together.

    Args:
        sets: members and non-members.
        signals: at least one, each (n,) in the order of the sets.
        blind: the baseline.
        one_source: members and non-members were dealt out by chance.
    """
    baseline = _tried(blind, sets)
    baseline = replace(baseline, error=REFITTED * baseline.error)
    units = sets.units
    p_differ = above(baseline.auc.value, 0.5, baseline.error)
    differ = p_differ < ERROR
    beyond = differ or not one_source
    tried = [_tried(signal, sets) for signal in signals]
    raw = [value for each in tried for value in _p_values(each, baseline if beyond else None, sets)]
    adjusted = holm(raw)
    per_signal = [min(adjusted[2 * row : 2 * row + 2]) for row in range(len(tried))]
    level = ERROR / (2 * len(tried))
    return Membership(
        leaks=min(per_signal) < ERROR,
        sets_differ=differ,
        one_source=one_source,
        members=sets.members,
        nonmembers=sets.nonmembers,
        shared=sets.shared,
        near_duplicates=sets.near,
        repeated=sets.repeated,
        blind=_attack(baseline, None, p_differ, sets, family=1),
        attacks=tuple(
            _attack(each, baseline, value, sets, family=len(tried))
            for each, value in zip(tried, per_signal, strict=True)
        ),
        detectable_auc=_detectable(tried, baseline, sets, level)
        if beyond
        else detectable_auc(0.5, chance_error(*units), level),
        detectable_found_1pct=_detectable_share(baseline, sets, level, beyond=beyond),
        exposed=(),
    )


def _tried(signal: Signal, sets: MembershipSets) -> _Tried:
    auc = roc_auc(signal.values, sets.member, sets.fold)
    enough = sets.nonmembers >= _LEAST_FOR_01PCT
    above_1pct = above_threshold(signal.values, sets.member, sets.fold, 0.01)
    return _Tried(
        signal=signal,
        auc=auc,
        # Where all is told apart nothing varies, and the error is what it would be by chance.
        error=standard_error(auc.influence, sets.authors) or chance_error(*sets.units),
        above_1pct=above_1pct,
        at_1pct=counted(above_1pct, sets.member),
        at_01pct=counted(above_threshold(signal.values, sets.member, sets.fold, 0.001), sets.member)
        if enough
        else None,
        best=accused_by_best(signal.values, sets.member, sets.fold),
    )


def _p_values(tried: _Tried, baseline: _Tried | None, sets: MembershipSets) -> tuple[float, float]:
    """Of the area and of the members found at one false alarm of a hundred; 1 where that cannot be asked.

    Against a baseline both hypotheses must fall, so that the larger p-value counts (Berger 1982).
    """
    area = above(tried.auc.value, 0.5, tried.error)
    # Exact tests of shares take texts to be independent, and those of an author are not.
    accused = tried.at_1pct if sets.authors is None else None
    found = more_members_accused(accused) if accused else 1.0
    if baseline is None:
        return area, found
    difference, error = _difference(tried, baseline, sets)
    area = max(area, above(difference, 0.0, error))
    if accused and baseline.at_1pct:
        found = max(found, _more_than_blind(tried, baseline, sets))
    return area, found


def _detectable(tried: Sequence[_Tried], baseline: _Tried, sets: MembershipSets, level: float) -> float:
    """What is above the baseline by enough, for the attack whose difference varies most."""
    error = max(_difference(each, baseline, sets)[1] for each in tried)
    return detectable_auc(baseline.auc.value, error, level)


def _detectable_share(baseline: _Tried, sets: MembershipSets, level: float, *, beyond: bool) -> float | None:
    """Against chance, of independent texts; else the test is another one, and what it finds nobody reckoned."""
    if beyond or sets.authors is not None or baseline.at_1pct is None:
        return None
    return detectable_rate(sets.members, sets.nonmembers, level, 0.01)


def _difference(tried: _Tried, baseline: _Tried, sets: MembershipSets) -> tuple[float, float]:
    """Of the areas on the same texts, with its standard error, which the baseline enlarges."""
    error = REFITTED * standard_error(tried.auc.influence - baseline.auc.influence, sets.authors)
    return tried.auc.value - baseline.auc.value, error


def _more_than_blind(tried: _Tried, baseline: _Tried, sets: MembershipSets) -> float:
    """One-sided p-value that the attack finds more members at one false alarm of a hundred (McNemar's exact test)."""
    attack, blind = tried.above_1pct, baseline.above_1pct
    if attack is None or blind is None:
        return 1.0
    only_attack = int((attack & ~blind & sets.member).sum())
    only_blind = int((blind & ~attack & sets.member).sum())
    return mcnemar(only_attack, only_blind) / 2 if only_attack > only_blind else 1.0


def _attack(
    tried: _Tried, baseline: _Tried | None, p_value: float, sets: MembershipSets, *, family: int
) -> MembershipAttack:
    level = 1 - ERROR / family
    found, wronged = _rates(tried.at_1pct, level)
    advantage = tried.best.advantage_interval(level)
    return MembershipAttack(
        name=tried.signal.name,
        paper=tried.signal.paper,
        meaning=tried.signal.meaning,
        members=sets.members,
        nonmembers=sets.nonmembers,
        auc=_rate(tried.auc.value, auc_interval(tried.auc, tried.error, level, units=min(sets.units))),
        found_1pct=found,
        wronged_1pct=wronged,
        found_01pct=_rates(tried.at_01pct, level)[0],
        advantage=_rate(tried.best.advantage, advantage),
        over_blind=_over(tried, baseline, sets, level) if baseline else None,
        p_value=p_value,
        roc=_roc(tried.signal.values, sets),
    )


def _over(tried: _Tried, baseline: _Tried, sets: MembershipSets, level: float) -> Rate:
    from statistics import NormalDist

    difference, error = _difference(tried, baseline, sets)
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    return Rate(difference, max(-1.0, difference - half), min(1.0, difference + half))


def _rates(accused: Accused | None, level: float) -> tuple[Rate | None, Rate | None]:
    """Members found and non-members wronged."""
    if accused is None:
        return None, None
    found = clopper_pearson(accused.true_positives, accused.members, level)
    wronged = clopper_pearson(accused.false_positives, accused.nonmembers, level)
    if found is None or wronged is None:
        raise ValueError("rates need members and non-members")
    return _rate(accused.true_positive_rate, found), _rate(accused.false_positive_rate, wronged)


def _rate(value: float, interval: Interval) -> Rate:
    return Rate(value, interval.low, interval.high)


def _roc(values: Floats, sets: MembershipSets) -> tuple[RocPoint, ...]:
    """The curve as it is on these texts, with no threshold held out: a picture, not a measurement."""
    members, others = np.sort(values[sets.member]), np.sort(values[~sets.member])
    points = []
    for rate in _ROC_RATES:
        allowed = int(rate * len(others))
        threshold = others[-allowed - 1] if allowed < len(others) else -np.inf
        found = len(members) - int(np.searchsorted(members, threshold, side="right"))
        wronged = len(others) - int(np.searchsorted(others, threshold, side="right"))
        points.append(RocPoint(wronged / len(others), found / len(members)))
    return tuple(dict.fromkeys(points))
