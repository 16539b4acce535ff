"""Search in the order of probability-weighted word saliency (Ren, Deng, He & Che 2019).

The saliency of a word is how much the probability of the gold label falls when the unknown token stands for it; the
order is the softmax of the saliencies times the fall that the word's best substitute brings.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.types import AttackBudget
from robust_emo.words import Words

from .allowance import Allowance
from .chances import probability
from .greedy import MOST_WORDS

_CHUNK = 1024  # texts asked at once, so that a long text does not fill the memory

Substitutes = Callable[[str], Sequence[str]]
"""A word as it stands in the text -> words to try in its place; none where it must stay."""


async def saliency_search(
    original: Words, query: Query, *, goal: Goal, budget: AttackBudget, substitutes: Substitutes
) -> str | None:
    """Exchange one word after the other, each for the substitute that helps most in the text as it stands by then.

    A single exchange that reaches the goal ends the search, since all of them are asked for the order anyway.

    Returns:
        The text that reached the goal, or None.

    Raises:
        QueryBudgetExhausted: the next step would exceed the budget.
    """
    allowance = Allowance(original, budget)
    options = _affordable(original, query, allowance, substitutes)
    if not options:
        return None
    indices = list(options)
    salient = [original.replace(i, query.unknown_token).text for i in indices]
    single = [words for swaps in options.values() for words in swaps]
    logits = await _asked(query, [original.text, *salient, *(words.text for words in single)])
    gains = goal.progress(logits)
    swap_gains = gains[1 + len(indices) :]
    if (best := _winner(single, logits[1 + len(indices) :], swap_gains, goal, allowance)) is not None:
        return best
    chances = probability(gains)
    ends = np.cumsum([len(swaps) for swaps in options.values()])[:-1]
    falls = [part.max() - chances[0] for part in np.split(chances[1 + len(indices) :], ends)]
    weights = np.exp(chances[1 : 1 + len(indices)] - chances[0])
    order = np.argsort(-(weights / weights.sum()) * np.asarray(falls), kind="stable")
    swaps = {i: [words[i] for words in options[i]] for i in indices}
    return await _exchange([indices[k] for k in order], swaps, original, float(gains[0]), query, goal, allowance)


async def _exchange(
    order: Sequence[int],
    swaps: dict[int, list[str]],
    current: Words,
    progress: float,
    query: Query,
    goal: Goal,
    allowance: Allowance,
) -> str | None:
    for index in order:
        tried = [words for words in (current.replace(index, new) for new in swaps[index]) if allowance.fits(words)]
        if not tried:
            continue
        logits = await query.scores([words.text for words in tried])
        gains = goal.progress(logits)
        if (won := _winner(tried, logits, gains, goal, allowance)) is not None:
            return won
        best = int(np.argmax(gains))
        if gains[best] > progress:
            current, progress = tried[best], float(gains[best])
    return None


def _affordable(
    original: Words, query: Query, allowance: Allowance, substitutes: Substitutes
) -> dict[int, list[Words]]:
    """Texts with one exchange by index; with a query budget only of the first words, so that half of it is left."""
    room = None if query.max_queries is None else (query.max_queries - query.used) // 2 - 1
    options: dict[int, list[Words]] = {}
    for index in original.indices[:MOST_WORDS]:
        tried = [original.replace(index, new) for new in substitutes(original[index])]
        tried = [words for words in tried if allowance.fits(words)]
        if room is not None:
            tried = tried[: max(0, room - 1)]
            room -= 1 + len(tried) if tried else 0
        if tried:
            options[index] = tried
    return options


async def _asked(query: Query, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    parts = [await query.scores(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    return np.concatenate(parts)


def _winner(
    tried: Sequence[Words],
    logits: npt.NDArray[np.float32],
    gains: npt.NDArray[np.float64],
    goal: Goal,
    allowance: Allowance,
) -> str | None:
    """The text nearest to the goal, or beyond it, of those that reach it and keep to the budget exactly."""
    for k in map(int, np.argsort(-gains, kind="stable")):
        if goal.reached(logits[k]) and allowance.holds(tried[k].text):
            return tried[k].text
    return None
