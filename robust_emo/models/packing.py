"""Cutting many texts of different lengths into batches, without padding to a maximum.

A text's answer must not depend on the texts that shared its batch. Matrix kernels round differently for different
shapes, so the shape is made a function of the text alone: the width is its length rounded up to `MULTIPLE`, and
rows are filled up to a multiple of `ROWS`, at least `FEWEST_ROWS` (measured on oneDNN with AVX-512 and AMX, one and
two threads: rows of such batches are bit-identical whatever their number; fewer rows or another width change the last
bits).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MULTIPLE = 8
ROWS = 8
FEWEST_ROWS = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions of the texts in one batch, and its padded shape (rows x width tokens)."""

    members: tuple[int, ...]
    rows: int
    width: int


def pack(lengths: Sequence[int], token_budget: int, *, widest: int) -> Iterator[Batch]:
    """Group texts of equal padded width into batches of at most about `token_budget` tokens, longest first.

    Longest first, so that running out of memory shows at once and not at the end.

    Args:
        lengths: tokens of each text, at most `widest`.
        token_budget: padded tokens per batch; a batch has at least `FEWEST_ROWS` rows all the same.
        widest: positions of the model, which padding must not exceed.
    """
    by_width: dict[int, list[int]] = {}
    for position, length in enumerate(lengths):
        width = min(widest, max(1, -(-length // MULTIPLE)) * MULTIPLE)
        by_width.setdefault(width, []).append(position)
    for width in sorted(by_width, reverse=True):
        members = by_width[width]
        most = max(FEWEST_ROWS, token_budget // (width * ROWS) * ROWS)
        for start in range(0, len(members), most):
            chunk = tuple(members[start : start + most])
            yield Batch(chunk, rows=max(FEWEST_ROWS, -(-len(chunk) // ROWS) * ROWS), width=width)
