"""Deterministic stratified splits and draws.

The split is a relative of iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the stratification of
multi-label data"), where each example goes to the part that lacks most of its rarest label. Here whole units move, so
that an author, or the copies of a text, never stand on both sides. A unit may hold many labels, so it goes where it
most lowers Pearson's chi-square of the label counts against those that the shares ask for, largest units first.
"""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from robust_emo.data.duplicates import fold
from robust_emo.errors import InputError
from robust_emo.types import Example

_PARTS = ("training", "validation", "test")


@dataclass(frozen=True, slots=True)
class Splits:
    """Three parts of one data set, each in the data's order."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]


def split(examples: Sequence[Example], *, shares: tuple[float, float, float] = (0.8, 0.1, 0.1), seed: int) -> Splits:
    """Divide examples so that every part has nearly the same share of every label, single-label or multi-label.

    All examples of one group go to the same part; so do examples without group whose texts are duplicates (see
    :func:`robust_emo.data.duplicates.fold`). Every label stands in the training part; the rarest ones only there.

    Args:
        shares: of training (above 0), validation and test (0 for none); they add up to 1.
        seed: equal seeds and data give equal splits.

    Raises:
        InputError: impossible shares, or a part with a share would stay empty.
    """
    check_shares(shares)
    units = _units(examples)
    places = _stratify(examples, units, shares, random.Random(seed))
    parts = tuple(tuple(e for e, place in zip(examples, places, strict=True) if place == part) for part in range(3))
    return nonempty(Splits(*parts), shares, total=len(examples))


def check_shares(shares: tuple[float, float, float]) -> None:
    """Refuse impossible shares of training, validation and test.

    Raises:
        InputError: one is below 0, that of training is 0, or they do not add up to 1.
    """
    if shares[0] <= 0 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise InputError(f"split shares must be at least 0, above 0 for training, and add up to 1; got {shares}")


def nonempty(splits: Splits, shares: tuple[float, float, float], *, total: int) -> Splits:
    """The splits, unless a part with a share got nothing of `total` examples.

    Raises:
        InputError: one did.
    """
    for name, share, part in zip(_PARTS, shares, (splits.train, splits.validation, splits.test), strict=True):
        if share and not part:
            raise InputError(
                f"{total} examples are too few, or of too few sources: nothing is left for the {name} part; give more "
                "data or name a file for that part"
            )
    return splits


def draw_stratified(examples: Sequence[Example], count: int, seed: int) -> tuple[Example, ...]:
    """Draw `count` examples (all, where there are fewer) in proportion to their labels, in the data's order.

    Every label comes first once, frequent ones first, then always the label that lags most behind its share. A
    larger draw with the same seed holds the smaller ones. In multi-label data an example counts for its rarest label.

    Raises:
        InputError: `count` is below 1.
    """
    if count < 1:
        raise InputError(f"expected at least 1 example to draw, got {count}")
    return tuple(examples[index] for index in sorted(islice(_drawing_order(examples, seed), count)))


def _drawing_order(examples: Sequence[Example], seed: int) -> Iterator[int]:
    """Positions of all examples; any beginning of this order is a stratified draw."""
    total = Counter(label for example in examples for label in example.labels)
    order = random.Random(seed).sample(range(len(examples)), len(examples))
    first = _one_of_each(examples, order, [label for label, _ in total.most_common()])
    yield from first

    def stratum(index: int) -> str:
        return min(examples[index].labels, key=lambda label: (total[label], label), default="")

    sizes = Counter(map(stratum, order))
    taken = Counter(map(stratum, first))
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index in order:
        if index not in first:
            waiting[stratum(index)].append(index)
    for position in range(len(first) + 1, len(examples) + 1):
        lag = {name: sizes[name] / len(examples) * position - taken[name] for name in waiting}
        name = max(lag, key=lambda name: (lag[name], name))
        yield waiting[name].popleft()
        taken[name] += 1
        if not waiting[name]:
            del waiting[name]


def _one_of_each(examples: Sequence[Example], order: Sequence[int], labels: Sequence[str]) -> dict[int, None]:
    """The first example of each label in `order`, without those labels that an earlier one brings along; ordered."""
    found: dict[int, None] = {}
    covered: set[str] = set()
    for label in labels:
        if label not in covered:
            index = next(index for index in order if label in examples[index].labels)
            found[index] = None
            covered.update(examples[index].labels)
    return found


def _units(examples: Sequence[Example]) -> list[list[int]]:
    """Positions of the examples that must stay together."""
    units: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        grouped = example.group is not None
        units[grouped, example.group if example.group is not None else fold(example.text)].append(index)
    return list(units.values())


def _stratify(
    examples: Sequence[Example], units: Sequence[Sequence[int]], shares: Sequence[float], rng: random.Random
) -> list[int]:
    """The part (0, 1 or 2) of every example."""
    # None counts examples, so that the parts' sizes are balanced like one more label.
    contents = [Counter(label for index in unit for label in (*examples[index].labels, None)) for unit in units]
    total = Counter(label for example in examples for label in (*example.labels, None))
    lacking = {label: [share * count for share in shares] for label, count in total.items()}
    holders = Counter(label for content in contents for label in content)  # units not placed yet that hold a label
    trained: set[str | None] = set()
    places = [0] * len(examples)

    def gain(content: Counter[str | None], part: int) -> float:
        """By how much chi-square falls when `content` goes to `part`."""
        squares = ((label, count * (2 * lacking[label][part] - count)) for label, count in content.items())
        return sum(square / (total[label] * shares[part]) for label, square in squares)

    order = rng.sample(range(len(units)), len(units))
    order.sort(key=lambda unit: -len(units[unit]))  # large ones while there is room everywhere; stable
    for unit in order:
        content = contents[unit]
        if any(holders[label] == 1 and label not in trained for label in content):
            part = 0  # the last chance of a label to be trained
        else:
            part = max((part for part, share in enumerate(shares) if share), key=partial(gain, content))
        trained.update(content if part == 0 else ())
        holders.subtract(content.keys())
        for label, count in content.items():
            lacking[label][part] -= count
        for index in units[unit]:
            places[index] = part
    return places
