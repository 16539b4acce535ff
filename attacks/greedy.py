"""Greedy word-by-word search: most important word first, best candidate kept.

The search of DeepWordBug (Gao et al. 2018), TextBugger (Li et al. 2019) and TextFooler (Jin et al. 2020). A word is
important when the model comes nearer to the goal without it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from robust_emo.arrays import FloatArray
from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.types import AttackBudget
from robust_emo.words import Words

from .allowance import Allowance
from .winners import winner

MOST_WORDS = 512  # no word behind these is attacked: models read at most 512 tokens, so it could not matter

Candidates = Callable[[Words, int], Awaitable[Sequence[Words]]]
"""(text, index of a word) -> texts to try, each with that word changed."""

Importance = Literal["unknown", "deleted"]
"""How a text goes without a word: the unknown token in its place (Replace-1 of DeepWordBug), or nothing."""

Acceptable = Callable[[Sequence[str]], Awaitable[Sequence[bool]]]
"""Texts -> for each whether it may be taken, e.g. whether it still says the same."""

_ASKED = 8  # texts checked at once, best first: most often one of the first few is acceptable


async def greedy_search(
    original: Words,
    query: Query,
    *,
    goal: Goal,
    budget: AttackBudget,
    editable: Callable[[str], bool],
    candidates: Candidates,
    importance: Importance = "unknown",
    acceptable: Acceptable | None = None,
    first_winner: bool = False,
) -> str | None:
    """Change one word after the other, each to the candidate that helps most, until the goal is reached.

    Every word is changed at most once, and only when that brings the model nearer to the goal.

    Args:
        original: the text to attack.
        query: the model.
        goal: what counts as success.
        budget: limits that every candidate keeps to.
        editable: which words may be changed; the others are not ranked either.
        candidates: texts to try for one word of the text as it stands.
        importance: how words are ranked.
        acceptable: which candidates may be taken, asked after the model has ranked them, so of few texts only.
        first_winner: of the candidates that reach the goal, return the first in the order of `candidates`, and not
            the one nearest to it.

    Returns:
        The text that reached the goal, or None.

    Raises:
        QueryBudgetExhausted: the next step would exceed the budget.
    """
    allowance = Allowance(original, budget)
    ranked = [i for i in original.indices[:MOST_WORDS] if editable(original[i])]
    progress, order = await _rank(original, ranked, query, goal, "" if importance == "deleted" else query.unknown_token)
    current = original
    for index in order:
        options = {words.text: words for words in await candidates(current, index) if allowance.fits(words)}
        texts = [text for text in options if text != current.text and text.strip()]
        if not texts:
            continue
        logits = await query.scores(texts)
        gains = goal.progress(logits)
        if first_winner and (won := _first_winner(texts, logits, goal, allowance)) is not None:
            return won
        if acceptable is None and (won := winner(texts, logits, gains, goal, allowance)) is not None:
            return won
        best = await _best(texts, gains, progress, acceptable)
        if best is None:
            continue
        if goal.reached(logits[best]):
            if allowance.holds(texts[best]):
                return texts[best]
            continue  # only the exact count shows that this edit costs too much
        current, progress = options[texts[best]], float(gains[best])
    return None


def _first_winner(texts: Sequence[str], logits: FloatArray, goal: Goal, allowance: Allowance) -> str | None:
    winners = (text for text, row in zip(texts, logits, strict=True) if goal.reached(row) and allowance.holds(text))
    return next(winners, None)


async def _best(
    texts: Sequence[str], gains: npt.NDArray[np.float64], progress: float, acceptable: Acceptable | None
) -> int | None:
    """Index of the acceptable text with the largest gain above `progress` (the first one among equals)."""
    better = [int(i) for i in np.argsort(-gains, kind="stable") if gains[i] > progress]
    if acceptable is None:
        return better[0] if better else None
    for start in range(0, len(better), _ASKED):
        asked = better[start : start + _ASKED]
        accepted = await acceptable([texts[i] for i in asked])
        for index, may in zip(asked, accepted, strict=True):
            if may:
                return index
    return None


async def _rank(
    words: Words, indices: Sequence[int], query: Query, goal: Goal, stand_in: str
) -> tuple[float, list[int]]:
    """Progress of the unchanged text, and `indices` from the most to the least important word (ties in text order).

    Where the query budget cannot rank all words, half of it ranks the first ones and the other half is left for
    edits.
    """
    if query.max_queries is not None:
        indices = indices[: max(1, (query.max_queries - query.used) // 2)]
    if not indices:
        return 0.0, []
    without = [words.replace(index, stand_in).text for index in indices]
    gains = goal.progress(await query.scores([words.text, *without]))
    return float(gains[0]), [indices[i] for i in np.argsort(-gains[1:], kind="stable")]
