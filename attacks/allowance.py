"""How much of a text an attack may still change: its budget, checked fast enough to be asked for every candidate."""

from robust_emo.types import AttackBudget
from robust_emo.words import Words, edit_distance, words_changed


class Allowance:
    """What a budget lets an attack change in one text.

    Args:
        original: the text before the attack.
        budget: limits on words and edits; queries are metered by the engine.
    """

    def __init__(self, original: Words, budget: AttackBudget) -> None:
        self._original = original
        self._text = original.text
        self._words = budget.words_allowed(len(original))
        self._edits = budget.max_edit_distance
        self._distances: dict[tuple[str, str], int] = {}  # words changed earlier come again in every later candidate

    def fits(self, words: Words) -> bool:
        """Whether `words`, the original with some words replaced in place, keeps to the budget.

        Adds up the changes position by position, so a long text costs no more than its changed words. That is
        never less than the edit distance of the whole text; the count of words may differ from the exact one
        where an edit splits a word or joins two, which :meth:`holds` sees.
        """
        changed = [(a, b) for a, b in zip(self._original.words, words.words, strict=True) if a != b]
        if self._words is not None and len(changed) > self._words:
            return False
        return self._edits is None or sum(map(self._distance, changed)) <= self._edits

    def holds(self, text: str) -> bool:
        """Whether `text` keeps to the budget exactly, as the core will check it."""
        if self._words is not None and words_changed(self._text, text) > self._words:
            return False
        return self._edits is None or edit_distance(self._text, text) <= self._edits

    def _distance(self, pair: tuple[str, str]) -> int:
        if pair not in self._distances:
            self._distances[pair] = edit_distance(*pair)
        return self._distances[pair]
