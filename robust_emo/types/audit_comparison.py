"""Two finished audits of the same texts, text by text."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types.attack import AttackOutcome
from robust_emo.types.measurement import Comparison
from robust_emo.types.report import AuditReport

SIGNIFICANT = 0.05
"""A corrected p-value below this says that chance is an unlikely explanation."""


class Change(StrEnum):
    """What can be said of the new audit against the old one."""

    BETTER = "better"
    WORSE = "worse"
    UNTOLD = "cannot be told"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Gain:
    """How much more often the new one is right, as shares in [-1, 1]."""

    value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """What two audits say of the same examples."""

    measure: str
    """`clean_accuracy_attacked`, `worst_case_accuracy_3_words`, `worst_case_accuracy`, or `accuracy_under_attack: `
    with the attack's name; of texts as written `accuracy`, or `recall: ` with the emotion."""
    result: Comparison
    """`left` is the old audit, `right` the new one; p-values corrected over all measures (Holm 1979), but for answers
    to texts as written, which are no family."""
    raw_p_value: float | None
    """McNemar's exact test for this measure alone, not corrected; None where nothing was measured."""
    both: int
    """Examples right in both."""

    @property
    def attack(self) -> str | None:
        """Name of the attack; None for what concerns all of them or none."""
        kind, _, name = self.measure.partition(": ")
        return name if kind == "accuracy_under_attack" else None

    @property
    def gain(self) -> Gain | None:
        """New minus old; None where nothing was measured."""
        result = self.result
        if result.difference is None or result.ci_low is None or result.ci_high is None:
            return None
        return Gain(0 - result.difference, 0 - result.ci_high, 0 - result.ci_low)

    @property
    def change(self) -> Change:
        """The test decides, not the size of the difference."""
        gain, p_value = self.gain, self.result.p_value
        if gain is None or p_value is None:
            return Change.NOT_MEASURED
        if p_value >= SIGNIFICANT:
            return Change.UNTOLD
        return Change.BETTER if gain.value > 0 else Change.WORSE


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
    """Empty where neither audit attacked: their sections stand side by side, and nothing is tested."""
    texts: tuple[ComparedText, ...]
    """In the order of the old audit."""
    notes: tuple[str, ...]
    """Where the audits differ in more than the model, and what else a reader must know; one sentence each."""

    @property
    def attacked(self) -> bool:
        """Whether both audits attacked."""
        return self.old.attacked and self.new.attacked
