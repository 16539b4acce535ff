"""Signals: what of the model's answer is higher for texts that it was trained on.

All are computed in float64 from logits: probabilities of a model that knows its training texts by heart are all 1 to
the last digit of a float32, and ties hide what logits show (Carlini et al. 2022, section VI-A).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.statistics.membership import Floats
from robust_emo.types import Task


@dataclass(frozen=True, slots=True)
class Signal:
    """One number per text, higher for members as far as the signal knows."""

    name: str
    values: Floats
    """(n,), in the order of the sets."""
    paper: str
    meaning: str
    """What it looks at, for a reader who never heard of it."""


def loss_signal(log_odds: Floats) -> Signal:
    """The model's log-odds of the right emotion."""
    return Signal(
        "loss",
        log_odds,
        "Yeom et al. 2018; with thresholds from other texts, Attack-P of Ye et al. 2022",
        "how sure the model is of the right emotion",
    )


def margin_signal(logits: Floats, gold: Floats, task: Task) -> Signal:
    """How far the right emotion is ahead of the next one."""
    return Signal(
        "margin", margins(logits, gold, task), "Yeom et al. 2018", "how far the right emotion is ahead of the next one"
    )


def class_signal(log_odds: Floats, sets: MembershipSets) -> Signal:
    """Log-odds against those of non-members with the same emotion, which differ between emotions."""
    names = np.array([" ".join(sorted(example.labels)) for example in sets.examples])
    values = np.empty(len(log_odds))
    for fold in np.unique(sets.fold):
        known = (sets.fold != fold) & ~sets.member
        here = sets.fold == fold
        mean, spread = log_odds[known].mean(), log_odds[known].std()
        values[here] = (log_odds[here] - mean) / max(spread, 1e-9)
        for name in np.unique(names[here]):
            alike = known & (names == name)
            if alike.sum() >= 10:  # of fewer the spread is guesswork; they are set against all
                rows = here & (names == name)
                values[rows] = (log_odds[rows] - log_odds[alike].mean()) / max(log_odds[alike].std(), 1e-9)
    return Signal("class-loss", values, "Song & Mittal 2021", "how sure the model is, for a text of that emotion")


def difference_signal(name: str, log_odds: Floats, reference: Floats, meaning: str) -> Signal:
    """Log-odds against those of another model: hard texts are hard for both."""
    return Signal(name, log_odds - reference, "Watson et al. 2022", meaning)


def log_odds(logits: Floats, gold: Floats, task: Task) -> Floats:
    """Log-odds of the right answer.

    Args:
        logits: (n, labels).
        gold: (n, labels), 0 or 1.
        task: with several labels, each is a decision of its own and their log probabilities add up.

    Returns:
        (n,); in single-label data ``log p - log(1 - p)``, in multi-label data the log probability of all decisions.
    """
    if task is Task.MULTI_LABEL:
        signed = np.where(gold > 0, logits, -logits)
        return np.asarray(-np.logaddexp(0, -signed).sum(axis=1))
    right = (logits * gold).sum(axis=1)
    others = np.where(gold > 0, -np.inf, logits)
    top = others.max(axis=1)
    return np.asarray(right - top - np.log(np.exp(others - top[:, None]).sum(axis=1)))


def margins(logits: Floats, gold: Floats, task: Task) -> Floats:
    """(n,): the right logit minus the largest other one; with several labels, the narrowest of all decisions."""
    if task is Task.MULTI_LABEL:
        return np.asarray(np.where(gold > 0, logits, -logits).min(axis=1))
    return np.asarray((logits * gold).sum(axis=1) - np.where(gold > 0, -np.inf, logits).max(axis=1))


def gold_flags(labels_of: Sequence[Sequence[str]], labels: Sequence[str]) -> Floats:
    """(n, labels): 1 where a label holds."""
    return np.array([[float(label in own) for label in labels] for own in labels_of]).reshape(-1, len(labels))
