"""How badly attributions foretell what leaving words out does (infidelity; Yeh et al. 2019), and whether by chance."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from robust_emo.audits.explanation.attribution import Values
from robust_emo.audits.explanation.faithfulness import Removed
from robust_emo.audits.explanation.randomness import seed_of

_PERMUTATIONS = 999
FEWEST_WAYS = 100
"""With fewer ways to deal the attributions out, the best is right by luck too often."""


def infidelity(values: Values, removed: Sequence[Removed]) -> float | None:
    """In [0, 1]: 0 is perfect, 1 no better than foretelling that nothing happens.

    Mean squared error of the sum of the left-out words' attributions, scaled by the best factor of at least 0, as a
    share of the mean square of what leaving them out did.

    Args:
        values: attributions, (words,).
        removed: what was left out and did.

    Returns:
        None where leaving words out did nothing.
    """
    left_out, lost = _as_arrays(len(values), removed)
    return None if not lost.any() else float(1 - _foretold(left_out, lost, values[:, None])[0])


@dataclass(frozen=True, slots=True)
class ByLot:
    """What the same attributions come to where they are dealt to the words by lot."""

    infidelity: float
    """Mean."""
    chance: float | None
    """That they foretell as well: a permutation test (Fisher 1935), at least 1 / 1000. Ties count against the
    attributions, so that equal ones for all words have a chance of 1. None where there are so few ways to deal that the
    best of them cannot be told from luck."""


def dealt_by_lot(values: Values, removed: Sequence[Removed], *, seed: int) -> ByLot | None:
    """Infidelity of attributions without reason.

    Args:
        values: attributions, (words,).
        removed: what was left out and did.
        seed: of the permutations, which depend on it and on the number of words.

    Returns:
        None where leaving words out did nothing.
    """
    left_out, lost = _as_arrays(len(values), removed)
    if not lost.any():
        return None
    draw = np.random.default_rng(seed_of(seed, "infidelity", len(values)))
    dealt = np.column_stack([values, *(draw.permutation(values) for _ in range(_PERMUTATIONS))])
    foretold = _foretold(left_out, lost, dealt)
    too_few = 1 < _ways_to_deal(values) < FEWEST_WAYS
    return ByLot(
        infidelity=float(1 - foretold[1:].mean()),
        chance=None if too_few else float((foretold >= foretold[0] - 1e-9).mean()),
    )


def _ways_to_deal(values: Values) -> int:
    """Orders of the values that differ."""
    ways = factorial(len(values))
    for count in Counter(values.tolist()).values():
        ways //= factorial(count)
    return ways


def _as_arrays(count: int, removed: Sequence[Removed]) -> tuple[Values, Values]:
    """Which words each set has, (sets, words), and what it lost, (sets,)."""
    left_out = np.zeros((len(removed), count))
    for row, each in enumerate(removed):
        left_out[row, list(each.words)] = 1
    return left_out, np.array([each.loss for each in removed])


def _foretold(left_out: Values, lost: Values, dealt: Values) -> Values:
    """Share of the mean square loss that each column of attributions (words, columns) foretells, in [0, 1]."""
    foretold = left_out @ dealt
    lengths = (foretold**2).sum(axis=0)
    alike = np.maximum(lost @ foretold, 0)
    shares: Values = np.divide(alike**2, lengths, out=np.zeros_like(alike), where=lengths > 0) / (lost @ lost)
    return np.minimum(shares, 1)  # rounding must not make more than all of it
