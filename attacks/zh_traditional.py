"""Simplified characters written as traditional ones and the other way round, by OpenCC."""

import random
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .chinese_text import chinese_runs
from .span_search import Exchange, SpanAttack, span_search

if TYPE_CHECKING:
    from opencc import OpenCC

Direction = Literal["s2t", "t2s"]
"""Simplified to traditional, or traditional to simplified, as OpenCC calls them."""


class ChineseTraditional(SpanAttack):
    """First the whole text in the other script, then character by character, greedily, a mixture of both.

    A text is converted to traditional characters unless it has more characters that are traditional already.
    """

    spec = PluginSpec(
        name="zh-traditional",
        version="1",
        summary="simplified Chinese characters written as traditional ones, or the other way round",
        family="chinese",
        languages=("zh",),
    )
    budget = AttackBudget()
    """No limit: whoever reads both scripts reads the same text."""

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """The converted text where the budget allows it, otherwise a greedy mixture."""
        text = example.text
        exchanges = list(self.exchanges(text, rng))
        if not exchanges:
            return None
        whole = list(text)
        for exchange in exchanges:
            whole[exchange.start] = exchange.others[0]
        converted = "".join(whole)
        if Allowance(Words.of(text), budget).holds(converted) and goal.reached((await query.scores([converted]))[0]):
            return converted
        return await span_search(text, query, goal=goal, budget=budget, exchanges=exchanges)

    def exchanges(self, text: str, rng: random.Random) -> Iterator[Exchange]:
        """One stretch per character with another form in the other script; words decide which (头发 is 頭髮)."""
        runs = chinese_runs(text)
        directions: tuple[Direction, Direction] = ("s2t", "t2s")
        to_traditional, to_simplified = (
            [(start + i, new) for start, end in runs for i, new in _changes(text[start:end], direction)]
            for direction in directions
        )
        for place, new in to_traditional if len(to_traditional) >= len(to_simplified) else to_simplified:
            yield Exchange(place, place + 1, (new,))

    def problems(self) -> Sequence[str]:
        """Needs OpenCC."""
        if find_spec("opencc") is None:
            return ("attack zh-traditional: OpenCC is not installed; pip install 'robust-emo[chinese]'",)
        return ()

    def notes(self) -> Sequence[str]:
        """What converts, and what is not covered."""
        return (
            "OpenCC converts between the scripts only, not between the words of the mainland, Taiwan and Hong Kong.",
            "Texts without Chinese characters that differ between the scripts are left unchanged and count as "
            "withstood.",
        )


def _changes(run: str, direction: Direction) -> list[tuple[int, str]]:
    """Places in `run` where the other script has another character, and that character."""
    converted = _converter(direction).convert(run)
    if len(converted) != len(run):  # a phrase of the dictionary grew: its characters one by one
        converted = "".join(_converter(direction).convert(character)[:1] or character for character in run)
    return [(i, new) for i, (old, new) in enumerate(zip(run, converted, strict=True)) if old != new]


@cache
def _converter(direction: Direction) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(direction)
