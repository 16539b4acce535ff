"""How far a canary that was trained on stands out among those that were not, in bits."""

import numpy as np
import numpy.typing as npt


def exposures(inserted: npt.ArrayLike, held_out: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Exposure of each inserted canary: log2 |R| - log2 of its rank in R (Carlini et al. 2019, "The secret sharer").

    R is the canary with all `held_out` ones, which stand for all texts of their kind ("by sampling"). Without
    memorisation the rank is uniform and the mean about 1.44 bits; the most that n held-out ones show is log2(n + 1).

    Args:
        inserted: (k,), how much the model is for each canary that it was trained on; larger is more.
        held_out: (n,), likewise for those left out.

    Returns:
        (k,), in bits, from 0 to log2(n + 1). A tie counts against the canary.
    """
    reference = np.sort(np.asarray(held_out, dtype=np.float64))
    values = np.asarray(inserted, dtype=np.float64)
    ranks = 1 + len(reference) - np.searchsorted(reference, values, side="left")
    return np.asarray(np.log2(len(reference) + 1) - np.log2(ranks))
