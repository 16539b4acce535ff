"""Whether the words that a heat map calls important are those that the model needs (DeYoung et al. 2020, ERASER).

Comprehensiveness: what the target's probability loses without the highest words. Sufficiency: what it loses with them
alone. Both are means over a few shares of words (AOPC), each held against random rankings of the same words, since a
number by itself says little: in a short text leaving out any word may do much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.target import target_probabilities
from robust_emo.engine.engine import Engine

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Of the words, as in the paper; at least one word."""
RANKINGS = 32
"""Random ones. A random map does better than all of them in one text of 33; and infidelity is told from luck by the
sets of words that they leave out: with fewer of them, fewer right maps are believed."""
LEAST_STAKE = 0.1
"""Of probability. Normalised numbers are shares of the stake: at this limit a hundredth of probability more or less is
a tenth of it, below it soon everything, and the share says nothing of the words."""
_TOGETHER = 32
"""Texts that are asked about at once."""

Words = frozenset[int]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one order of a text's words comes to."""

    without: Values
    """(shares,): probability lost without the highest words."""
    alone: Values
    """(shares,): probability lost with the highest words alone."""
    contrast: float
    """What the target's logit loses without the highest words less what it loses with them alone, mean over shares. By
    this rankings of one text are compared: probabilities near 1 hardly move whatever is left out."""

    @property
    def comprehensiveness(self) -> float:
        """Mean over shares, in [-1, 1]; higher is better."""
        return float(self.without.mean())

    @property
    def sufficiency(self) -> float:
        """Mean over shares, in [-1, 1]; lower is better."""
        return float(self.alone.mean())


@dataclass(frozen=True, slots=True)
class Removed:
    """What leaving words out did to the target's logit, for foretelling it from attributions."""

    words: Words
    loss: float


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Of one heat map."""

    own: Ranking
    random: tuple[Ranking, ...]
    probability: float
    """Of the target, for the whole text."""
    empty: float
    """Of the target, for no text at all."""
    removed: tuple[Removed, ...]
    """Everything that was left out, each set of words once."""

    @property
    def p_value(self) -> float:
        """Chance that a random ranking does at least as well; at least 1 / (rankings + 1)."""
        # Ties count against the map.
        as_good = sum(ranking.contrast >= self.own.contrast - 1e-12 for ranking in self.random)
        return (1 + as_good) / (1 + len(self.random))

    @property
    def stake(self) -> float | None:
        """What the target has by the text over no text at all; None where that is less than :data:`LEAST_STAKE`."""
        difference = self.probability - self.empty
        return difference if difference >= LEAST_STAKE else None

    @property
    def normalised_comprehensiveness(self) -> float | None:
        """As a share of the stake (Carton, Rathore & Tan 2020), in [0, 1]; None without a stake."""
        return self._share_lost([self.own.without])

    @property
    def normalised_sufficiency(self) -> float | None:
        """What the highest words alone keep of the stake (likewise), in [0, 1]; 1 is best."""
        return self._share_kept([self.own.alone])

    @property
    def random_normalised_comprehensiveness(self) -> float | None:
        """Mean over random rankings."""
        return self._share_lost([each.without for each in self.random])

    @property
    def random_normalised_sufficiency(self) -> float | None:
        """Mean over random rankings."""
        return self._share_kept([each.alone for each in self.random])

    def _share_lost(self, losses: Sequence[Values]) -> float | None:
        return None if self.stake is None else float(np.clip(np.array(losses) / self.stake, 0, 1).mean())

    def _share_kept(self, losses: Sequence[Values]) -> float | None:
        lost = self._share_lost(losses)
        return None if lost is None else 1 - lost


def faithfulness(
    engine: Engine,
    attributions: Sequence[Attribution],
    *,
    seed: int,
    mask: str | None = None,
    rankings: int = RANKINGS,
) -> Iterator[Faithfulness]:
    """Faithfulness of each heat map, in order.

    Args:
        engine: whom to ask about texts with words left out.
        attributions: of any method.
        seed: random rankings depend on it and on the text alone.
        mask: what stands in the place of a word that is left out; None: words are deleted.
        rankings: random ones per text.
    """
    for start in range(0, len(attributions), _TOGETHER):
        plans = [_Plan.of(each, seed, rankings) for each in attributions[start : start + _TOGETHER]]
        yield from _measured(engine, plans, mask)


def removals(order: Sequence[int]) -> tuple[list[Words], list[Words]]:
    """What is left out for each of :data:`SHARES`: the highest words, and all others.

    Args:
        order: positions of all words, the highest first.
    """
    counts = [max(1, int(share * len(order) + 0.5)) for share in SHARES]
    return [frozenset(order[:count]) for count in counts], [frozenset(order[count:]) for count in counts]


def highest_first(values: Values) -> list[int]:
    """Positions from the highest value to the lowest, of equal ones the first first."""
    return [int(position) for position in np.argsort(-values, kind="stable")]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What must be asked about one heat map."""

    attribution: Attribution
    orders: tuple[tuple[list[Words], list[Words]], ...]
    """The map's own, then random ones."""
    sets: dict[Words, int]
    """Row of each set of left-out words; of none and of all, too."""

    @classmethod
    def of(cls, attribution: Attribution, seed: int, rankings: int) -> "_Plan":
        count = len(attribution.segments)
        draw = np.random.default_rng(seed_of(seed, "faithfulness", attribution.segments.text))
        orders = [highest_first(attribution.values), *(draw.permutation(count).tolist() for _ in range(rankings))]
        asked = tuple(removals(order) for order in orders)
        every = [frozenset[int](), frozenset(range(count)), *(one for pair in asked for side in pair for one in side)]
        return cls(attribution, asked, {one: row for row, one in enumerate(dict.fromkeys(every))})

    def texts(self, mask: str | None) -> list[str]:
        segments = self.attribution.segments
        return [segments.without(one) if mask is None else segments.masked(one, mask) for one in self.sets]

    def result(self, logits: Values, probabilities: npt.NDArray[np.float64]) -> Faithfulness:
        whole = float(probabilities[0])
        own, *random = (self._ranking(pair, logits, probabilities) for pair in self.orders)
        removed = tuple(Removed(one, float(logits[0] - logits[row])) for one, row in self.sets.items() if one)
        return Faithfulness(own, tuple(random), whole, float(probabilities[1]), removed)

    def _ranking(
        self, pair: tuple[list[Words], list[Words]], logits: Values, probabilities: npt.NDArray[np.float64]
    ) -> Ranking:
        without, alone = ([self.sets[one] for one in side] for side in pair)
        return Ranking(
            probabilities[0] - probabilities[without],
            probabilities[0] - probabilities[alone],
            float((logits[alone] - logits[without]).mean()),
        )


def _measured(engine: Engine, plans: Sequence[_Plan], mask: str | None) -> Iterator[Faithfulness]:
    victim = engine.victim
    logits = engine.scores([text for plan in plans for text in plan.texts(mask)])
    start = 0
    for plan in plans:
        rows = logits[start : start + len(plan.sets)]
        start += len(plan.sets)
        target = plan.attribution.target
        own = rows.astype(np.float64) @ target.weights(victim.labels).astype(np.float64)
        yield plan.result(own, target_probabilities(rows, [target] * len(rows), victim.labels, victim.task))
