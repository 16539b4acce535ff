"""The numbers of a membership section that policies can ask for."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.audits.membership.author_level import author_auc
from robust_emo.audits.membership.parts import FIXED, Parts, part_metrics
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.types import Membership, MembershipAttack, Metric, Rate

MOST_BLIND = 0.8
"""Area of the baseline above which an attack cannot be held against it."""


def membership_metrics(
    membership: Membership, sets: MembershipSets, signals: Sequence[Signal], parts: Parts
) -> tuple[Metric, ...]:
    """Those of the strongest attack, of the baseline, and of each emotion and group.

    The strongest attack is chosen after looking, so that its intervals hold for all attacks together: the largest
    value with the largest of the bounds.
    """
    n = sets.members + sets.nonmembers
    attacks, blind = membership.attacks, membership.blind
    fixed = next(signal for signal in signals if signal.name == FIXED)
    return (
        _strongest("membership_auc", [attack.auc for attack in attacks], n),
        *_of_thresholds(membership, sets),
        _over_blind(membership, n),
        _metric("blind_auc", blind.auc, n, higher_is_better=None),
        _of_authors(sets, fixed),
        *part_metrics(parts),
    )


def not_measured(labels: Sequence[str]) -> tuple[Metric, ...]:
    """The same without any value."""
    names = (
        "membership_auc",
        "tpr_at_fpr_1pct",
        "tpr_at_fpr_01pct",
        "membership_advantage",
        "membership_auc_over_blind",
    )
    return (
        *(_metric(name, None, 0) for name in names),
        _metric("blind_auc", None, 0, higher_is_better=None),
        _metric("author_membership_auc", None, 0),
        *(_metric("membership_auc", None, 0, label=label) for label in labels),
    )


def _of_thresholds(membership: Membership, sets: MembershipSets) -> tuple[Metric, ...]:
    """Shares at a threshold. Their intervals take texts to be independent: where authors are known there are none."""
    attacks, n = membership.attacks, sets.members + sets.nonmembers
    metrics = (
        _strongest("tpr_at_fpr_1pct", [attack.found_1pct for attack in attacks], sets.members),
        _strongest("tpr_at_fpr_01pct", [attack.found_01pct for attack in attacks], sets.members),
        _strongest("membership_advantage", [attack.advantage for attack in attacks], n),
    )
    if sets.authors is None:
        return metrics
    return tuple(replace(metric, ci_low=None, ci_high=None, method=None) for metric in metrics)


def strongest(attacks: Sequence[MembershipAttack]) -> MembershipAttack:
    """The attack with the largest area."""
    return max(attacks, key=lambda attack: attack.auc.value)


def _strongest(name: str, rates: Sequence[Rate | None], n: int) -> Metric:
    known = [rate for rate in rates if rate is not None]
    if not known:
        return _metric(name, None, n)
    return _metric(name, Rate(*(max(getattr(rate, field) for rate in known) for field in Rate.__slots__)), n)


def _metric(
    name: str, rate: Rate | None, n: int, *, higher_is_better: bool | None = False, label: str | None = None
) -> Metric:
    return Metric(
        name=name,
        value=rate.value if rate else None,
        ci_low=rate.ci_low if rate else None,
        ci_high=rate.ci_high if rate else None,
        n=n,
        confidence=CONFIDENCE,
        higher_is_better=higher_is_better,
        label=label,
        method="simultaneous" if rate else None,
    )


def _over_blind(membership: Membership, n: int) -> Metric:
    """Not measured where the texts alone tell nearly everything: no attack could be much better than that."""
    known = [attack.over_blind for attack in membership.attacks] if membership.blind.auc.value <= MOST_BLIND else []
    return _strongest("membership_auc_over_blind", known, n)


def _of_authors(sets: MembershipSets, signal: Signal) -> Metric:
    found = author_auc(sets, signal, CONFIDENCE)
    if found is None:
        return _metric("author_membership_auc", None, 0)
    value, interval, authors = found
    metric = _metric("author_membership_auc", Rate(value, interval.low, interval.high), authors)
    return replace(metric, method=interval.method)
