"""Words replaced, inserted and merged in context: mask, then fill.

Li, Zhang, Peng, Chen, Brockett, Sun & Dolan 2021, "Contextualized Perturbation for Textual Adversarial Attack".
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class _Search:
    """What stays the same while one text is attacked."""

    original: Words
    query: Query
    goal: Goal
    allowance: Allowance


class Clare:
    """The best action of every place, on the unchanged text, applied one after the other from the best on.

    A word may be inserted behind any other; only content words are replaced and merged.

    Args:
        masked_lm: a model directory or hub id; by default what ROBUST_EMO_MASKED_LM names.
        max_candidates: words asked of the model per action, at least 1.
        min_sentence_similarity: cosine between the words around before and after one change, in [-1, 1].
        window: words around that are compared, at least 1.
        check_short_texts: also compare texts shorter than the window; the authors' code does not.
        rescore: find and score the actions of all untouched places anew after each action, as TextAttack's recipe
            does; many times the queries.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="clare",
        version="2",
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
        rescore: bool = False,
    ) -> None:
        if max_candidates < 1:
            raise InputError(f"attack clare: max_candidates must be at least 1, got {max_candidates}")
        self.max_candidates = max_candidates
        self.rescore = rescore
        self._similarity = WindowSimilarity(min_sentence_similarity, window, check_short_texts)
        self._similarity.check("clare")
        self._context = WordsInContext("clare", masked_lm)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Score every action, then apply the best ones on top of each other until the goal is reached."""
        original = Words.of(example.text)
        search = _Search(original, query, goal, Allowance(original, budget))
        current, touched = original, frozenset[int]()
        while actions := await self._best_actions(search, current, touched):
            for action in sorted(actions, key=lambda action: -action.gain):
                changed = action.of(current)
                if touched & set(action.touched) or not search.allowance.fits(changed) or not changed.text.strip():
                    continue
                if goal.reached((await query.scores([changed.text]))[0]) and search.allowance.holds(changed.text):
                    return changed.text
                current, touched = changed, touched | set(action.touched)
                if self.rescore:
                    break
            else:
                return None
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
            "rescore": self.rescore,
        }

    def notes(self) -> Sequence[str]:
        """Which model proposes the words, and what differs from the paper."""
        return (
            f"{self._context.note()} Sentence similarity comes from the bundled all-MiniLM-L6-v2 in place of the "
            "Universal Sentence Encoder.",
            "Neighbouring words are merged whatever their parts of speech. A word that fits may say the opposite: "
            "read the examples, and the share judged invalid.",
        )

    async def _best_actions(self, search: _Search, words: Words, touched: Collection[int]) -> list[_Action]:
        """At most one action per untouched place; at most half of the queries left go into finding them."""
        query, allowance = search.query, search.allowance
        places = [i for i in words.indices[:MOST_WORDS] if i not in touched]
        left = None if query.max_queries is None else (query.max_queries - query.used) // 2
        best: list[_Action] = []
        for start in range(0, len(places), _CHUNK):
            options = await self._options(search, words, places[start : start + _CHUNK], touched)
            options = [option for option in options if allowance.fits(option.of(words))][:left]
            if not options:
                continue
            if left is not None:
                left -= len(options)
            logits = await query.scores([option.of(words).text for option in options])
            best += _best_of_each(options, search.goal.progress(logits).tolist())
        return best

    async def _options(
        self, search: _Search, words: Words, places: Sequence[int], touched: Collection[int]
    ) -> list[_Action]:
        """Actions whose words around are similar to those of the original."""
        blanks = [blank for index in places for blank in _blanks(words, index, touched)]
        spans = [blank.span for blank in blanks]
        proposals = await self._context.ask(search.query, words.text, spans, top_k=self.max_candidates)
        found: dict[int, dict[Words, _Action]] = {index: {} for index in places}
        for blank, proposed in zip(blanks, proposals, strict=True):
            actions = blank.actions([new for new, probability in proposed if probability >= blank.least])
            found[blank.index] |= {action.of(words): action for action in actions}
        options = []
        for index, by_text in found.items():
            similar = await self._similarity.similar(search.original, index, list(by_text), search.query)
            options += [by_text[text] for text in similar]
        return options


@dataclass(frozen=True, slots=True)
class _Blank:
    """A place of a text that the language model fills for one kind of action."""

    index: int
    span: tuple[int, int]
    least: float
    """Probability that a proposal must have."""
    actions: Callable[[Sequence[str]], list[_Action]]
    """What the proposals make."""


def _blanks(words: Words, index: int, touched: Collection[int]) -> list[_Blank]:
    """What is inserted behind a word and, of a content word, what is replaced and merged."""
    word, (start, end) = words[index], span_of(words, index)

    def inserted(proposed: Sequence[str]) -> list[_Action]:
        return [_Action(index, f"{word} {new}") for new in proposed]

    def replaced(proposed: Sequence[str]) -> list[_Action]:
        return [_Action(index, new) for new in exchanged(word, proposed)]

    def merged(proposed: Sequence[str]) -> list[_Action]:
        return [_Action(index, new, merges=True) for new in proposed]

    blanks = [_Blank(index, (end, end), _INSERT_PROBABILITY, inserted)]
    if open_to_change(word):
        blanks.append(_Blank(index, (start, end), _REPLACE_PROBABILITY, replaced))
        if index + 1 not in touched and _mergeable(words, index):
            last = span_of(words, index + 1)[1]
            blanks.append(_Blank(index, (end - len(word), last), _MERGE_PROBABILITY, merged))
    return blanks


def _mergeable(words: Words, index: int) -> bool:
    """Two plain words with nothing but a blank between them; a hashtag stays one."""
    if index + 1 == len(words) or not words.gaps[index + 1].isspace():
        return False
    return open_to_change(words[index + 1]) and not (words[index] + words[index + 1]).count("#")


def _best_of_each(options: Sequence[_Action], gains: Sequence[float]) -> list[_Action]:
    best: dict[int, _Action] = {}
    for option, gain in zip(options, gains, strict=True):
        if option.index not in best or gain > best[option.index].gain:
            best[option.index] = _Action(option.index, option.new, option.merges, gain)
    return list(best.values())
