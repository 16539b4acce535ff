"""Certificates of classifiers smoothed by hiding words: how many words may change before their answer can.

A smoothed classifier answers with the class c that its base gives most often when words are hidden at random. A change
of the text reaches the base only where a changed word is shown, so it can move only that share of the answers: at worst
all of it from c to one other class, which takes twice that share from the lead of c. All bounds below hold for every
base classifier; none of them rests on an estimate of how the base behaves there.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

_GUARD = 1e-9
"""Bounds must be passed by this much: rounding must not certify a tie."""
_MOST_SETS = 4000
"""Sets of positions that are gone through one by one."""


def lower_bound(successes: int, n: int, alpha: float) -> float:
    """One-sided exact lower bound of a proportion (Clopper and Pearson 1934): too high with probability <= `alpha`.

    Raises:
        ValueError: unless 0 <= successes <= n, n > 0 and 0 < alpha < 1.
    """
    from scipy.special import betaincinv

    if not 0 <= successes <= n or n == 0 or not 0 < alpha < 1:
        raise ValueError(f"expected 0 <= successes <= n, n > 0, 0 < alpha < 1; got {successes}, {n}, {alpha}")
    return 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, alpha))


def lead_bound(counts: IntArray, first: int, alpha: float) -> float:
    """Lower bound of the lead of class `first` over every other one, in shares: too high with probability <= `alpha`.

    Half of `alpha` is for the share of `first`, the other half for those of its rivals together (Bonferroni).

    Args:
        counts: (classes,), answers of a sample that did not choose `first`.
        first: class index.
        alpha: in (0, 1).
    """
    n, rivals = int(counts.sum()), [int(count) for rival, count in enumerate(counts) if rival != first]
    share = lower_bound(int(counts[first]), n, alpha / 2)
    if not rivals:
        return share
    most = 1 - lower_bound(n - max(rivals), n, alpha / 2 / len(rivals))
    return share - min(most, 1 - share)


def masking_reach(words: int, kept: int, changed: int) -> float:
    """Share of the maskings that show at least one of `changed` words: Delta of Zeng et al. (2021)."""
    changed = min(changed, words)
    return 1 - math.comb(words - changed, kept) / math.comb(words, kept)


def masking_radius(lead: float, *, words: int, kept: int, most: int) -> int | None:
    """Words that may be replaced while c stays the most frequent answer to all maskings.

    Replacing d words changes no masking that hides all of them, so the lead falls by at most twice
    ``masking_reach(words, kept, d)``. Zeng et al. multiply that by an estimate of beta, the share of the lost maskings
    that answered c; here it is 1.

    Args:
        lead: of c over every other class, in shares of the maskings, or a lower bound of it.
        words: of the text; their number and order must stay.
        kept: words that a masking shows.
        most: where to stop.

    Returns:
        The radius, at most `most`; None without a lead.
    """
    return _largest(most, lambda changed: lead > 2 * masking_reach(words, kept, changed) + _GUARD)


def deletion_radius(lead: float, *, rate: float, most: int) -> int | None:
    """Words that may be replaced, inserted or deleted, anywhere, while c stays the most frequent answer to deletions.

    Let r edits lead from x to y, and z be the words that both share in order: z lacks a <= r words of x, b <= r of y.
    With probability rate^a a deletion of x takes all those a words, and then looks like a deletion of z. For the leads
    D: D(x) <= rate^a D(z) + 1 - rate^a and D(y) >= rate^b D(z) - (1 - rate^b), so
    D(y) >= rate^(b-a) (D(x) - 1) + 2 rate^b - 1. If D(x) > 2 (1 - rate^r), that is above rate^(b-r) - 1 >= 0 for a = r,
    and more for a < r. With only two classes it is Huang et al.'s bound (RS-Del 2023, CERT-ED 2024).

    Args:
        lead: of c over every other class, in probability, or a lower bound of it.
        rate: probability with which each word goes.
        most: where to stop.

    Returns:
        The radius, at most `most`; None without a lead.
    """
    return _largest(most, lambda edits: lead > 2 * (1 - rate**edits) + _GUARD)


def exact_deletion_radius(probabilities: Sequence[float], *, rate: float, most: int) -> tuple[int | None, int]:
    """(class, radius) from the exact probability of every class; no class where two share the first place."""
    ranked = sorted(range(len(probabilities)), key=lambda label: -probabilities[label])
    second = probabilities[ranked[1]] if len(ranked) > 1 else 0.0
    radius = deletion_radius(probabilities[ranked[0]] - second, rate=rate, most=most)
    return (None, 0) if radius is None else (ranked[0], radius)


def exact_masking_radius(
    shown: Sequence[Sequence[int]], answers: IntArray, *, words: int, classes: int, most: int
) -> tuple[int | None, int]:
    """(class, radius) from the base's answers to all maskings; no class where two share the first place.

    Worst of all bases with these answers: whatever shows a replaced word answers some other class j. So c stays first
    as long as, for every j and every set of d words, its lead over j exceeds what the set costs: over the maskings that
    show one of its words, the sum of 2 where c answered, 0 where j did and 1 elsewhere. Sets are gone through where
    that is affordable and needed; else the d words that cost most, counted without overlap, bound them, and so do 2 per
    masking reached. This is beta of Zeng et al. (2021) without an estimate.

    Args:
        shown: positions that each masking shows; all of them, each as many positions.
        answers: (maskings,), class index.
        words: of the text; their number and order must stay.
        classes: number of classes.
        most: where to stop.
    """
    counts = np.bincount(answers, minlength=classes)
    first = int(counts.argmax())
    rivals = [rival for rival in range(classes) if rival != first]
    if any(counts[rival] == counts[first] for rival in rivals):
        return None, 0
    costs = np.ones((len(rivals), len(answers)), dtype=np.int64)
    costs[:, answers == first] = 2
    for row, rival in enumerate(rivals):
        costs[row, answers == rival] = 0
    visible = np.zeros((len(answers), words), dtype=np.bool_)
    for masking, positions in enumerate(shown):
        visible[masking, list(positions)] = True
    leads = counts[first] - counts[rivals]

    def holds(changed: int) -> bool:
        return _withstands(leads, costs, visible, min(changed, words))

    return first, _largest(most, holds) or 0


def _withstands(leads: IntArray, costs: IntArray, visible: npt.NDArray[np.bool_], changed: int) -> bool:
    """Whether every lead exceeds what any `changed` words can cost against its rival.

    Args:
        leads: (rivals,).
        costs: (rivals, maskings).
        visible: (maskings, words).
    """
    maskings, words = visible.shape
    kept = int(visible[0].sum())
    reached = maskings - math.comb(words - changed, kept)
    alone = np.sort(costs @ visible.astype(np.int64), axis=1)
    apart = alone[:, words - changed :].sum(axis=1)
    if (leads > np.minimum(apart, 2 * reached)).all():
        return True
    # one shown word or one changed word: nothing overlaps, and the bound is what it costs
    if kept <= 1 or changed <= 1 or math.comb(words, changed) > _MOST_SETS:
        return False
    sets = itertools.combinations(range(words), changed)
    return all(bool((leads > costs @ visible[:, chosen].any(axis=1)).all()) for chosen in sets)


def _largest(most: int, holds: Callable[[int], bool]) -> int | None:
    """The largest number up to `most` for which, and for all below, `holds` is true; None if not even for 0."""
    if not holds(0):
        return None
    radius = 0
    while radius < most and holds(radius + 1):
        radius += 1
    return radius
