"""TextBugger: five kinds of bugs in the most important words, the sentence still saying the same.

Li, Ji, Du, Li & Wang 2019, "TextBugger: Generating Adversarial Text Against Real-world Applications", in the
black-box form and over the whole text at once, as TextAttack has it; and the same search with many more bugs per word.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.word_neighbours import MOST_NEIGHBOURS, word_neighbours
from robust_emo.words import Words

from .character_edits import deletions, editable_span, edited_twice, is_ideograph, some, swaps
from .greedy import greedy_search
from .keyboard import neighbours
from .stop_words import is_stop_word
from .text_edits import in_case_of
from .visually_similar import visually_similar


class TextBugger:
    """Per word the bug that helps most: a blank inside, a letter less, two letters swapped, another character, word.

    Another character (Sub-C) is one that looks alike, at every place, or the key beside the right one; another word
    (Sub-W) is one of the nearest. First and last letter stay except in Sub-C and Sub-W. A word is as important as the
    model's answer changes without it. Function words and emoji stay; a Chinese, Japanese or Korean character may be
    swapped with the next one, cut off by a blank, or replaced by one of the same shape. A leading # or @ stays.

    Args:
        bugs_per_kind: blanks, deletions, swaps and neighbouring keys tried per word, at least 1; the paper tries 1.
        double_bugs: words with two bugs tried per word, at least 0; the paper tries none.
        max_neighbours: near words tried, 0 to 10; the paper tries 5.
        min_sentence_similarity: cosine between the sentence embeddings of the original and the perturbed text, in
            [-1, 1]; 0.8 in the paper.

    Raises:
        InputError: an argument outside its range.
    """

    spec = PluginSpec(
        name="textbugger",
        version="1",
        summary="misspells the most important words or exchanges them for near ones, the sentence staying similar",
        paper="Li 2019",
        family="characters",
    )
    budget = AttackBudget()
    """Bounded by the similarity of the sentence only, as in the paper."""

    def __init__(
        self,
        *,
        bugs_per_kind: int = 1,
        double_bugs: int = 0,
        max_neighbours: int = 5,
        min_sentence_similarity: float = 0.8,
    ) -> None:
        self._check("bugs_per_kind", bugs_per_kind, 1)
        self._check("double_bugs", double_bugs, 0)
        self._check("max_neighbours", max_neighbours, 0, MOST_NEIGHBOURS)
        self._check("min_sentence_similarity", min_sentence_similarity, -1, 1)
        self.bugs_per_kind = bugs_per_kind
        self.double_bugs = double_bugs
        self.max_neighbours = max_neighbours
        self.min_sentence_similarity = min_sentence_similarity

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search over words; see :func:`~robust_emo_attacks.greedy.greedy_search`."""

        async def candidates(words: Words, index: int) -> list[Words]:
            return self._options(words, index, rng)

        async def similar(texts: Sequence[str]) -> Sequence[bool]:
            vectors = await query.embeddings([example.text, *texts])
            return [bool(cosine >= self.min_sentence_similarity) for cosine in vectors[1:] @ vectors[0]]

        return await greedy_search(
            Words.of(example.text),
            query,
            goal=goal,
            budget=budget,
            editable=_editable,
            candidates=candidates,
            importance="deleted",
            acceptable=similar,
        )

    def problems(self) -> Sequence[str]:
        """Needs the bundled encoder."""
        from robust_emo.models.minilm import minilm_directory

        try:
            minilm_directory()
        except PrerequisiteError as missing:
            return (f"attack {self.spec.name}: {missing}",)
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """How many bugs are tried per word, and the limit on meaning."""
        return {
            "bugs_per_kind": self.bugs_per_kind,
            "double_bugs": self.double_bugs,
            "max_neighbours": self.max_neighbours,
            "min_sentence_similarity": self.min_sentence_similarity,
        }

    def notes(self) -> Sequence[str]:
        """Which resources stood in, and what is left out."""
        return (
            "Near words and sentence similarity come from the bundled all-MiniLM-L6-v2, in place of GloVe vectors and "
            "the Universal Sentence Encoder of the paper; only English words have near words. Sentences are not ranked "
            "before their words, since short texts have one or two.",
        )

    def _check(self, name: str, value: float, low: float, high: float = np.inf) -> None:
        if not low <= value <= high:
            limits = f"at least {low:g}" if high == np.inf else f"in [{low:g}, {high:g}]"
            raise InputError(f"attack {self.spec.name}: {name} must be {limits}, got {value:g}")

    def _options(self, words: Words, index: int, rng: random.Random) -> list[Words]:
        word = words[index]
        if is_ideograph(word):
            return _ideograph_bugs(words, index)
        bugs = _bugs(word, self.bugs_per_kind, rng)
        bugs += edited_twice(bugs, lambda bug: _bugs(bug, 1, rng), self.double_bugs, rng)
        return [words.replace(index, bug) for bug in bugs + _near_words(word, self.max_neighbours)]


class StrongTextBugger(TextBugger):
    """TextBugger with a dozen random bugs and a dozen double bugs per word, and all its near words.

    The paper's few bugs per word flatter a defence that corrects spelling: it mends most single edits, and the attack
    has no other ones to turn to. Where the stronger bugs use up the similarity of the sentence before the goal is
    reached, the paper's set is tried from the start.
    """

    spec = replace(
        TextBugger.spec,
        name="textbugger-strong",
        summary="textbugger with a dozen single and a dozen double bugs per word to choose from",
    )

    def __init__(
        self,
        *,
        bugs_per_kind: int = 3,
        double_bugs: int = 12,
        max_neighbours: int = MOST_NEIGHBOURS,
        min_sentence_similarity: float = 0.8,
    ) -> None:
        super().__init__(
            bugs_per_kind=bugs_per_kind,
            double_bugs=double_bugs,
            max_neighbours=max_neighbours,
            min_sentence_similarity=min_sentence_similarity,
        )
        self._paper = TextBugger(min_sentence_similarity=min_sentence_similarity)

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Greedy search with the strong set, and where that finds nothing, with the paper's."""
        found = await super().perturb(example, query, goal=goal, budget=budget, rng=rng)
        return found or await self._paper.perturb(example, query, goal=goal, budget=budget, rng=rng)


def _editable(word: str) -> bool:
    if is_stop_word(word):
        return False
    return is_ideograph(word) or (len(editable_span(word)) > 1 and any(character.isalnum() for character in word))


def _bugs(word: str, count: int, rng: random.Random) -> list[str]:
    """`count` random blanks, deletions, swaps and neighbouring keys each, and every Sub-C by shape."""
    span = editable_span(word)
    inner = span[1:-1]
    bugs = [word[:place] + " " + word[place:] for place in some(span[1:], count, rng)]
    bugs += deletions(word, some(inner, count, rng))
    bugs += swaps(word, some(inner[:-1], count, rng))
    bugs += [word[:i] + other + word[i + 1 :] for i in span for other in visually_similar(word[i])]
    slips = [word[:i] + key + word[i + 1 :] for i in span if word[i].isalpha() for key in neighbours(word[i])]
    return bugs + rng.sample(slips, min(count, len(slips)))


def _near_words(word: str, most: int) -> list[str]:
    if word.startswith("@"):
        return []
    start = editable_span(word).start
    near = word_neighbours().get(word[start:].lower(), ())[:most]
    return [word[:start] + in_case_of(word[start:], other) for other, _ in near]


def _ideograph_bugs(words: Words, index: int) -> list[Words]:
    word, after = words[index], index + 1
    bugs = [words.replace(index, other) for other in (f"{word} ", *visually_similar(word))]
    if after < len(words) and not words.gaps[after] and is_ideograph(words[after]):
        bugs.append(words.replace(index, words[after]).replace(after, word))
    return bugs
