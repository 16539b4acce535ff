"""A split in which each text's part depends on nothing but the text: who else is in the data moves nobody."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from robust_emo.data.dataset import BY_PLACE
from robust_emo.data.duplicates import fold
from robust_emo.data.splits import Splits, check_shares, nonempty
from robust_emo.types import Example

_BY_PLACE = re.compile(rf"{BY_PLACE}\d+")


def split_independently(
    examples: Sequence[Example], *, shares: tuple[float, float, float] = (0.8, 0.1, 0.1), seed: int
) -> Splits:
    """Draw the part of each group, and of each text without group, by a hash of it and the seed.

    A stratified split is better balanced, but there one text more may move others from one part to another, and then
    no promise about a single text holds. Here inclusion is also an independent coin flip, as audits of membership want.
    Ids that say where a row stands count within the part: else those behind a training text would tell of it.

    Args:
        shares: see :func:`robust_emo.data.splits.split`; chances here, so that parts are only nearly as large.

    Raises:
        InputError: as there.
    """
    check_shares(shares)
    parts: tuple[list[Example], list[Example], list[Example]] = ([], [], [])
    for example in examples:
        drawn = _uniform(seed, example)
        parts[2 if drawn < shares[2] else 1 if drawn < shares[1] + shares[2] else 0].append(example)
    return nonempty(Splits(*map(_renumbered, parts)), shares, total=len(examples))


def _renumbered(part: Sequence[Example]) -> tuple[Example, ...]:
    return tuple(
        replace(example, id=f"{BY_PLACE}{number}") if _BY_PLACE.fullmatch(example.id) else example
        for number, example in enumerate(part, start=1)
    )


def _uniform(seed: int, example: Example) -> float:
    unit = f"text\0{fold(example.text)}" if example.group is None else f"group\0{example.group}"
    digest = hashlib.sha256(f"{seed}\0{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
