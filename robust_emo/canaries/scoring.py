"""How much a model answers as if it had been trained on a canary, and the guesses that follow."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.canaries.sealed import Canary
from robust_emo.statistics.one_run import Guesses
from robust_emo.types import Task

MARGIN = "margin over the median of its kind"
"""How far the model is from another answer than the canary's label. Less the median, since words that say nothing have
other margins than sentences with a wrong label, and both are to be guessed about."""
OVER_EXPECTED = "margin over the expected one and the median of its kind"
"""The same, less what somebody expects who knows all but the coins and the noise."""

Array = npt.NDArray[np.float64]


def margins(logits: npt.ArrayLike, labels: Sequence[str], canaries: Sequence[Canary], task: Task) -> Array:
    """Of each canary, the log of the odds of its label, from logits and not from probabilities, which round to 1.

    In multi-label data the logit of its label less those of all others, which should be low.

    Args:
        logits: (n, labels), any float type; computed with in float64.
        labels: in their order.
        canaries: n.
        task: how labels are read.

    Returns:
        (n,), larger is more like a text that was trained on.
    """
    from scipy.special import logsumexp

    wide = np.asarray(logits, dtype=np.float64)
    rows, columns = np.arange(len(canaries)), np.asarray([labels.index(canary.label) for canary in canaries])
    own = wide[rows, columns]
    if task is Task.MULTI_LABEL:
        return np.asarray(2 * own - wide.sum(axis=1))
    others = wide.copy()
    others[rows, columns] = -np.inf
    return np.asarray(own - logsumexp(others, axis=1))


def scores(logits: npt.ArrayLike, labels: Sequence[str], canaries: Sequence[Canary], task: Task) -> Array:
    """By what canaries are ordered: their margins, less those that were expected where some were, less the median."""
    found = margins(logits, labels, canaries, task)
    expected = [canary.expected for canary in canaries if canary.expected is not None]
    if expected:
        found = found - margins(expected, labels, canaries, task)
    kinds = np.asarray([canary.kind for canary in canaries])
    for kind in np.unique(kinds):
        found[kinds == kind] -= np.median(found[kinds == kind])
    return found


def guess(found: Array, canaries: Sequence[Canary], guesses: int) -> Guesses:
    """Say of the half of `guesses` with the largest scores that they were trained on, of as many smallest that not.

    The number comes from the seal: nothing is chosen by looking. Coins have no part in breaking ties.

    Args:
        found: (n,), scores.
        canaries: n.
        guesses: even, at most n.
    """
    order, half = np.argsort(-found, kind="stable"), guesses // 2
    inserted = np.asarray([canary.inserted for canary in canaries])
    correct = int(inserted[order[:half]].sum()) + int((~inserted[order[len(order) - half :]]).sum())
    return Guesses(len(canaries), guesses, correct)
