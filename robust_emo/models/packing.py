"""Cutting many texts of different lengths into batches, without padding to a maximum.

A text's answer must not depend on the texts that shared its batch. Matrix kernels round differently for different
shapes, so the shape is made a function of the text alone: the width is its length rounded up, and the number of rows
is one of those for which rows come out bit-identical. Which ones those are depends on the processor:
:mod:`robust_emo.models.grid_probe` finds out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """What shapes of batches are rounded up to.

    Attributes:
        fewest_rows: least number of rows.
        rows: rows are a multiple of it.
        width: widths, in tokens, are a multiple of it.
    """

    fewest_rows: int
    rows: int
    width: int


FINE = Grid(fewest_rows=4, rows=1, width=4)
"""Holds in fp32 with AVX2."""

MEDIUM = Grid(fewest_rows=4, rows=4, width=4)
"""For processors whose kernels treat the last rows otherwise."""

NARROW = Grid(fewest_rows=16, rows=8, width=4)
"""Holds in fp32 with AVX-512."""

COARSE = Grid(fewest_rows=16, rows=8, width=8)
"""Holds wherever it was tried with one thread: AVX2 in fp32, AVX-512 and AMX in fp32 and bf16."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions of the texts in one batch, and its padded shape (rows x width tokens)."""

    members: tuple[int, ...]
    rows: int
    width: int


def pack(lengths: Sequence[int], token_budget: int, *, widest: int, grid: Grid = COARSE) -> Iterator[Batch]:
    """Group texts of equal padded width into batches of at most about `token_budget` tokens, longest first.

    Longest first, so that running out of memory shows at once and not at the end.

    Args:
        lengths: tokens of each text, at most `widest`.
        token_budget: padded tokens per batch; a batch has at least the grid's fewest rows all the same.
        widest: positions of the model, which padding must not exceed.
        grid: shapes that the model may be run in.
    """
    by_width: dict[int, list[int]] = {}
    for position, length in enumerate(lengths):
        width = min(widest, max(1, -(-length // grid.width)) * grid.width)
        by_width.setdefault(width, []).append(position)
    for width in sorted(by_width, reverse=True):
        members = by_width[width]
        most = max(grid.fewest_rows, token_budget // (width * grid.rows) * grid.rows)
        for start in range(0, len(members), most):
            chunk = tuple(members[start : start + most])
            yield Batch(chunk, rows=max(grid.fewest_rows, -(-len(chunk) // grid.rows) * grid.rows), width=width)
