"""The blind baseline: a classifier that tells members from non-members without ever asking the model.

Where it can, the two sets differ by themselves (they were written at another time, on other matters), and an attack
that finds members may have found nothing but that (Das, Zhang & Tramer 2024; Meeus et al. 2024).
"""

import numpy as np

from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.text_features import TextFeatures
from robust_emo.statistics.membership import Floats


def blind_scores(sets: MembershipSets, features: TextFeatures) -> Floats:
    """(n,), higher for texts that look like members by their words and meaning.

    Two logistic regressions, learnt on four folds with the membership of their texts told, judge the fifth; their
    standardised answers are added.
    """
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros(len(sets.examples))
    for fold in np.unique(sets.fold):
        here, others = np.flatnonzero(sets.fold == fold), np.flatnonzero(sets.fold != fold)
        for strength, known in ((3.0, features.words), (0.3, features.meaning)):
            model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
            answer = model.fit(known[others], sets.member[others]).decision_function(known[here])
            scores[here] += (answer - answer.mean()) / max(answer.std(), 1e-9)
    return scores
