"""How well scores tell members from non-members: area under the curve, and members found at few false alarms.

Scores come in folds: what a score was learnt on, and what a threshold is read from, lies in other folds than the text
that is judged by it.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from robust_emo.statistics.intervals import Interval, check_confidence, clopper_pearson

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int64]

_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the curve: how often a member scores higher than a non-member of its fold, ties counting half."""

    value: float
    influence: Floats
    """(n,): what each text adds to `value` minus what it would add on average; their squares make the variance."""


@dataclass(frozen=True, slots=True)
class Accused:
    """Texts that lie above the thresholds read from other folds."""

    true_positives: int
    members: int
    false_positives: int
    nonmembers: int

    @property
    def true_positive_rate(self) -> float:
        """Share of the members that are accused."""
        return self.true_positives / self.members

    @property
    def false_positive_rate(self) -> float:
        """Share of the non-members that are accused; near what was aimed at, and measured here."""
        return self.false_positives / self.nonmembers

    @property
    def advantage(self) -> float:
        """True positive rate minus false positive rate, in [-1, 1] (Yeom et al. 2018)."""
        return self.true_positive_rate - self.false_positive_rate

    def advantage_interval(self, confidence: float) -> Interval:
        """Clopper and Pearson's of both rates, each with half of the error: never covers less than `confidence`."""
        each = (1 + confidence) / 2
        found = clopper_pearson(self.true_positives, self.members, each)
        wronged = clopper_pearson(self.false_positives, self.nonmembers, each)
        if found is None or wronged is None:
            raise ValueError("an advantage needs members and non-members")
        return Interval(found.low - wronged.high, found.high - wronged.low, "clopper-pearson")


def roc_auc(scores: Floats, member: Flags, fold: Folds) -> Auc:
    """Mean over folds of the area under each, weighted by the number of pairs (Hanley & McNeil 1982).

    The influence of a text is the structural component of DeLong, DeLong & Clarke-Pearson 1988.

    Args:
        scores: (n,), higher for members.
        member: (n,).
        fold: (n,), small integers; every fold needs a member and a non-member.

    Raises:
        ValueError: a fold without either, or a score that is not finite.
    """
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite")
    folds = [np.flatnonzero(fold == each) for each in np.unique(fold)]
    pairs = [int(member[rows].sum()) * int((~member[rows]).sum()) for rows in folds]
    if not folds or not all(pairs):
        raise ValueError("every fold needs members and non-members")
    value, influence = 0.0, np.zeros(len(scores))
    for rows, weight in zip(folds, np.array(pairs) / sum(pairs), strict=True):
        placed = _placements(scores[rows], member[rows])
        inside = member[rows]
        area = float(placed[inside].mean())
        value += weight * area
        sizes = np.where(inside, inside.sum(), (~inside).sum())
        influence[rows] = weight * (placed - area) / sizes
    return Auc(float(value), influence)


def _placements(scores: Floats, member: Flags) -> Floats:
    """For each text the share of the other kind that it is on the right side of, ties counting half."""
    placed = np.empty(len(scores))
    for mine, others, sign in ((member, ~member, 1), (~member, member, -1)):
        against = np.sort(sign * scores[others])
        below, upto = (np.searchsorted(against, sign * scores[mine], side=side) for side in ("left", "right"))
        placed[mine] = (below + upto) / (2 * len(against))
    return placed


def standard_error(influence: Floats, clusters: Sequence[str] | None = None) -> float:
    """Of a sum of influences; texts of one cluster, such as an author, may depend on each other (Obuchowski 1997).

    Raises:
        ValueError: fewer than two clusters or texts.
    """
    if clusters is not None:
        positions = np.unique(np.asarray(clusters), return_inverse=True)[1]
        influence = np.asarray(np.bincount(positions, weights=influence), dtype=np.float64)
    count = len(influence)
    if count < 2:
        raise ValueError("a standard error needs two independent texts at least")
    return float(math.sqrt(count / (count - 1) * float(np.square(influence).sum())))


def auc_interval(auc: Auc, error: float, confidence: float, *, units: int) -> Interval:
    """Normal interval on the log-odds of the area, which keeps it within [0, 1] (Pepe 2003).

    Args:
        auc: where it is 0 or 1 nothing varies, and as many successes as there are units tell how far off it may be
            (Clopper & Pearson 1934).
        error: of :func:`standard_error`.
        confidence: in (0, 1).
        units: independent texts or authors of the rarer kind.
    """
    check_confidence(confidence)
    if not 0 < auc.value < 1:
        exact = clopper_pearson(units if auc.value else 0, units, confidence)
        return Interval(exact.low, exact.high, "delong") if exact else Interval(0.0, 1.0, "delong")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    odds, half = math.log(auc.value / (1 - auc.value)), z * error / (auc.value * (1 - auc.value))
    return Interval(1 / (1 + math.exp(half - odds)), 1 / (1 + math.exp(-half - odds)), "delong")


def above(estimate: float, bound: float, error: float) -> float:
    """One-sided p-value of the normal test that an estimate is above `bound`; 1 where nothing varies and it is not."""
    if error == 0:
        return 0.0 if estimate > bound else 1.0
    return 1 - NormalDist().cdf((estimate - bound) / error)


def counted(accused: Flags | None, member: Flags) -> Accused | None:
    """How many of either kind are accused; None where nobody can tell who is."""
    return None if accused is None else _accused(accused, member)


def ties_by_lot(scores: Floats, rng: random.Random) -> Floats:
    """(n,), ranks of the scores from 0, equal ones in random order.

    With a threshold between equal scores an attacker accuses some of them by lot. Read from such ranks, thresholds
    let through what they are meant to, where most scores are the same, too.
    """
    ranks, lots = np.empty(len(scores)), np.array([rng.random() for _ in scores])
    ranks[np.lexsort((lots, scores))] = np.arange(len(scores))
    return ranks


def above_threshold(scores: Floats, member: Flags, fold: Folds, rate: float) -> Flags | None:
    """Which texts are above the score that a share `rate` of the non-members of all other folds exceeds.

    Args:
        scores: (n,), higher for members, comparable between folds.
        member: (n,).
        fold: (n,).
        rate: of false alarms, in (0, 1).

    Returns:
        (n,), or None where the non-members of the other folds are too few for such a rate, fewer than 1 / rate - 1.
    """
    accused = np.zeros(len(scores), dtype=np.bool_)
    for each in np.unique(fold):
        known = np.sort(scores[(fold != each) & ~member])[::-1]
        # A further one is above the k-th largest of n with probability k / (n + 1).
        rank = math.floor(rate * (len(known) + 1) + 1e-9)
        if rank < 1:
            return None
        here = fold == each
        accused[here] = scores[here] > known[rank - 1]
    return accused


def resampled_shares(
    scores: Sequence[Floats], member: Flags, fold: Folds, rate: float, *, seed: int, n_resamples: int = 1000
) -> Floats | None:
    """Members above the thresholds of :func:`above_threshold` on resamples that read these anew (Efron 1979).

    The threshold at few false alarms rests on a handful of non-members. Where many members lie about it, what it varies
    by is most of what the share varies by, and no interval that takes it as given covers.

    Args:
        scores: each (n,), judged on the same resamples, so that their differences are paired.
        member: (n,).
        fold: (n,). Members, and non-members, of each fold are resampled by themselves.
        rate: of false alarms.
        seed: fixes the resamples.
        n_resamples: how many.

    Returns:
        (n_resamples, len(scores)), or None where the non-members are too few for such a rate.
    """
    if not scores or above_threshold(scores[0], member, fold, rate) is None:
        return None
    cells = [np.flatnonzero((fold == each) & (member == kind)) for each in np.unique(fold) for kind in (True, False)]
    rng, shares = np.random.default_rng(seed), np.empty((n_resamples, len(scores)))
    for resample in shares:
        rows = np.concatenate([cell[rng.integers(len(cell), size=len(cell))] for cell in cells])
        inside, part = member[rows], fold[rows]
        found = (counted(above_threshold(each[rows], inside, part, rate), inside) for each in scores)
        resample[:] = [accused.true_positive_rate if accused else np.nan for accused in found]
    return shares


def accused_by_best(scores: Floats, member: Flags, fold: Folds) -> Accused:
    """Texts above the threshold with the largest advantage on all other folds, whose members are known there."""
    accused = np.zeros(len(scores), dtype=np.bool_)
    for each in np.unique(fold):
        others, here = fold != each, fold == each
        order = np.argsort(-scores[others], kind="stable")
        known, ranked = member[others][order], scores[others][order]
        gain = np.cumsum(known) / known.sum() - np.cumsum(~known) / (~known).sum()
        last = np.append(ranked[1:] != ranked[:-1], True)  # a threshold takes all of equal scores
        best = int(np.argmax(np.where(last, gain, -np.inf)))
        accused[here] = scores[here] >= ranked[best]
    return _accused(accused, member)


def _accused(accused: Flags, member: Flags) -> Accused:
    return Accused(
        true_positives=int((accused & member).sum()),
        members=int(member.sum()),
        false_positives=int((accused & ~member).sum()),
        nonmembers=int((~member).sum()),
    )


def more_members_accused(accused: Accused) -> float:
    """One-sided p-value that members are accused more often than non-members (Fisher's exact test)."""
    from scipy.stats import hypergeom

    total = accused.members + accused.nonmembers
    positives = accused.true_positives + accused.false_positives
    return float(hypergeom.sf(accused.true_positives - 1, total, positives, accused.members))


def chance_error(members: int, nonmembers: int) -> float:
    """Standard error of the area where there is nothing to find (Mann & Whitney 1947)."""
    return math.sqrt((members + nonmembers + 1) / (12 * members * nonmembers))


def detectable_auc(bound: float, error: float, level: float) -> float:
    """The area that a one-sided test at `level` of being above `bound` finds with a chance of 80%."""
    normal = NormalDist()
    return min(1.0, bound + (normal.inv_cdf(1 - level) + normal.inv_cdf(_POWER)) * error)


def detectable_rate(members: int, nonmembers: int, level: float, rate: float) -> float | None:
    """The share of members found at `rate` that Fisher's test at `level` finds with a chance of 80%; None where none.

    As many false alarms as `rate` lets expect are taken to happen.
    """
    from scipy.special import betaincinv

    wronged = round(rate * nonmembers)
    counts = (Accused(found, members, wronged, nonmembers) for found in range(members + 1))
    least = next((each.true_positives for each in counts if more_members_accused(each) < level), None)
    # The binomial with share p reaches `least` with a chance of 80% where the beta distribution says so.
    return None if least is None else float(betaincinv(least, members - least + 1, _POWER))
