"""The frozen values that travel between the parts. audit.json is the JSON form of :class:`AuditReport`."""

from robust_emo.types.answer import Answer
from robust_emo.types.attack import AttackBudget, AttackOutcome, Objective, Status
from robust_emo.types.audit_comparison import AuditComparison, ComparedText, NotTested
from robust_emo.types.audit_history import (
    AuditHistory,
    AuditSettings,
    Neighbours,
    PastAudit,
    PastMetric,
    PastVerdict,
)
from robust_emo.types.audited_texts import AuditedTexts
from robust_emo.types.counterfactual import Counterfactual
from robust_emo.types.defence_gaps import AdaptiveInfo, Gap, KnownGaps, NormaliserGaps
from robust_emo.types.example import Example, Prediction, Task
from robust_emo.types.explanation import Explanation, HeatMapQuality, Trust, WordAttribution
from robust_emo.types.explanation_findings import (
    AttackedPair,
    AttributionShare,
    CountedBin,
    ExplanationFindings,
    FaithfulnessPoint,
    MapPoint,
    MethodAgreement,
    SanityPoint,
    SuspectedShortcut,
    TopWord,
)
from robust_emo.types.measurement import (
    BudgetCurve,
    CalibrationBin,
    Comparison,
    ConfusionMatrix,
    CurvePoint,
    Flag,
    Learnt,
    Metric,
)
from robust_emo.types.membership import ExposedExample, Membership, MembershipAttack, Rate, RocPoint
from robust_emo.types.model_comparison import Change, Gain, ModelComparison
from robust_emo.types.personal_data import PersonalCount, PersonalKind
from robust_emo.types.privacy_ledger import IntegrityRecord, PrivacyLedger
from robust_emo.types.provenance import DataInfo, RunCost, RunInfo
from robust_emo.types.report import READ_VERSIONS, SCHEMA_VERSION, AuditReport
from robust_emo.types.scope import Modality, Scope
from robust_emo.types.section import Section
from robust_emo.types.sign_off import SIGN_OFF_VERSION, Decision, SignOff
from robust_emo.types.since_baseline import EarlierNumber, NotCompared, SinceBaseline
from robust_emo.types.training_influence import TrainingExample, TrainingInfluence
from robust_emo.types.verdict import Threshold, Verdict, VerdictStatus, Waiver

__all__ = [
    "READ_VERSIONS",
    "SCHEMA_VERSION",
    "SIGN_OFF_VERSION",
    "AdaptiveInfo",
    "Answer",
    "AttackBudget",
    "AttackOutcome",
    "AttackedPair",
    "AttributionShare",
    "AuditComparison",
    "AuditHistory",
    "AuditReport",
    "AuditSettings",
    "AuditedTexts",
    "BudgetCurve",
    "CalibrationBin",
    "Change",
    "ComparedText",
    "Comparison",
    "ConfusionMatrix",
    "CountedBin",
    "Counterfactual",
    "CurvePoint",
    "DataInfo",
    "Decision",
    "EarlierNumber",
    "Example",
    "Explanation",
    "ExplanationFindings",
    "ExposedExample",
    "FaithfulnessPoint",
    "Flag",
    "Gain",
    "Gap",
    "HeatMapQuality",
    "IntegrityRecord",
    "KnownGaps",
    "Learnt",
    "MapPoint",
    "Membership",
    "MembershipAttack",
    "MethodAgreement",
    "Metric",
    "Modality",
    "ModelComparison",
    "Neighbours",
    "NormaliserGaps",
    "NotCompared",
    "NotTested",
    "Objective",
    "PastAudit",
    "PastMetric",
    "PastVerdict",
    "PersonalCount",
    "PersonalKind",
    "Prediction",
    "PrivacyLedger",
    "Rate",
    "RocPoint",
    "RunCost",
    "RunInfo",
    "SanityPoint",
    "Scope",
    "Section",
    "SignOff",
    "SinceBaseline",
    "Status",
    "SuspectedShortcut",
    "Task",
    "Threshold",
    "TopWord",
    "TrainingExample",
    "TrainingInfluence",
    "Trust",
    "Verdict",
    "VerdictStatus",
    "Waiver",
    "WordAttribution",
]
