"""What the attacks that ask a masked language model share: which model, and words for one place of a text."""

import os
from collections.abc import Sequence
from pathlib import Path

from robust_emo.engine.requests import Query
from robust_emo.errors import PrerequisiteError
from robust_emo.models.masked_lm_source import masked_lm_problem
from robust_emo.resources.catalogue import MASKED_LM_VARIABLE, described, find
from robust_emo.words import Words

from .stop_words import is_stop_word
from .word_swaps import stem_of, swapped


class WordsInContext:
    """A masked language model as one attack uses it.

    Args:
        attack: name of the attack, for messages.
        model: a model directory or hub id; None for what ROBUST_EMO_MASKED_LM names.
    """

    def __init__(self, attack: str, model: str | None) -> None:
        self._attack = attack
        self.model = model or os.environ.get(MASKED_LM_VARIABLE) or None

    def problems(self) -> tuple[str, ...]:
        """Why the model cannot be used, and how to name one."""
        how = (
            f"name a model directory or hub id with --attack-arg {self._attack}.masked_lm=DIR, or in the environment "
            f"variable {MASKED_LM_VARIABLE}"
        )
        if self.model is None:
            return (f"attack {self._attack} needs a masked language model such as bert-base-uncased: {how}",)
        problem = masked_lm_problem(self.model)
        return () if problem is None else (f"attack {self._attack}: {problem}; {how}",)

    def note(self) -> str:
        """Which model proposes the words; no path."""
        if self.model is None:
            return "No masked language model is named."
        named = Path(self.model)
        known = find("masked-lm")
        if known.found and known.path == named:
            return f"Words are proposed by a {described('masked-lm')}."
        return f"Words are proposed by the masked language model {named.name if named.is_dir() else self.model}."

    async def ask(
        self, query: Query, text: str, spans: Sequence[tuple[int, int]], *, masked: bool = True, top_k: int
    ) -> list[list[tuple[str, float]]]:
        """Proposals per span; see :meth:`~robust_emo.engine.requests.Query.fill_mask`.

        Raises:
            PrerequisiteError: no model was named.
        """
        if self.model is None:
            raise PrerequisiteError(self.problems()[0])
        return await query.fill_mask(text, spans, model=self.model, masked=masked, top_k=top_k)


def open_to_change(word: str) -> bool:
    """Whether these attacks touch a word: not names of users, function words, emoji, numbers or other signs."""
    return not word.startswith("@") and not is_stop_word(word) and any(map(str.isalpha, word))


def exchanged(word: str, others: Sequence[str]) -> list[str]:
    """Those of `others` that may stand for `word`, in its case and behind its #."""
    return swapped(word, lambda _: others)


def span_of(words: Words, index: int) -> tuple[int, int]:
    """Characters of the word at `index` without a leading #."""
    before = sum(map(len, words.gaps[: index + 1])) + sum(map(len, words.words[:index]))
    end = before + len(words[index])
    return end - len(stem_of(words[index])), end
