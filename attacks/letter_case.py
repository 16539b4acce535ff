"""Other capitals: the whole text in lower case, capitals or title case, then single words.

An invariance test in the sense of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP
Models with CheckList".
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import greedy_search
from .text_edits import free_words

_SENTENCE_END = re.compile(r"[.!?…]|\n")


class LetterCase:
    """Whole texts first; where none of them wins, word by word: lower case, capitals, or one capital letter.

    Words are spelt the same afterwards. Addresses, @handles and #hashtags stay as they are. A model that does not see
    case (an uncased one) is recognised by its answers to the whole texts and not asked any further.
    """

    spec = PluginSpec(
        name="letter-case",
        version="1",
        summary="lower case, CAPITALS, Title Case, and single WORDS",
        paper="Ribeiro 2020",
        family="sentences",
    )
    budget = AttackBudget()

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Whole texts, then greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""
        original = Words.of(example.text)
        free = frozenset(free_words(original))
        whole = _whole_texts(original, free)
        left = len(whole) if query.max_queries is None else query.max_queries - query.used - 1
        whole = whole[: max(0, left)]
        if not whole:
            return None
        logits = await query.scores([example.text, *whole])
        gains = goal.progress(logits)
        allowance = Allowance(original, budget)
        for index in map(int, np.argsort(-gains[1:], kind="stable")):
            if goal.reached(logits[1:][index]) and allowance.holds(whole[index]):
                return whole[index]
        if np.all(gains == gains[0]):
            return None

        async def candidates(words: Words, index: int) -> list[Words]:
            forms = _forms(words[index]) if index in free else []
            return [words.replace(index, form) for form in forms]

        cased = frozenset(original[index] for index in free if _forms(original[index]))
        return await greedy_search(
            original, query, goal=goal, budget=budget, editable=cased.__contains__, candidates=candidates
        )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """No hyperparameters."""
        return {}

    def notes(self) -> Sequence[str]:
        """Where the attack can do nothing."""
        return (
            "Uncased models cannot be attacked this way. Texts in scripts without capitals, such as Chinese, are left "
            "unchanged. Both count as withstood.",
        )


def _whole_texts(words: Words, free: frozenset[int]) -> list[str]:
    """Lower case, capitals, title and sentence case of all words that may change; without doubles."""
    starts = _sentence_starts(words)

    def recased(form: Callable[[int, str], str]) -> str:
        pairs = ((i, word) for i, word in enumerate(words.words))
        return Words(tuple(_checked(w, form(i, w)) if i in free else w for i, w in pairs), words.gaps).text

    texts = (
        recased(lambda _, word: word.lower()),
        recased(lambda _, word: word.upper()),
        recased(lambda _, word: _capitalised(word)),
        recased(lambda i, word: _capitalised(word) if i in starts or _is_i(word) else word.lower()),
    )
    return [text for text in dict.fromkeys(texts) if text != words.text]


def _sentence_starts(words: Words) -> frozenset[int]:
    return frozenset(i for i in words.indices if i == 0 or _SENTENCE_END.search(words.gaps[i]))


def _is_i(word: str) -> bool:
    return word.replace("’", "'").lower() in ("i", "i'm", "i've", "i'd", "i'll")


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:].lower()


def _checked(word: str, form: str) -> str:
    """`form`, unless it is more than another case: ß has no single capital."""
    return form if len(form) == len(word) and form.casefold() == word.casefold() else word


def _forms(word: str) -> list[str]:
    forms = (_checked(word, form) for form in (word.upper(), word.lower(), _capitalised(word)))
    return [form for form in dict.fromkeys(forms) if form != word]
