"""Greedy word-by-word search: most important word first, best candidate kept.

The search of DeepWordBug (Gao et al. 2018) and of TextFooler (Jin et al. 2020). A word is important when the model
comes nearer to the goal once the word is replaced by the unknown token (the Replace-1 score of DeepWordBug).
"""

from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.types import AttackBudget
from robust_emo.words import Words

from .allowance import Allowance

MOST_WORDS = 512  # no word behind these is attacked: models read at most 512 tokens, so it could not matter

Candidates = Callable[[Words, int], Awaitable[Sequence[Words]]]
"""(text, index of a word) -> texts to try, each with that word changed."""


async def greedy_search(
    original: Words,
    query: Query,
    *,
    goal: Goal,
    budget: AttackBudget,
    editable: Callable[[str], bool],
    candidates: Candidates,
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

    Returns:
        The text that reached the goal, or None.

    Raises:
        QueryBudgetExhausted: the next step would exceed the budget.
    """
    allowance = Allowance(original, budget)
    progress, order = await _rank(
        original, [i for i in original.indices[:MOST_WORDS] if editable(original[i])], query, goal
    )
    current = original
    for index in order:
        options = {words.text: words for words in await candidates(current, index) if allowance.fits(words)}
        texts = [text for text in options if text != current.text and text.strip()]
        if not texts:
            continue
        logits = await query.scores(texts)
        gains = goal.progress(logits)
        best = int(np.argmax(gains))
        if gains[best] <= progress:
            continue
        if goal.reached(logits[best]):
            if allowance.holds(texts[best]):
                return texts[best]
            continue  # only the exact count shows that this edit costs too much
        current, progress = options[texts[best]], float(gains[best])
    return None


async def _rank(words: Words, indices: Sequence[int], query: Query, goal: Goal) -> tuple[float, list[int]]:
    """Progress of the unchanged text, and `indices` from the most to the least important word (ties in text order).

    Where the query budget cannot rank all words, half of it ranks the first ones and the other half is left for
    edits.
    """
    if query.max_queries is not None:
        indices = indices[: max(1, (query.max_queries - query.used) // 2)]
    if not indices:
        return 0.0, []
    without = [words.replace(index, query.unknown_token).text for index in indices]
    gains = goal.progress(await query.scores([words.text, *without]))
    return float(gains[0]), [indices[i] for i in np.argsort(-gains[1:], kind="stable")]
