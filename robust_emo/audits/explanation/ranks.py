"""How alike two attributions of the same words are."""

import numpy as np

from robust_emo.audits.explanation.attribution import Values

_FEWEST = 3
"""Words. Below, a rank correlation is -1 or 1 whatever the values are."""
_SHARE = 0.25
"""Of the words that count as the highest; at least one."""


def rank_correlation(left: Values, right: Values) -> float | None:
    """Spearman's correlation; None for fewer than three words or where all values of one side are equal."""
    from scipy.stats import rankdata

    if len(left) < _FEWEST or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(rankdata(left), rankdata(right))[0, 1])


def top_overlap(left: Values, right: Values) -> float:
    """Share of the highest words that both have in common, in [0, 1].

    Args:
        left: attributions, (words,).
        right: of the same words.
    """
    count = _highest(len(left))
    tops = [set(np.argsort(-values, kind="stable")[:count].tolist()) for values in (left, right)]
    return len(tops[0] & tops[1]) / count


def random_overlap(words: int) -> float:
    """What :func:`top_overlap` is, on average, for a random ranking: of k words, each is in the other's k by k / n."""
    return _highest(words) / words


def _highest(words: int) -> int:
    return max(1, int(_SHARE * words + 0.5))
