"""Signals that ask models which never saw a text how easy it is."""

from collections.abc import Sequence

import numpy as np

from robust_emo.audits.membership.references import Reference
from robust_emo.audits.membership.signals import Signal, log_odds
from robust_emo.statistics.membership import Flags, Floats
from robust_emo.types import Task

_OFFLINE = 0.3
"""The parameter `a` of RMIA: how far models that saw the text are taken to be surer than those that did not."""
_OWN_SPREAD = 8
"""Unseen models from which on a text has a spread of its own; below, one is taken for all."""


def reference_signals(odds: Floats, references: Sequence[Reference], gold: Floats, task: Task) -> tuple[Signal, Signal]:
    """RMIA and LiRA, both offline: every text is unseen by one reference model at least.

    Args:
        odds: (n,), the model's own log-odds.
        references: of n texts each.
        gold: (n, labels).
        task: of the model.
    """
    of_references = np.array([log_odds(reference.logits, gold, task) for reference in references])
    unseen = np.array([reference.unseen for reference in references])
    return _rmia(odds, of_references, unseen, task), _lira(odds, of_references, unseen)


def _rmia(odds: Floats, of_references: Floats, unseen: Flags, task: Task) -> Signal:
    """How much likelier the model makes the right answer than models in general do.

    Zarifzadeh, Liu & Shokri 2024 compare this ratio with those of a population and count how many it beats; for one
    population that ranks texts as the ratio itself does.
    """
    known = _log_probability(odds, task)
    outside = np.ma.masked_array(np.exp(_log_probability(of_references, task)), ~unseen).mean(axis=0).filled(0.0)
    expected = ((1 + _OFFLINE) * outside + 1 - _OFFLINE) / 2
    return Signal(
        "rmia",
        known - np.log(expected),
        "Zarifzadeh et al. 2024",
        "how much likelier the model makes the right emotion than models of the same recipe that never saw the text",
    )


def _lira(odds: Floats, of_references: Floats, unseen: Flags) -> Signal:
    """By how many deviations the log-odds are above those of models that did not see the text."""
    outside = np.ma.masked_array(of_references, ~unseen)
    mean = outside.mean(axis=0).filled(0.0)
    missed = outside - mean
    spread = np.full(len(odds), float(np.sqrt((missed**2).mean())) or 1.0)
    enough = unseen.sum(axis=0) >= _OWN_SPREAD
    if enough.any():
        own = np.sqrt((missed**2).sum(axis=0) / np.maximum(unseen.sum(axis=0) - 1, 1)).filled(0.0)
        spread = np.where(enough, np.maximum(own, 0.1 * spread), spread)
    return Signal(
        "lira",
        (odds - mean) / spread,
        "Carlini et al. 2022",
        "how far its log-odds are above those of models of the same recipe that never saw the text",
    )


def _log_probability(odds: Floats, task: Task) -> Floats:
    """Of the right answer; with several labels the log-odds are that already."""
    return odds if task is Task.MULTI_LABEL else -np.logaddexp(0, -odds)
