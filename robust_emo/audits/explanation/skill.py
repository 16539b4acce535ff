"""Whether there is anything to explain: a model that guesses has reasons for nothing."""

from collections.abc import Sequence

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.audits.authors import authors
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.models.victim import Victim
from robust_emo.statistics import label_flags, mean_recall_interval
from robust_emo.types import Example, Task

_HARDLY = 0.1


def better_than_guessing(victim: Victim, examples: Sequence[Example], logits: FloatArray, *, seed: int) -> bool | None:
    """Whether the mean recall of the emotions is above that of any constant answer.

    True where its whole interval is, False where all of it is less than :data:`_HARDLY` above.

    Args:
        victim: the model.
        examples: with their true emotions.
        logits: (examples, labels).
        seed: of the bootstrap.

    Returns:
        None for multi-label models, which have no such constant, and where the examples are too few to tell.
    """
    if victim.task is Task.MULTI_LABEL:
        return None
    gold = label_flags([example.labels for example in examples], victim.labels)
    right = np.array(
        [
            prediction.labels == example.labels
            for prediction, example in zip(victim.predictions(logits), examples, strict=True)
        ]
    )
    known = int(gold.any(axis=0).sum())
    interval = mean_recall_interval(gold, right, seed=seed, confidence=CONFIDENCE, clusters=authors(examples))
    if interval is None or known < 2:
        return None
    if interval.low > 1 / known:
        return True
    return False if interval.high < 1 / known + _HARDLY else None
