"""Policy -> verdicts. A number that is missing, too thin or undecided never passes."""

import difflib
import math
from collections.abc import Iterable, Sequence
from datetime import date

from robust_emo.gate.evidence import at_confidence, examples_to_decide
from robust_emo.gate.family import corrected, surprise
from robust_emo.gate.regression import Baseline, allowed_change
from robust_emo.gate.waiving import waived
from robust_emo.policy import Policy
from robust_emo.privacy_claim import broken_promises
from robust_emo.statistics.sequential import METHOD as ANYTIME
from robust_emo.types import Metric, Section, Threshold, Verdict, VerdictStatus
from robust_emo.verdict_text import bound_text, explain_value, section_name, subject

_SECTIONS_OF_A_KIND = 3
"""No kind but evasion has more."""
_NO_BASELINE = "there is no baseline to compare with; name one with --baseline AUDIT"


def judge(
    policy: Policy,
    sections: Sequence[Section],
    *,
    baseline: Baseline | None = None,
    model_sha256: str | None = None,
    today: date | None = None,
) -> tuple[Verdict, ...]:
    """One verdict per check, in the order of the policy; several where a threshold speaks of several numbers.

    A threshold whose `section` is a bare kind is a check of every section of that kind that has the metric; one
    with `per_class` is a check of every label. Failures are corrected for the number of checks, and then waived where
    the policy says so. Behind them stands a failed check for every promise of privacy that a section shows to be
    broken, which no policy has to ask for, and none can waive.

    Args:
        policy: what is asked.
        sections: of an audit.
        baseline: an earlier audit, for thresholds on a regression; without one these are not measured.
        model_sha256: of the audited model, which waivers are for.
        today: on which waivers are looked at; None: the day of the call (UTC).
    """
    asked = [verdict for threshold in policy.thresholds for verdict in _judge_threshold(threshold, sections, baseline)]
    judged = waived(corrected(asked), policy.waivers, model_sha256=model_sha256, today=today)
    return (*judged, *broken_promises(sections))


def evasion_is_certain(policy: Policy, sections: Sequence[Section], *, labels: int = 1) -> bool:
    """Whether every check of the policy on evasion is certain for good; False without any such check.

    Only an interval that holds at every look may end the audit: no value without one, and no bootstrap. A failure must
    hold beside all checks that the other sections may add.

    Args:
        policy: what is asked.
        sections: of evasion, so far.
        labels: of the model, each of which a check may be of.
    """
    others = [each for each in policy.thresholds if each.section.split("/")[0] != "evasion"]
    more = sum((labels if each.per_class else 1) * _SECTIONS_OF_A_KIND for each in others)
    checks = [verdict for verdict in judge(policy, sections) if verdict.threshold.section.split("/")[0] == "evasion"]
    return bool(checks) and all(
        verdict.status in (VerdictStatus.PASS, VerdictStatus.FAIL)
        and verdict.threshold.decision == "confident"
        and verdict.metric is not None
        and verdict.metric.method == ANYTIME
        and (verdict.status is VerdictStatus.PASS or _fails_among(verdict, len(checks) + more))
        for verdict in checks
    )


def _fails_among(verdict: Verdict, checks: int) -> bool:
    found = surprise(verdict)
    return found is not None and found * checks <= 1


def _judge_threshold(
    threshold: Threshold, sections: Sequence[Section], baseline: Baseline | None = None
) -> list[Verdict]:
    chosen = [
        section for section in sections if threshold.section in (section.kind, f"{section.kind}/{section.plugin}")
    ]
    ran = [section for section in chosen if section.error is None]
    verdicts = [
        _not_measured(threshold, f"{section_name(section)} could not be measured: {section.error}", section)
        for section in chosen
        if section.error is not None
    ]
    metrics = [(section, metric) for section in ran for metric in section.metrics if _speaks_of(threshold, metric)]
    if not chosen:
        names = [name for section in sections for name in (section.kind, f"{section.kind}/{section.plugin}")]
        reason = f"this audit has no section '{threshold.section}'{_nearest(threshold.section, names)}"
        verdicts.append(_not_measured(threshold, reason))
    elif ran and not metrics:
        verdicts.append(_not_measured(threshold, _why_absent(threshold, ran)))
    if threshold.max_regression is not None:
        return verdicts + [_judge_change(threshold, section, metric, baseline) for section, metric in metrics]
    return verdicts + [_judge_metric(threshold, section, metric) for section, metric in metrics]


def _judge_change(threshold: Threshold, section: Section, metric: Metric, baseline: Baseline | None) -> Verdict:
    allowed = allowed_change(threshold, metric)
    if allowed is None:
        return _not_measured(threshold, f"{metric.name} has no good side to fall from", section, metric)
    change = _NO_BASELINE if baseline is None else baseline.change(section, metric)
    if isinstance(change, str):
        return _not_measured(threshold, change, section, metric)
    return _judge_metric(allowed, section, change)


def _speaks_of(threshold: Threshold, metric: Metric) -> bool:
    return metric.name == threshold.metric and threshold.per_class == (metric.label is not None)


def _why_absent(threshold: Threshold, sections: Sequence[Section]) -> str:
    names = [metric.name for section in sections for metric in section.metrics]
    if threshold.metric not in names:
        return f"section '{threshold.section}' has no metric '{threshold.metric}'{_nearest(threshold.metric, names)}"
    if threshold.per_class:
        return f"'{threshold.metric}' is measured for the whole data only; remove per_class"
    return f"'{threshold.metric}' is measured for each emotion only; add per_class = true"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(set(known)), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _judge_metric(threshold: Threshold, section: Section, metric: Metric) -> Verdict:
    what = subject(section, metric)
    check = _check_name(threshold, section, metric)
    if metric.value is None or not math.isfinite(metric.value):
        return Verdict(check, VerdictStatus.NOT_MEASURED, threshold, metric, f"{what} was not measured.")
    if metric.n < threshold.min_n:
        text = (
            f"{what} rests on {metric.n} examples but the policy asks for at least {threshold.min_n}, "
            "so this check is inconclusive."
        )
        return Verdict(check, VerdictStatus.INCONCLUSIVE, threshold, metric, text)
    at_level = at_confidence(metric, threshold.confidence)
    if at_level is None:
        text = (
            f"{what} has an interval at {metric.confidence:.4g} confidence but the policy asks for "
            f"{threshold.confidence:.4g}, which cannot be computed from it; so this check is not measured."
        )
        return Verdict(check, VerdictStatus.NOT_MEASURED, threshold, metric, text)
    status = status_of(threshold, at_level)
    needed = _needed(threshold, at_level) if status is VerdictStatus.INCONCLUSIVE else None
    text = explain_value(threshold, section, at_level, status, needed=needed)
    return Verdict(check, status, threshold, at_level, text)


def _needed(threshold: Threshold, metric: Metric) -> int | None:
    if threshold.decision == "point" or threshold.bound is None:
        return None
    return examples_to_decide(metric, threshold.bound)


def status_of(threshold: Threshold, metric: Metric) -> VerdictStatus:
    """Pass or fail where the whole interval, or the value of a point decision, is on one side; else inconclusive.

    An interval with one end goes on for ever on the other side.

    Raises:
        ValueError: a threshold with neither min nor max.
    """
    if threshold.decision == "point":
        low = high = metric.value
    else:
        low, high = metric.ci_low, metric.ci_high
    if low is None and high is None:
        return VerdictStatus.INCONCLUSIVE
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    if threshold.min is not None:
        good, bad = low >= threshold.min, high < threshold.min
    elif threshold.max is not None:
        good, bad = high <= threshold.max, low > threshold.max
    else:
        raise ValueError(f"threshold on {threshold.metric} has neither min nor max")
    # A broken file may hold NaN or a reversed interval: neither side is certain then.
    if good == bad or not low <= high:
        return VerdictStatus.INCONCLUSIVE
    return VerdictStatus.PASS if good else VerdictStatus.FAIL


def _check_name(threshold: Threshold, section: Section | None = None, metric: Metric | None = None) -> str:
    place = section_name(section) if section else threshold.section
    label = f" [{metric.label}]" if metric and metric.label is not None else ""
    return f"{place}/{threshold.metric} {bound_text(threshold)}{label}"


def _not_measured(
    threshold: Threshold, reason: str, section: Section | None = None, metric: Metric | None = None
) -> Verdict:
    text = f"{reason[0].upper()}{reason[1:]}".rstrip(".")
    text = text if text.endswith("?") else f"{text}."
    return Verdict(_check_name(threshold, section, metric), VerdictStatus.NOT_MEASURED, threshold, None, text)
