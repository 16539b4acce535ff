"""Policy -> verdicts -> exit code. A number that is missing, too thin or undecided never passes.

Every check is judged on its own interval. A policy of several checks therefore errs somewhere more often than
one check does; docs/policy.md says by how much, and the correction over the family is not part of this version.
"""

import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from robust_emo.errors import ExitCode
from robust_emo.policy import Policy, read_policy
from robust_emo.privacy_claim import broken_promises
from robust_emo.statistics.intervals import wilson
from robust_emo.statistics.sample_size import n_to_decide
from robust_emo.statistics.sequential import METHOD as ANYTIME
from robust_emo.statistics.sequential import anytime_interval, anytime_n_to_decide
from robust_emo.types import Metric, Section, Threshold, Verdict, VerdictStatus
from robust_emo.verdict_text import bound_text, explain_value, section_name, subject

__all__ = ["Policy", "evasion_is_certain", "exit_code", "judge", "read_policy", "status_of"]

_OF_SHARES = {"wilson": wilson, ANYTIME: anytime_interval}
"""Intervals that can be computed at another level from the count and n alone."""
_SIZES: dict[str, Callable[[int, int, float, float], int | None]] = {
    "wilson": n_to_decide,
    ANYTIME: anytime_n_to_decide,
}
"""How many examples would decide, by the same intervals."""
_EXACT = ("accountant", "counted")
"""Numbers that were not estimated: at every level the interval is the number itself."""


def judge(policy: Policy, sections: Sequence[Section]) -> tuple[Verdict, ...]:
    """One verdict per check, in the order of the policy; several where a threshold speaks of several numbers.

    A threshold whose `section` is a bare kind is a check of every section of that kind that has the metric; one
    with `per_class` is a check of every label. Behind them stands a failed check for every promise of privacy that a
    section shows to be broken, which no policy has to ask for.
    """
    asked = (verdict for threshold in policy.thresholds for verdict in _judge_threshold(threshold, sections))
    return (*asked, *broken_promises(sections))


def exit_code(verdicts: Iterable[Verdict], sections: Iterable[Section]) -> ExitCode:
    """1 if a check failed; else 3 if one is undecided or not measured, or something crashed; else 0.

    One errored example is enough for 3: examples that crash are not a random part, and no rate counts them.
    """
    statuses = {verdict.status for verdict in verdicts}
    if VerdictStatus.FAIL in statuses:
        return ExitCode.GATE_FAILED
    crashed = any(section.error is not None or section.counts.get("errored", 0) for section in sections)
    if statuses - {VerdictStatus.PASS} or crashed:
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS


def evasion_is_certain(policy: Policy, sections: Sequence[Section]) -> bool:
    """Whether every check of the policy on evasion is certain for good; False without any such check.

    Only an interval that holds at every look may end the audit: no value without one, and no bootstrap.
    """
    checks = [verdict for verdict in judge(policy, sections) if verdict.threshold.section.split("/")[0] == "evasion"]
    return bool(checks) and all(
        verdict.status in (VerdictStatus.PASS, VerdictStatus.FAIL)
        and verdict.threshold.decision == "confident"
        and verdict.metric is not None
        and verdict.metric.method == ANYTIME
        for verdict in checks
    )


def _judge_threshold(threshold: Threshold, sections: Sequence[Section]) -> list[Verdict]:
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
    return verdicts + [_judge_metric(threshold, section, metric) for section, metric in metrics]


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
    at_level = _at_confidence(metric, threshold.confidence)
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


def _at_confidence(metric: Metric, level: float | None) -> Metric | None:
    """The metric with its interval at another level, None where only the original data could tell."""
    if level is None or math.isclose(level, metric.confidence):
        return metric
    if metric.method in _EXACT:
        return replace(metric, confidence=level)
    of_share = _OF_SHARES.get(metric.method or "")
    successes = _successes(metric)
    if of_share is None or successes is None:
        return None
    interval = of_share(successes, metric.n, level)
    return replace(metric, ci_low=interval.low, ci_high=interval.high, confidence=level) if interval else None


def _successes(metric: Metric) -> int | None:
    """The count behind a share; None where value and n belong to no count."""
    if metric.value is None:
        return None
    successes = round(metric.value * metric.n)
    if abs(metric.value * metric.n - successes) > 1e-6 or not 0 <= successes <= metric.n:
        return None
    return successes


def _needed(threshold: Threshold, metric: Metric) -> int | None:
    """Examples that would decide an open check on a share if the share stays what it is; None where nobody can tell."""
    size = _SIZES.get(metric.method or "")
    successes, bound = _successes(metric), threshold.min if threshold.min is not None else threshold.max
    if threshold.decision == "point" or size is None or successes is None or bound is None:
        return None
    # A broken file may hold another level, or an interval that is not the one of its share.
    if not 0 <= bound <= 1 or not 0 < metric.confidence < 1:
        return None
    needed = size(successes, metric.n, bound, metric.confidence)
    return needed if needed is not None and needed > metric.n else None


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


def _not_measured(threshold: Threshold, reason: str, section: Section | None = None) -> Verdict:
    text = f"{reason[0].upper()}{reason[1:]}".rstrip(".")
    text = text if text.endswith("?") else f"{text}."
    return Verdict(_check_name(threshold, section), VerdictStatus.NOT_MEASURED, threshold, None, text)
