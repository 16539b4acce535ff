"""What two audits say of one measure, text by text."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM
from robust_emo.types.measurement import Comparison

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

    __pydantic_config__ = JSON_FORM

    measure: str
    """`clean_accuracy_attacked`, `worst_case_accuracy_3_words`, `worst_case_accuracy`, or `accuracy_under_attack: `
    with the attack's name; of texts as written `accuracy`, or `recall: ` with the emotion."""
    result: Comparison
    """`left` is the old audit, `right` the new one; the p-value corrected (Holm 1979) over all measures of attacked
    texts, or over all of texts as written."""
    raw_p_value: float | None
    """McNemar's exact test for this measure alone, not corrected; null where nothing was measured."""
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
