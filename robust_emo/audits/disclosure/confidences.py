"""The loss of a text as somebody sees it who is shown all of the model's answer, or less.

A service may show the logits, probabilities rounded to some decimals, or the label alone. Coarser answers hide
differences between texts: then many have the same loss.
"""

from collections.abc import Sequence

import numpy as np

from robust_emo.audits.membership.signals import Signal, log_odds
from robust_emo.statistics.membership import Floats
from robust_emo.types import Task

LOGITS, LABEL = "logits", "label"
ROUNDED = {"2_decimals": 2, "1_decimal": 1, "0_decimals": 0}
_PAPER = "Yeom et al. 2018"
_SAME = 9  # decimals: sums of the same logarithms in another order differ behind these


def confidence_signals(logits: Floats, gold: Floats, task: Task) -> Sequence[Signal]:
    """The loss signal at each level of detail, the finest first.

    Args:
        logits: (n, labels).
        gold: (n, labels), 0 or 1.
        task: of the model.
    """
    shown = probabilities(logits, task)
    full = Signal(LOGITS, log_odds(logits, gold, task), _PAPER, "how sure the model is of the right emotion")
    rounded = [
        Signal(name, seen_loss(np.round(shown, decimals), gold, task, decimals), _PAPER, "the same, of what is shown")
        for name, decimals in ROUNDED.items()
    ]
    alone = seen_loss(predicted(logits, task), gold, task, 0)
    return [full, *rounded, Signal(LABEL, alone, _PAPER, "whether the predicted emotion is right")]


def seen_loss(shown: Floats, gold: Floats, task: Task, decimals: int) -> Floats:
    """Log-odds of the right answer from nothing but what is shown; equal where the same is shown of the right answer.

    Args:
        shown: (n, labels), rounded probabilities; the label alone is a probability of 1.
        gold: (n, labels).
        task: as for :func:`log_odds`, whose form this has.
        decimals: of `shown`. What rounds to 0 lies between 0 and half a unit: it counts as a quarter of one.
    """
    least = 10.0**-decimals / 4
    known = np.clip(shown, least, 1 - least)
    if task is Task.MULTI_LABEL:
        seen = np.log(np.where(gold > 0, known, 1 - known)).sum(axis=1)
    else:
        right = (known * gold).sum(axis=1)
        seen = np.log(right) - np.log1p(-right)
    return np.asarray(np.round(seen, _SAME))


def predicted(logits: Floats, task: Task) -> Floats:
    """(n, labels), 1 for what the model says: its labels, which anybody sees."""
    if task is Task.MULTI_LABEL:
        return np.asarray(logits >= 0, dtype=np.float64)
    return np.asarray(np.eye(logits.shape[1])[logits.argmax(axis=1)])


def probabilities(logits: Floats, task: Task) -> Floats:
    """(n, labels), softmax, or with several labels the sigmoid of each."""
    from scipy.special import expit, softmax

    return np.asarray(expit(logits) if task is Task.MULTI_LABEL else softmax(logits, axis=1))
