"""How one metric is presented, by its kind of number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from . import numbers
from .language import say


@dataclass(frozen=True, slots=True)
class MetricName:
    """How one metric is presented; in a table its texts are English."""

    title: str
    show: Callable[[float], str]
    meaning: str = ""
    part: str = ""
    """Stands for ``{part}`` in the title."""

    def spoken(self) -> "MetricName":
        """The same in the language spoken now, its title completed."""
        title = say(self.title, part=say(self.part)) if self.part else say(self.title)
        return MetricName(title, self.show, say(self.meaning))


def percent(title: str, meaning: str) -> MetricName:
    """A share in [0, 1]."""
    return MetricName(title, numbers.percent, meaning)


def ratio(title: str, meaning: str) -> MetricName:
    """A number of the size of one, with three decimals."""
    return MetricName(title, numbers.decimal, meaning)


def amount(title: str, meaning: str) -> MetricName:
    """A number of any size."""
    return MetricName(title, numbers.general, meaning)


def signed(title: str, meaning: str) -> MetricName:
    """A difference, with its sign."""
    return MetricName(title, numbers.signed, meaning)


def each(
    kind: Callable[[str, str], MetricName], name: str, over: Sequence[tuple[str, str]], title: str, meaning: str
) -> dict[str, MetricName]:
    """One metric for each of several things, given as what its name and its title are completed by."""
    return {name.format(key): replace(kind(title, meaning), part=part) for key, part in over}
