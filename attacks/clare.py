"""Words replaced, inserted and merged in context: mask, then fill.

Li, Zhang, Peng, Chen, Brockett, Sun & Dolan 2021, "Contextualized Perturbation for Textual Adversarial Attack".
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance
from .greedy import MOST_WORDS
from .masked_words import WordsInContext, exchanged, open_to_change, span_of
from .resource_notes import encoder_problems
from .window_similarity import WindowSimilarity

_CHUNK = 64  # places whose actions are asked for at once, so that a long text does not fill the memory
_INSERT_PROBABILITY = 0.0  # the authors take any word to insert, but ask more of words that stand for others
_REPLACE_PROBABILITY = 5e-4
_MERGE_PROBABILITY = 5e-3


@dataclass(frozen=True, slots=True)
class _Action:
    """One change of one place."""

    index: int
    new: str
    """What stands at `index` afterwards, two words after an insertion."""
    merges: bool = False
    """Whether the next word goes away."""
    gain: float = 0.0
    """Progress of the original text with this change alone."""

    def of(self, words: Words) -> Words:
        """The text with the change; a word that went away leaves an empty one, so that indices hold."""
        changed = words.replace(self.index, self.new)
        if not self.merges:
            return changed
        gaps = [*changed.gaps[: self.index + 1], "", *changed.gaps[self.index + 2 :]]
        return Words(changed.replace(self.index + 1, "").words, tuple(gaps))

    @property
    def touched(self) -> range:
        """Indices of the words that no other action may touch after this one."""
        return range(self.index, self.index + 1 + self.merges)


class Clare:
    """The best action of every place, on the unchanged text, applied one after the other from the best on.

    Args:
        masked_lm: a model directory or hub id; by default what ROBUST_EMO_MASKED_LM names.
        max_candidates: words asked of the model per action, at least 1.
        min_sentence_similarity: cosine between the words around before and after one change, in [-1, 1].
        window: words around that are compared, at least 1.
        check_short_texts: also compare texts shorter than the window; the authors' code does not.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="clare",
        version="1",
        summary="replaces, inserts and merges words as a masked language model fills the gaps",
        paper="Li 2021",
        family="words",
    )
    budget = AttackBudget()

    def __init__(
        self,
        *,
        masked_lm: str | None = None,
        max_candidates: int = 50,
        min_sentence_similarity: float = 0.7,
        window: int = 15,
        check_short_texts: bool = False,
    ) -> None:
        if max_candidates < 1:
            raise InputError(f"attack clare: max_candidates must be at least 1, got {max_candidates}")
        self.max_candidates = max_candidates
        self._similarity = WindowSimilarity(min_sentence_similarity, window, check_short_texts)
        self._similarity.check("clare")
        self._context = WordsInContext("clare", masked_lm)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Score every action once, then apply the best ones on top of each other until the goal is reached."""
        original = Words.of(example.text)
        allowance = Allowance(original, budget)
        actions = await self._best_actions(original, query, goal, allowance)
        current, touched = original, set[int]()
        for action in sorted(actions, key=lambda action: -action.gain):
            changed = action.of(current)
            if touched & set(action.touched) or not allowance.fits(changed) or not changed.text.strip():
                continue
            if goal.reached((await query.scores([changed.text]))[0]) and allowance.holds(changed.text):
                return changed.text
            current = changed
            touched |= set(action.touched)
        return None

    def problems(self) -> Sequence[str]:
        """Needs a masked language model and the bundled encoder."""
        return (*self._context.problems(), *encoder_problems("clare"))

    def arguments(self) -> Mapping[str, Any]:
        """Model and the limits on candidates."""
        return {
            "masked_lm": self._context.model,
            "max_candidates": self.max_candidates,
            "min_sentence_similarity": self._similarity.least,
            "window": self._similarity.size,
            "check_short_texts": self._similarity.check_short_texts,
        }

    def notes(self) -> Sequence[str]:
        """Which model proposes the words, and what differs from the paper."""
        return (
            f"{self._context.note()} Sentence similarity comes from the bundled all-MiniLM-L6-v2 in place of the "
            "Universal Sentence Encoder.",
            "Neighbouring words are merged whatever their parts of speech. A word that fits may say the opposite: "
            "read the examples, and the share judged invalid.",
        )

    async def _best_actions(self, words: Words, query: Query, goal: Goal, allowance: Allowance) -> list[_Action]:
        """At most one action per place; at most half of a query budget goes into finding them."""
        places = [i for i in words.indices[:MOST_WORDS] if open_to_change(words[i])]
        left = None if query.max_queries is None else (query.max_queries - query.used) // 2
        best: list[_Action] = []
        for start in range(0, len(places), _CHUNK):
            options = await self._options(words, places[start : start + _CHUNK], query)
            options = [option for option in options if allowance.fits(option.of(words))][:left]
            if not options:
                continue
            if left is not None:
                left -= len(options)
            gains = goal.progress(await query.scores([option.of(words).text for option in options])).tolist()
            best += _best_of_each(options, gains)
        return best

    async def _options(self, words: Words, places: Sequence[int], query: Query) -> list[_Action]:
        spans = [span for index in places for span in _spans(words, index)]
        proposals = await self._context.ask(query, words.text, spans, top_k=self.max_candidates)
        options = []
        for index, replace, insert, merge in zip(places, *(proposals[i::3] for i in range(3)), strict=True):
            others = _above(replace, _REPLACE_PROBABILITY)
            found = [_Action(index, new) for new in exchanged(words[index], others)]
            found += [_Action(index, f"{words[index]} {new}") for new in _above(insert, _INSERT_PROBABILITY)]
            if _mergeable(words, index):
                found += [_Action(index, new, merges=True) for new in _above(merge, _MERGE_PROBABILITY)]
            by_text = {action.of(words): action for action in found}
            options += [by_text[text] for text in await self._similarity.similar(words, index, list(by_text), query)]
        return options


def _spans(words: Words, index: int) -> list[tuple[int, int]]:
    """What is replaced, where a word is inserted, what is merged."""
    start, end = span_of(words, index)
    last = span_of(words, index + 1)[1] if _mergeable(words, index) else end
    return [(start, end), (end, end), (end - len(words[index]), last)]


def _mergeable(words: Words, index: int) -> bool:
    """Two plain words with nothing but a blank between them; a hashtag stays one."""
    if index + 1 == len(words) or not words.gaps[index + 1].isspace():
        return False
    return open_to_change(words[index + 1]) and not (words[index] + words[index + 1]).count("#")


def _above(proposals: Iterable[tuple[str, float]], least: float) -> list[str]:
    return [word for word, probability in proposals if probability >= least]


def _best_of_each(options: Sequence[_Action], gains: Sequence[float]) -> list[_Action]:
    best: dict[int, _Action] = {}
    for option, gain in zip(options, gains, strict=True):
        if option.index not in best or gain > best[option.index].gain:
            best[option.index] = _Action(option.index, option.new, option.merges, gain)
    return list(best.values())
