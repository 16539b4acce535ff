"""Progress towards a goal as a probability, for searches that weigh texts by it."""

import numpy as np
import numpy.typing as npt


def probability(progress: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Progress, which goals give in log odds, as a probability in [0, 1], element by element."""
    return np.asarray(1 / (1 + np.exp(-np.clip(progress, -500, 500))))
