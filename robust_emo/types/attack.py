"""What an attack is after, what it may spend, and what became of one example."""

from dataclasses import dataclass, fields
from enum import StrEnum

from robust_emo.types._json import JSON_FORM


class Objective(StrEnum):
    """What an attack is after."""

    CHANGE = "change"
    """Another prediction, the text saying the same."""
    REDUCE = "reduce"
    """The same prediction from next to nothing, the text saying nothing any more (Feng et al. 2018)."""


@dataclass(frozen=True, slots=True)
class AttackBudget:
    """What an attack may spend on one example; None means no limit. The core enforces all of it."""

    __pydantic_config__ = JSON_FORM

    max_queries: int | None = None
    """Logical model queries."""
    max_words: int | None = None
    """Words of the original that differ, are missing or were added."""
    max_word_share: float | None = None
    """The same as a share of the original's words, in (0, 1]; at least one word is always allowed."""
    max_edit_distance: int | None = None
    """Levenshtein distance in characters (Unicode code points)."""

    def tightened(self, other: "AttackBudget") -> "AttackBudget":
        """The stricter of both, limit by limit."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return AttackBudget(*(min((n for n in pair if n is not None), default=None) for pair in pairs))

    def words_allowed(self, words: int) -> int | None:
        """Words that may change in a text of `words` words; None for no limit."""
        limits = [] if self.max_words is None else [self.max_words]
        if self.max_word_share is not None:
            limits.append(max(1, int(self.max_word_share * words)))
        return min(limits, default=None)


class Status(StrEnum):
    """What became of one attacked example, decided by the core and never by the attack."""

    SUCCEEDED = "succeeded"
    """Right before, wrong after, within budget and constraints."""
    FAILED = "failed"
    """Right before and the attack found no perturbation that holds."""
    SKIPPED = "skipped"
    """Wrong before the attack; never counted in a success rate."""
    ERRORED = "errored"
    """The attack or the model crashed on this example; never counted as a failed attack."""


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """One line of outcomes.jsonl: what one attack did to one example."""

    __pydantic_config__ = JSON_FORM

    plugin: str
    example_id: str
    status: Status
    label: tuple[str, ...]
    """Gold labels."""
    original: str
    perturbed: str | None
    """The final text when status is succeeded, else null."""
    predicted: tuple[str, ...] | None
    """Labels predicted for the original text; null when the model crashed on it."""
    predicted_after: tuple[str, ...] | None
    """Labels predicted for the perturbed text when status is succeeded, else null."""
    num_queries: int | None
    """Logical queries, as the papers count them: every text asked about, whether cached or not; null if unknown."""
    words_perturbed: int | None
    """Words of the original that differ, are missing or were added; null unless succeeded."""
    valid: bool | None = None
    """Whether the emotion-validity check accepts the perturbed text; null when not checked."""
    invalid_reasons: tuple[str, ...] = ()
    """Codes of docs/validity.md; empty unless `valid` is false."""
    error: str | None = None
    """What crashed: the attack or the model where status is errored; else the validity check."""
    out_of_queries: bool = False
    """Whether a failed attack was stopped by its query budget, or had used at least 90% of it."""
