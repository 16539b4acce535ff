"""How sure the model is of a text by what can be expected of such a text, learnt from non-members alone."""

import numpy as np

from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.audits.membership.text_features import TextFeatures
from robust_emo.statistics.membership import Floats
from robust_emo.types import Task

_SPREAD = 0.25  # least expected deviation, as a share of that over all: a few texts by chance alike promise nothing


def probe_log_odds(sets: MembershipSets, features: TextFeatures, gold: Floats, task: Task) -> Floats:
    """(n,): log-odds of the right answer by a linear head on the public base encoder, a model without the members.

    Learnt, per fold, on the non-members of the other four.
    """
    from sklearn.linear_model import LogisticRegression

    found = np.zeros(len(gold))
    for fold in np.unique(sets.fold):
        here, known = np.flatnonzero(sets.fold == fold), np.flatnonzero((sets.fold != fold) & ~sets.member)
        probabilities = np.empty((len(here), gold.shape[1]))
        for label in range(gold.shape[1]):
            truth = gold[known, label]
            if truth.min() == truth.max():
                probabilities[:, label] = (truth.sum() + 0.5) / (len(truth) + 1)
                continue
            model = LogisticRegression(C=10.0, max_iter=2000).fit(features.meaning[known], truth)
            probabilities[:, label] = model.predict_proba(features.meaning[here])[:, 1]
        found[here] = _of_right(probabilities, gold[here], task)
    return found


def _of_right(probabilities: Floats, gold: Floats, task: Task) -> Floats:
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    if task is Task.MULTI_LABEL:
        return np.asarray(np.log(np.where(gold > 0, clipped, 1 - clipped)).sum(axis=1))
    right = (clipped * gold).sum(axis=1) / clipped.sum(axis=1)
    return np.asarray(np.log(right) - np.log1p(-right))


def quantile_signal(
    log_odds: Floats, sets: MembershipSets, features: TextFeatures, gold: Floats, probe: Floats
) -> Signal:
    """By how many expected deviations a text's log-odds are above what is expected of a non-member like it.

    Bertran et al. 2023 in their Gaussian form: mean and spread of the log-odds are regressed on the text; a quantile
    of them is then a threshold of its own for every text.
    """
    from sklearn.linear_model import Ridge

    known_of_text = np.column_stack([features.meaning, gold, probe / 4, np.log1p(_lengths(sets))[:, None] / 4])
    values = np.empty(len(log_odds))
    for fold in np.unique(sets.fold):
        here, known = np.flatnonzero(sets.fold == fold), np.flatnonzero((sets.fold != fold) & ~sets.member)
        mean = Ridge(alpha=3.0).fit(known_of_text[known], log_odds[known])
        missed = np.abs(log_odds[known] - mean.predict(known_of_text[known]))
        spread = Ridge(alpha=10.0).fit(known_of_text[known], missed)
        least = max(_SPREAD * float(missed.mean()), 1e-9)
        expected = np.maximum(spread.predict(known_of_text[here]), least)
        values[here] = (log_odds[here] - mean.predict(known_of_text[here])) / expected
    return Signal(
        "quantile", values, "Bertran et al. 2023", "how sure the model is, against what is expected of such a text"
    )


def _lengths(sets: MembershipSets) -> Floats:
    return np.array([float(len(text)) for text in sets.texts])
