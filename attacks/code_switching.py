"""Chinese words exchanged for English ones and English for Chinese, as bilinguals write: 我今天很 happy.

Compare Tan & Joty 2021 ("Code-Mixing on Sesame Street: Dawn of the Adversarial Polyglots"), whose word-level
attack draws on large dictionaries where we use a small table of emotion words and everyday words.
"""

import random
from collections.abc import Iterator, Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget
from robust_emo.words import Words

from .chinese_text import chinese_runs
from .chinese_words import chinese_for, english_for, find_words, meanings
from .span_search import Exchange, SpanAttack
from .text_edits import free_words


class CodeSwitching(SpanAttack):
    """Greedy exchange of important words for their translations, which say the same and express the same emotion."""

    spec = PluginSpec(
        name="code-switching",
        version="1",
        summary="words of emotion and everyday words exchanged between Chinese and English",
        paper="Tan 2021",
        family="chinese",
        languages=("zh", "en"),
    )
    budget = AttackBudget(max_word_share=0.4)
    """Every Chinese character counts as a word, and most words have two."""

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per word of the table, in either language."""
        yield from sorted([*_from_chinese(text), *_from_english(text)], key=lambda exchange: exchange.start)

    def notes(self) -> Sequence[str]:
        """Whom the perturbed texts are for, and where translations come from."""
        return (
            "The perturbed texts are for readers of both languages.",
            f"Translations come from a table of our own with {len(meanings())} meanings; inflection is not kept.",
        )


def _from_chinese(text: str) -> Iterator[Exchange]:
    for start, end in chinese_runs(text):
        for first, last in find_words(text[start:end], english_for()):
            yield Exchange(start + first, start + last, english_for()[text[start + first : start + last]])


def _from_english(text: str) -> Iterator[Exchange]:
    words = Words.of(text)
    free, end = set(free_words(words)), 0
    for index, word in enumerate(words.words):
        start = end + len(words.gaps[index])
        end = start + len(word)
        if index in free and word.lower() in chinese_for():
            yield Exchange(start, end, chinese_for()[word.lower()])
