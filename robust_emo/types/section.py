"""One part of an audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from robust_emo.types._json import JSON_FORM
from robust_emo.types.explanation_findings import ExplanationFindings
from robust_emo.types.measurement import BudgetCurve, CalibrationBin, Comparison, ConfusionMatrix, Flag, Learnt, Metric
from robust_emo.types.membership import Membership
from robust_emo.types.personal_data import PersonalCount


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the audit: what was run, with which arguments, and what it measured."""

    __pydantic_config__ = JSON_FORM

    kind: str
    """clean, evasion, certificate, privacy, explanation, ..."""
    plugin: str
    """Attack or section plug-in; `ensemble` for the worst case over all attacks."""
    version: str
    args: Mapping[str, Any]
    """Hyperparameters and budget, enough to run the same again."""
    metrics: tuple[Metric, ...] = ()
    error: str | None = None
    """Why the section could not be measured; null when it ran."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """What a reader must know to read the numbers, e.g. which lexical resource stood in."""
    confusion: ConfusionMatrix | None = None
    calibration: tuple[CalibrationBin, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """Examples by status, for evasion."""
    curves: tuple[BudgetCurve, ...] = ()
    """Of evasion: accuracy against words changed and against queries. Of certificates: against words changed."""
    comparisons: tuple[Comparison, ...] = ()
    """Of the ensemble: every pair of attacks that saw all examples."""
    flags: tuple[Flag, ...] = ()
    """Of the ensemble: self-diagnosis."""
    learnt: tuple[Learnt, ...] = ()
    """Of attacks that learn: what the examples were attacked with."""
    membership: Membership | None = None
    """Of membership: what an attacker can tell of who was in the training data."""
    personal: tuple[PersonalCount, ...] = ()
    """Of personal data: what was found, by set of texts."""
    explanation: ExplanationFindings | None = None
    """Of explanations: heat maps and what they come to over many texts."""
