"""The numbers behind one check of the policy, under fixed names, for machines that read them."""

from dataclasses import dataclass

from robust_emo.types import Verdict


@dataclass(frozen=True, slots=True)
class CheckNumbers:
    """What was judged against what. None: not measured, or not required."""

    status: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    confidence: float | None
    n: int | None
    interval: str | None
    """How the interval was made."""
    min: float | None
    max: float | None
    max_regression: float | None
    min_n: int
    decision: str


def check_numbers(verdict: Verdict) -> CheckNumbers:
    """Of one check, as the audit has them."""
    metric, threshold = verdict.metric, verdict.threshold
    return CheckNumbers(
        status=verdict.status.value,
        value=metric.value if metric else None,
        ci_low=metric.ci_low if metric else None,
        ci_high=metric.ci_high if metric else None,
        confidence=metric.confidence if metric else threshold.confidence,
        n=metric.n if metric else None,
        interval=metric.method if metric else None,
        min=threshold.min,
        max=threshold.max,
        max_regression=threshold.max_regression,
        min_n=threshold.min_n,
        decision=threshold.decision,
    )
