"""Two finished audits of the same texts, text by text."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types.attack import AttackOutcome
from robust_emo.types.model_comparison import ModelComparison
from robust_emo.types.report import AuditReport


class NotTested(StrEnum):
    """Why two audits are not tested on all texts as written."""

    NO_ANSWERS = "neither audit has answers in answers.jsonl"
    NO_ANSWERS_OLD = "the old audit has no answers in answers.jsonl"
    NO_ANSWERS_NEW = "the new audit has no answers in answers.jsonl"
    OTHER_LABELS = "the labels of the two models are not the same"
    OTHER_TASK = "the tasks of the two models are not the same"
    NO_COMMON_TEXT = "no text stands in both audits with the same gold labels"


@dataclass(frozen=True, slots=True)
class ComparedText:
    """One text that both audits attacked."""

    example_id: str
    original: str
    label: tuple[str, ...]
    """Gold labels."""
    old: Mapping[str, AttackOutcome]
    """By attack, of those that make the worst case."""
    new: Mapping[str, AttackOutcome]
    old_worst: AttackOutcome
    """What stands for the text in the worst case."""
    new_worst: AttackOutcome
    right: Mapping[str, tuple[bool | None, bool | None]]
    """By measure, whether the old and the new audit call it right; None where that is unknown."""


@dataclass(frozen=True, slots=True)
class AuditComparison:
    """Everything that two audits, compared, have to say."""

    old: AuditReport
    new: AuditReport
    measures: tuple[ModelComparison, ...]
    """Of the texts that both attacked; empty where neither did."""
    texts: tuple[ComparedText, ...]
    """In the order of the old audit."""
    notes: tuple[str, ...]
    """Where the audits differ in more than the model, and what else a reader must know; one sentence each."""
    written: tuple[ModelComparison, ...] = ()
    """Accuracy and recall of all texts as written; empty where they could not be tested."""
    not_written: NotTested | None = None
    """Why they could not; None where they were."""

    @property
    def attacked(self) -> bool:
        """Whether both audits attacked."""
        return self.old.attacked and self.new.attacked
