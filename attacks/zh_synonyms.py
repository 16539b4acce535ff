"""Chinese words exchanged for synonyms that express the same emotion."""

import random
from collections.abc import Iterator, Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .chinese_text import chinese_runs
from .chinese_words import find_words, synonym_groups, synonyms
from .span_search import Exchange, SpanAttack


class ChineseSynonyms(SpanAttack):
    """Greedy exchange of important words inside groups of the same meaning and emotion; nothing is asked of a model."""

    spec = PluginSpec(
        name="zh-synonyms",
        version="1",
        summary="Chinese words exchanged for synonyms of the same emotion",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget(max_word_share=0.4)
    """Every character counts as a word, and most words have two."""

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per word of the table."""
        for start, end in chinese_runs(text):
            for first, last in find_words(text[start:end], synonyms()):
                yield Exchange(start + first, start + last, synonyms()[text[start + first : start + last]])

    def notes(self) -> Sequence[str]:
        """Where synonyms come from, and what is not covered."""
        return (
            f"Synonyms come from a table of our own with {len(synonyms())} words in {len(synonym_groups())} groups, "
            "found by longest match without a segmenter; other words, and traditional characters, are left unchanged.",
        )
