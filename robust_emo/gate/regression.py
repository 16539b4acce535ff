"""By how much a number changed against an earlier audit, paired by text where both say what came of each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from robust_emo.statistics.sequential import METHOD as ANYTIME
from robust_emo.types import AuditedTexts, AuditReport, Metric, ModelComparison, RunInfo, Section, Threshold
from robust_emo.verdict_text import CHANGE, UNPAIRED

_PAIRED = "newcombe-paired"


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier audit beside this one."""

    report: AuditReport
    why_not: str | None
    """What keeps every number of it from being held against this audit; None where both audited the same texts with
    the same labels."""
    compared: Mapping[str, ModelComparison]
    """By measure, the texts of both; see :class:`~robust_emo.types.ModelComparison`."""

    @classmethod
    def of(cls, old: AuditReport, new: AuditReport, compared: Sequence[ModelComparison]) -> "Baseline":
        """`compared`: of the two; empty where nothing can be paired."""
        return cls(old, _why_not(old.run, new.run), {each.measure: each for each in compared})

    def change(self, section: Section, metric: Metric) -> Metric | str:
        """New less old, as a metric of its own; or why it was not measured.

        Accuracy and recall, attacked or not, are paired (Newcombe 1998, method 10), unless attacking stopped as soon as
        the verdict was certain, where the interval of a fixed number of texts would err too often. For all else the two
        intervals are joined as if the audits had nothing in common, which is wider than it need be for two models on
        the same texts (Zou & Donner 2008).

        Args:
            section: of the new audit.
            metric: of that section.
        """
        if self.why_not is not None:
            return self.why_not
        old = self._old(section, metric)
        if isinstance(old, str):
            return old
        pair = None if ANYTIME in (old.method, metric.method) else self.paired(section, metric)
        gain = pair.gain if pair else None
        if pair is not None and gain is not None:
            found = replace(metric, value=gain.value, ci_low=gain.ci_low, ci_high=gain.ci_high, n=pair.result.n)
            return replace(found, name=f"{metric.name}{CHANGE}", confidence=0.95, method=_PAIRED)
        return _joined(old, metric)

    def paired(self, section: Section, metric: Metric) -> ModelComparison | None:
        """What the texts of both say of this number, one by one; None where they say nothing."""
        return self.compared.get(_measure(section, metric))

    def _old(self, section: Section, metric: Metric) -> Metric | str:
        own = next((old for old in self.report.sections if _same(old, section)), None)
        if own is None or own.error is not None:
            return f"the baseline has no section {section.kind}/{section.plugin}"
        if (own.version, own.args) != (section.version, section.args):
            return f"the baseline measured {section.kind}/{section.plugin} in another version or with other settings"
        found = next((old for old in own.metrics if (old.name, old.label) == (metric.name, metric.label)), None)
        return f"the baseline has no {metric.name}" if found is None or found.value is None else found


def allowed_change(threshold: Threshold, metric: Metric) -> Threshold | None:
    """The threshold on the change; None for a number without a good side.

    Args:
        threshold: with `max_regression`.
        metric: whose change is judged.
    """
    if threshold.max_regression is None or metric.higher_is_better is None:
        return None
    if metric.higher_is_better:
        return replace(threshold, min=-threshold.max_regression)
    return replace(threshold, max=threshold.max_regression)


def _why_not(old: RunInfo, new: RunInfo) -> str | None:
    """Both must have audited the same rows of the same file, with the same labels."""
    if AuditedTexts.of(old) == AuditedTexts.of(new):
        return None
    if old.data.sha256 != new.data.sha256:
        return f"the baseline audited other data (sha256 {old.data.sha256[:12]}, not {new.data.sha256[:12]})"
    if (old.task, old.labels) != (new.task, new.labels):
        return "the baseline is of a model with other labels, or with the same in another order"
    return "the baseline read other rows or labels of the same data"


def _measure(section: Section, metric: Metric) -> str:
    """As :mod:`~robust_emo.model_comparison` and :mod:`~robust_emo.answer_comparison` call it."""
    if section.kind == "clean":
        return metric.name if metric.label is None else f"{metric.name}: {metric.label}"
    if section.kind != "evasion" or metric.label is not None:
        return ""
    return f"{metric.name}: {section.plugin}" if metric.name == "accuracy_under_attack" else metric.name


def _same(old: Section, new: Section) -> bool:
    return (old.kind, old.plugin) == (new.kind, new.plugin)


def _joined(old: Metric, new: Metric) -> Metric | str:
    ends = (old.ci_low, old.ci_high, new.ci_low, new.ci_high)
    if old.value is None or new.value is None or None in ends or not math.isclose(old.confidence, new.confidence):
        return f"{new.name} has no interval in one of the two audits, or another level"
    old_low, old_high, new_low, new_high = (end for end in ends if end is not None)
    difference = new.value - old.value
    return replace(
        new,
        name=f"{new.name}{CHANGE}",
        value=difference,
        ci_low=difference - math.hypot(new.value - new_low, old_high - old.value),
        ci_high=difference + math.hypot(new_high - new.value, old.value - old_low),
        n=min(old.n, new.n),
        method=UNPAIRED,
    )
