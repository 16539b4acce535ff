"""Which item of one sequence stands for which of another: a Levenshtein alignment (Wagner and Fischer 1974)."""

from collections.abc import Sequence
from difflib import SequenceMatcher

Pair = tuple[int | None, int | None]

# Beyond this many cells the middle is not aligned but shown as one change: a report must not hang on a hostile text.
MAX_CELLS = 40_000


def align(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Pairs (i, j) in order; (i, None) is a deletion and (None, j) an insertion.

    Equal items cost nothing and similar words less than different ones, so that a misspelt word meets its original.
    """
    start, end = _common_ends(left, right)
    middle_left, middle_right = left[start : len(left) - end], right[start : len(right) - end]
    if len(middle_left) * len(middle_right) > MAX_CELLS:
        middle: list[Pair] = [(i, None) for i in range(len(middle_left))]
        middle += [(None, j) for j in range(len(middle_right))]
    else:
        middle = _trace(_costs(middle_left, middle_right), middle_left, middle_right)
    shifted: list[Pair] = [(_shift(i, start), _shift(j, start)) for i, j in middle]
    head: list[Pair] = [(i, i) for i in range(start)]
    tail: list[Pair] = [(len(left) - k, len(right) - k) for k in range(end, 0, -1)]
    return head + shifted + tail


def _common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    shorter = min(len(left), len(right))
    start = 0
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return start, end


def _costs(left: Sequence[str], right: Sequence[str]) -> list[list[float]]:
    table = [[float(j) for j in range(len(right) + 1)]]
    for i, a in enumerate(left, 1):
        row = [float(i)]
        for j, b in enumerate(right, 1):
            row.append(min(table[-1][j] + 1, row[j - 1] + 1, table[-1][j - 1] + _difference(a, b)))
        table.append(row)
    return table


def _difference(a: str, b: str) -> float:
    """0 for equal, 0.5 to 1 for similar words, 1.2 for strangers (still cheaper than delete and insert)."""
    if a == b:
        return 0.0
    if len(a) > 64 or len(b) > 64:
        return 1.2
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < 0.5:
        return 1.2
    ratio = matcher.ratio()
    return 1 - ratio / 2 if ratio >= 0.5 else 1.2


def _trace(table: list[list[float]], left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    i, j = len(left), len(right)
    pairs: list[Pair] = []
    while i or j:
        if i and j and table[i][j] == table[i - 1][j - 1] + _difference(left[i - 1], right[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif j and table[i][j] == table[i][j - 1] + 1:
            j -= 1
            pairs.append((None, j))
        else:
            i -= 1
            pairs.append((i, None))
    return pairs[::-1]


def _shift(index: int | None, by: int) -> int | None:
    return None if index is None else index + by
