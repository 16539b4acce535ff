"""Finding out in how small steps batches may grow on this processor without a text's numbers changing."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from robust_emo.arrays import FloatArray
from robust_emo.models.packing import COARSE, FINE, MEDIUM, Grid

_WIDTHS = (4, 8)
_STEPS = (0, 1, 2, 3, 5, 7, 14, 29)  # row numbers tried, in steps of a grid
_MOST_ROWS = 64


def finest_grid(run: Callable[[Tensor, Tensor], FloatArray], *, vocabulary: int, widest: int) -> Grid:
    """The finest grid for which `run` gives each row the same bits whatever rows come after it.

    Takes about as long as 60 texts of a tweet's length. Kernels are chosen by shape and processor, never by content, so
    what holds for the tokens tried holds for others.

    Args:
        run: (input_ids, attention_mask), both (rows, width), -> (rows, features).
        vocabulary: token ids to choose from.
        widest: positions of the model.
    """
    batches = [_batch(width, vocabulary) for width in _WIDTHS if width <= widest]
    whole = [run(ids, mask) for ids, mask in batches]
    for grid in (FINE, MEDIUM):
        sizes = [rows for step in _STEPS if (rows := grid.fewest_rows + step * grid.rows) <= _MOST_ROWS]
        if all(
            np.array_equal(run(ids[:rows], mask[:rows]), answer[:rows])
            for (ids, mask), answer in zip(batches, whole, strict=True)
            for rows in sizes
        ):
            return grid
    return COARSE


def _batch(width: int, vocabulary: int) -> tuple[Tensor, Tensor]:
    ids = torch.arange(_MOST_ROWS * width).reshape(_MOST_ROWS, width) * 7919 % vocabulary
    mask = torch.ones_like(ids)
    mask[1::2, -width // 4 :] = 0
    return ids, mask
