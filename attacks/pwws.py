"""WordNet synonyms in the order of probability-weighted word saliency.

Ren, Deng, He & Che 2019, "Generating Natural Language Adversarial Examples through Probability Weighted Word
Saliency". As in TextAttack's recipe the exchange of named entities is left out (it needs the entities of the whole
data set and their labels), and all senses of a word count, whatever its part of speech.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.resources.catalogue import described, find
from robust_emo.resources.wordnet import synonyms
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .saliency_search import saliency_search
from .word_swaps import swapped


class PWWS:
    """Exchanges words for their WordNet synonyms; case and a leading # stay, inflection does not."""

    spec = PluginSpec(
        name="pwws",
        version="1",
        summary="exchanges words for WordNet synonyms, the most salient first",
        paper="Ren 2019",
        family="words",
        languages=("en",),
    )
    budget = AttackBudget()

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """See :func:`~robust_emo_attacks.saliency_search.saliency_search`."""
        return await saliency_search(
            Words.of(example.text),
            query,
            goal=goal,
            budget=budget,
            substitutes=lambda word: swapped(word, synonyms),
        )

    def problems(self) -> Sequence[str]:
        """Needs WordNet."""
        wordnet = find("wordnet")
        return () if wordnet.found else (f"attack pwws: {wordnet.missing()}",)

    def arguments(self) -> Mapping[str, Any]:
        """None: the paper has no hyperparameters."""
        return {}

    def notes(self) -> Sequence[str]:
        """Which WordNet was used, and what it cannot do."""
        used = f"Synonyms come from {described('wordnet')}." if find("wordnet").found else "There is no WordNet here."
        return (
            f"{used} All senses of a word count, so some exchanges do not fit; named entities are not exchanged.",
            "Only English words have synonyms; texts in other languages are left unchanged and count as withstood.",
        )
