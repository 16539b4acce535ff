"""Whether somebody's texts together give away that they were trained on: many weak hints add up."""

import numpy as np

from robust_emo.audits.membership.sets import LEAST, MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.statistics import Interval
from robust_emo.statistics.membership import Auc, Flags, auc_interval, roc_auc, standard_error


def author_auc(sets: MembershipSets, signal: Signal, confidence: float) -> tuple[float, Interval, int] | None:
    """Area by the mean of an author's values, its interval, and how many authors.

    Authors with texts in both sets are left out: they are members in part.

    Returns:
        None where no authors are known, where they are groups, or where fewer than 50 of either kind
        are left.
    """
    names = sets.authors
    if names is None or sets.groups:
        return None
    positions = np.unique(np.asarray(names), return_inverse=True)[1]
    texts = np.bincount(positions)
    inside = np.bincount(positions, weights=sets.member) / texts
    pure = (inside == 0) | (inside == 1)
    member = inside[pure] == 1
    if min(member.sum(), (~member).sum()) < LEAST:
        return None
    means = np.asarray(np.bincount(positions, weights=signal.values) / texts, dtype=np.float64)[pure]
    auc = roc_auc(means, member, np.zeros(len(means), dtype=np.int64))
    return auc.value, _interval(auc, member, confidence), len(means)


def _interval(auc: Auc, member: Flags, confidence: float) -> Interval:
    units = int(min(member.sum(), (~member).sum()))
    return auc_interval(auc, standard_error(auc.influence), confidence, units=units)
