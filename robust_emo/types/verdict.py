"""What a policy requires and how the audit answers it."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM
from robust_emo.types.measurement import Metric


class VerdictStatus(StrEnum):
    """Outcome of one check of a policy."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    """The interval straddles the threshold, or there are fewer samples than min_n."""
    NOT_MEASURED = "not_measured"
    """No such number in this audit; never a pass."""
    WAIVED = "waived"
    """Failed or undecided, and somebody answers for it; see the verdict's waiver."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One `[[waive]]` of a policy: a check that one model may miss for a time, and who answers for it."""

    __pydantic_config__ = JSON_FORM

    check: str
    """As the verdict names it."""
    model_sha: str
    """Beginning of the fingerprint of the model, at least twelve digits; another model is not waived."""
    reason: str
    owner: str
    """Who mends it."""
    approver: str
    """Who allowed it; somebody else."""
    expires: str
    """Last day on which it holds, such as 2026-12-31 (UTC)."""
    floor: float
    """A value worse than this is never waived."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One `[[require]]` of a policy."""

    __pydantic_config__ = JSON_FORM

    metric: str
    section: str
    """Section kind; `evasion/ensemble` or `evasion/<attack>` names the plug-in too."""
    min: float | None = None
    max: float | None = None
    per_class: bool = False
    """True: judge the metric of every emotion, each one its own check."""
    decision: str = "confident"
    """`confident`: judged on the interval; `point`: judged on the value."""
    confidence: float | None = None
    """Level of the interval to judge, in (0, 1); null for the level that the audit stored."""
    min_n: int = 0
    """Fewer examples than this make the check inconclusive."""
    reason: str = ""
    """Why this threshold, for the report."""
    max_regression: float | None = None
    """By how much the number may be worse than in the baseline audit; when judged, `min` or `max` is the change
    that this allows."""

    @property
    def bound(self) -> float | None:
        """`min` or `max`, whichever there is; None before a regression is judged."""
        return self.min if self.min is not None else self.max


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of the policy against one number of the audit."""

    __pydantic_config__ = JSON_FORM

    check: str
    """Readable and stable, e.g. `evasion/ensemble/worst_case_accuracy >= 0.5` or with ` [joy]`."""
    status: VerdictStatus
    threshold: Threshold
    metric: Metric | None
    """The number judged; null when not measured."""
    explanation: str
    """One sentence in plain words."""
    waiver: Waiver | None = None
    """The one that speaks of this check, where it failed or is undecided; the explanation says whether it holds."""
