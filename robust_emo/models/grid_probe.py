"""Finding out in how small steps batches may grow on this processor without a text's numbers changing."""

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from robust_emo.arrays import FloatArray
from robust_emo.models.packing import COARSE, FINE, MEDIUM, NARROW, Grid

_WIDTHS = (4, 8, 12)
_STEPS = (0, 1, 2, 3, 5, 7, 14, 29)  # row numbers tried, in steps of a grid
_MOST_ROWS = 48
_TEXTS = [" ".join(str(7919 * (row + place) % 1000) for place in range(1 + row % 2 * 7)) for row in range(_MOST_ROWS)]

Encode = Callable[[Sequence[str], int], tuple[Tensor, Tensor]]
"""(n texts, width) -> input_ids and attention_mask, both (n, width): texts cut to the width, shorter ones padded."""


def finest_grid(run: Callable[[Tensor, Tensor], FloatArray], encode: Encode, *, widest: int) -> Grid:
    """The finest grid for which `run` gives each row the same bits whatever rows come before and after it.

    Takes about as long as 200 texts of a tweet's length. Kernels are chosen by shape and processor, never by content,
    so what holds for the texts tried holds for others.

    Args:
        run: (input_ids, attention_mask), both (rows, width), -> (rows, features).
        encode: as the tokenizer of the model does it, since some models refuse texts without their special tokens.
        widest: positions of the model.
    """
    batches = [encode(_TEXTS, width) for width in sorted({min(width, widest) for width in _WIDTHS})]
    whole = [run(ids, mask) for ids, mask in batches]
    for grid in (FINE, MEDIUM, NARROW):
        sizes = [rows for step in _STEPS if (rows := grid.fewest_rows + step * grid.rows) <= _MOST_ROWS]
        parts = [part for rows in sizes for part in (slice(rows), slice(-rows, None))]
        if all(
            np.array_equal(run(ids[part], mask[part]), answer[part])
            for (ids, mask), answer in zip(batches, whole, strict=True)
            for part in parts
        ):
            return grid
    return COARSE
