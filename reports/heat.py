"""Tables whose cells are shaded by a share, with the numbers always written out."""

from dataclasses import dataclass

from robust_emo.types import ConfusionMatrix

from . import numbers
from .visible import shortened

LEVELS = 8


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell. `level` 0 to 7 picks background and text colour; faint cells rest on too few examples."""

    main: str
    small: str
    level: int
    faint: bool = False
    on_diagonal: bool = False


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Rows of cells with their headings."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]


def level_of(share: float) -> int:
    """Shade of a share in [0, 1]: 0 for nothing, then seven equal steps."""
    return 0 if share <= 0 else min(LEVELS - 1, 1 + int(share * (LEVELS - 1)))


def confusion_table(matrix: ConfusionMatrix) -> HeatTable:
    """Counts, shaded by their share of the gold label's row."""
    rows = []
    for gold, label in enumerate(matrix.labels):
        total = sum(matrix.counts[gold])
        cells = tuple(
            HeatCell(
                main=numbers.count(count),
                small=numbers.percent(count / total, 0) if total else "",
                level=level_of(count / total) if total else 0,
                on_diagonal=gold == predicted,
            )
            for predicted, count in enumerate(matrix.counts[gold])
        )
        rows.append((shortened(label), cells))
    return HeatTable(tuple(map(shortened, matrix.labels)), tuple(rows))
