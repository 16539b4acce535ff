"""What one run of an attack says of smaller budgets: accuracy left against words changed and against queries.

A success that changed three words is none under a budget of two, so one generous run gives the whole curve. It bounds
the accuracy from above: a search that knew the limit might have found another text within it. Points beyond the run's
own budget are not measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.statistics.intervals import Interval, wilson
from robust_emo.types import AttackBudget, Status

WORD_LIMITS = tuple(AttackBudget(max_words=words) for words in (1, 2, 3, 5))
SHARE_LIMITS = tuple(AttackBudget(max_word_share=share) for share in (0.1, 0.2))
QUERY_LIMITS = tuple(AttackBudget(max_queries=queries) for queries in (10, 30, 100, 300, 1000, 3000))
HEADLINE = AttackBudget(max_words=3)
"""The worst case that a report shows first: unlimited, an attack on a short text leaves nothing of it."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What became of one attacked example and what it took."""

    status: Status
    words: int
    """Words of the original, at least 0."""
    words_changed: int | None
    """Of a success; None otherwise."""
    queries: int | None
    """Logical queries of an attempt; None if unknown."""


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """Accuracy under a limit on one resource, everything else as in the run."""

    limit: AttackBudget
    right: int
    """Examples still right."""
    n: int
    """Examples that count: all but the errored; 0 where the run's own budget is tighter than the limit."""
    accuracy: float | None
    """right / n, in [0, 1]; None when not measured."""
    interval: Interval | None
    """Wilson; None when not measured."""
    upper_bound: bool = False
    """Whether some example that counts as right was not shown to every attack: one of those might have broken it."""


def budget_curve(
    spent: Sequence[Spent],
    limits: Sequence[AttackBudget],
    *,
    run: AttackBudget | None = None,
    confidence: float = 0.95,
) -> tuple[BudgetPoint, ...]:
    """One point per limit.

    Args:
        spent: one entry per attacked example.
        limits: on words, share of words or queries, e.g. :data:`WORD_LIMITS`; edit distances are not recorded.
        run: the budget that the attack had; None for no limit.
        confidence: of the intervals, in (0, 1).

    Raises:
        ValueError: a limit on the edit distance.
    """
    return tuple(worst_case([spent], limit, runs=[run or AttackBudget()], confidence=confidence) for limit in limits)


def worst_case(
    attacks: Sequence[Sequence[Spent | None]],
    limit: AttackBudget,
    *,
    runs: Sequence[AttackBudget] | None = None,
    confidence: float = 0.95,
) -> BudgetPoint:
    """The share of examples that are right under every attack within `limit`.

    An example that falls to one attack is wrong even if it errored under another; one that only errored counts nowhere.

    Args:
        attacks: per attack one entry per example, the same examples in the same order; None where an attack did not
            run because an earlier one had broken the example, at whatever cost.
        limit: as for :func:`budget_curve`.
        runs: the budget that each attack had; None for no limits.
        confidence: of the interval, in (0, 1).

    Raises:
        ValueError: attacks on different numbers of examples, or a limit on the edit distance.
    """
    if limit.max_edit_distance is not None:
        raise ValueError("outcomes do not say how many characters were edited")
    budgets = list(runs) if runs is not None else [AttackBudget()] * len(attacks)
    verdicts = []
    upper_bound = False
    for row in zip(*attacks, strict=True):
        pairs = [(spent, budget) for spent, budget in zip(row, budgets, strict=True) if spent is not None]
        broken = any(_broken(spent, limit) for spent, _ in pairs)
        if not broken and any(_beyond(spent, limit, budget) for spent, budget in pairs):
            return BudgetPoint(limit, right=0, n=0, accuracy=None, interval=None)
        errored = any(spent.status is Status.ERRORED for spent, _ in pairs)
        verdicts.append(False if broken else None if errored else True)
        upper_bound |= verdicts[-1] is True and len(pairs) < len(row)
    known = [verdict for verdict in verdicts if verdict is not None]
    right, n = sum(known), len(known)
    return BudgetPoint(limit, right, n, right / n if n else None, wilson(right, n, confidence), upper_bound)


def _broken(spent: Spent, limit: AttackBudget) -> bool:
    """Whether the example is wrong when the attack may spend no more than `limit`."""
    if spent.status is Status.SKIPPED:
        return True
    if spent.status is not Status.SUCCEEDED:
        return False
    words = limit.words_allowed(spent.words)
    within_words = words is None or (spent.words_changed is not None and spent.words_changed <= words)
    queries = limit.max_queries
    return within_words and (queries is None or (spent.queries is not None and spent.queries <= queries))


def _beyond(spent: Spent, limit: AttackBudget, run: AttackBudget) -> bool:
    """Whether an attempt that failed under the run's budget might have succeeded under `limit`."""
    if spent.status is not Status.FAILED:
        return False
    more_words = _wider(limit.words_allowed(spent.words), run.words_allowed(spent.words))
    return more_words or _wider(limit.max_queries, run.max_queries)


def _wider(limit: int | None, run: int | None) -> bool:
    """Whether `limit` allows more than the run did; no limit of its own is the run's."""
    return limit is not None and run is not None and limit > run
