"""Which of the texts just asked about reached the goal.

The text nearest to the goal is not always one of them: with three emotions or more a text can take much from the gold
label without giving any other one the lead, while another text does just that.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray
from robust_emo.engine.goal import Goal

from .allowance import Allowance


def winner(
    texts: Sequence[str],
    logits: FloatArray,
    gains: npt.NDArray[np.float64],
    goal: Goal,
    allowance: Allowance,
) -> str | None:
    """Of the texts that reached the goal and keep to the budget the one nearest to the goal; None if there is none."""
    for index in map(int, np.argsort(-gains, kind="stable")):
        if goal.reached(logits[index]) and allowance.holds(texts[index]):
            return texts[index]
    return None
