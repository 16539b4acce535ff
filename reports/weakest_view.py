"""Which emotion breaks most often, and under which attack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, Status

from . import numbers
from .emotion_heat import FEW, by_emotion, within_few_words
from .language import say
from .visible import shortened


@dataclass(frozen=True, slots=True)
class Share:
    """Texts turned wrong, of those that the model reads right."""

    name: str
    broken: str
    n: str
    percent: str


@dataclass(frozen=True, slots=True)
class WeakestView:
    """Counted over attacks that changed at most three words."""

    emotion: Share | None
    """Null where every emotion has too few texts to compare."""
    as_weak: str
    """Other emotions with the same share; empty without."""
    attack: Share | None
    """The one that turned most texts of that emotion wrong; null where none did."""
    as_strong: str
    """Other attacks that turned as many wrong; empty without."""
    smaller: int
    """Texts turned wrong in all, where no emotion with enough texts has one: they are of smaller emotions."""
    alone: bool
    """Whether no other emotion has enough texts, so that it is weakest among one."""
    not_compared: str
    """Emotions with too few texts; empty without."""
    on_leftovers: bool
    """Whether attacks met only what the ones before had left, so that early ones break more."""
    few: int = FEW


def weakest_view(by_attack: Mapping[str, Sequence[AttackOutcome]], *, apart: Iterable[str]) -> WeakestView | None:
    """The answer; None without outcomes.

    Args:
        by_attack: outcomes of the attacks that change the prediction.
        apart: attacks that ran on all texts; see :func:`~.emotion_heat.emotion_heat`.
    """
    together = by_emotion((outcome for outcomes in by_attack.values() for outcome in outcomes), few_words=True)
    if not together:
        return None
    known = {label: (of[Status.SUCCEEDED], of[Status.SUCCEEDED] + of[Status.FAILED]) for label, of in together.items()}
    shares = {label: broken / n for label, (broken, n) in known.items() if n >= FEW}
    on_leftovers = not set(by_attack) <= set(apart)
    if not shares:
        return WeakestView(None, "", None, "", 0, alone=False, not_compared="", on_leftovers=on_leftovers)
    first, *others = (label for label, share in shares.items() if share == max(shares.values()))
    broken, n = known[first]
    attacks = {name: _broken(outcomes, first) for name, outcomes in by_attack.items()}
    strongest = [name for name, count in attacks.items() if count and count == max(attacks.values())]
    return WeakestView(
        emotion=_share(first, broken, n),
        as_weak=say(", ").join(map(shortened, others)),
        attack=_share(strongest[0], attacks[strongest[0]], n) if strongest else None,
        as_strong=say(", ").join(map(shortened, strongest[1:])),
        smaller=0 if strongest else _texts_broken(by_attack),
        alone=len(shares) == 1 < len(known),
        not_compared=say(", ").join(shortened(label) for label in known if label not in shares),
        on_leftovers=on_leftovers,
    )


def _broken(outcomes: Sequence[AttackOutcome], label: str) -> int:
    return sum(
        label in outcome.label and outcome.status is Status.SUCCEEDED and within_few_words(outcome)
        for outcome in outcomes
    )


def _texts_broken(by_attack: Mapping[str, Sequence[AttackOutcome]]) -> int:
    every = (outcome for outcomes in by_attack.values() for outcome in outcomes)
    return len({each.example_id for each in every if each.status is Status.SUCCEEDED and within_few_words(each)})


def _share(name: str, broken: int, n: int) -> Share:
    return Share(shortened(name), numbers.count(broken), numbers.count(n), numbers.percent(broken / n, 0))
