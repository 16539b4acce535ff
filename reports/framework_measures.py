"""Measures of two frameworks for which an audit may hold evidence.

Sources: Regulation (EU) 2024/1689 (Artificial Intelligence Act); NIST AI 100-1, Artificial Intelligence Risk Management
Framework 1.0 (2023). What a measure asks for is told in short and in our words; the texts themselves decide.
"""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Parts of the report that can be evidence; the value is the anchor of the place."""

    SCOPE = "scope"
    JUDGEMENT = "verdict"
    CLEAN = "clean"
    ROBUSTNESS = "robustness"
    PRIVACY = "privacy"
    EXPLANATIONS = "explanations"
    FAIRNESS = "others"
    DIAGNOSIS = "flags"
    RECORD = "provenance"
    LIMITS = "limits"
    WAIVERS = "waivers"
    SIGN_OFF = "sign-off"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, and which part of an audit speaks to it."""

    clause: str
    asks: str
    evidence: str
    part: Part


AI_ACT = (
    Measure("Annex IV, point 1(a)", "The intended purpose of the system.",
            "The intended use, as whoever ran the audit stated it.", Part.SCOPE),
    Measure("Annex IV, point 2(g)", "Testing procedures, the data used and their main characteristics, metrics of "
            "accuracy and robustness, test reports that are dated and signed.",
            "Data, settings, versions and the command that repeats the audit.", Part.RECORD),
    Measure("Annex IV, point 2(g)", "Test reports that are dated and signed by the responsible persons.",
            "A block to sign that names this audit by its fingerprint.", Part.SIGN_OFF),
    Measure("Annex IV, point 3", "Capabilities and limitations in performance, with degrees of accuracy for the "
            "persons or groups on which the system is to be used.",
            "Accuracy by emotion. By persons or groups only where fairness was measured.", Part.CLEAN),
    Measure("Annex IV, point 3", "Limitations, and outcomes that can be foreseen and are not intended.",
            "What this audit cannot tell, in plain words.", Part.LIMITS),
    Measure("Article 9(8)", "Tests against metrics and probabilistic thresholds that were set beforehand.",
            "The policy and its thresholds, judged on whole intervals. The policy's fingerprint does not prove when it "
            "was written.", Part.JUDGEMENT),
    Measure("Article 10", "Data sets that are relevant, representative, and examined for errors, gaps and biases.",
            "Counts by label, rows left out, and texts that stand in training and test data. Whether the data are "
            "representative was not measured.", Part.RECORD),
    Measure("Article 13(3)(b)(iv)", "Instructions for use: where applicable, what the system offers to explain its "
            "output.", "Heat maps, and how far they can be believed.", Part.EXPLANATIONS),
    Measure("Article 15(1) and (3), Article 13(3)(b)(ii)", "An appropriate level of accuracy, declared with its "
            "metrics in the instructions for use.", "Accuracy, F1 and calibration with intervals.", Part.CLEAN),
    Measure("Article 15(4)", "Resilience to errors, faults and inconsistencies, such as those that come from people "
            "who use the system.", "Accuracy under typing errors and other small changes of the texts.",
            Part.ROBUSTNESS),
    Measure("Article 15(5)", "Resilience to third parties who exploit weaknesses: adversarial examples and model "
            "evasion.", "Accuracy under attack. Poisoned data and poisoned models were not tested.", Part.ROBUSTNESS),
    Measure("Article 15(5)", "Resilience to third parties who exploit weaknesses: attacks on confidentiality.",
            "What the model gives away about its training texts.", Part.PRIVACY),
)  # fmt: skip

AI_RMF = (
    Measure("MAP 1.1", "Intended purposes, context and laws that apply are understood and documented.",
            "Intended use, modality and jurisdiction, as they were stated.", Part.SCOPE),
    Measure("MEASURE 2.1", "Test sets, metrics and tools of the evaluation are documented.",
            "Data with fingerprints, settings, versions, the command.", Part.RECORD),
    Measure("MEASURE 2.3", "Performance is measured for conditions like those of deployment.",
            "Performance on the audited texts. Whether these are like those of deployment is for you to say.",
            Part.CLEAN),
    Measure("MEASURE 2.5", "The system is valid and reliable; limits of generalisation are documented.",
            "What this audit cannot tell.", Part.LIMITS),
    Measure("MEASURE 2.7", "Security and resilience are evaluated.", "Accuracy under attack.", Part.ROBUSTNESS),
    Measure("MEASURE 2.9", "The model is explained, and its output is interpreted within its context.",
            "Heat maps with their trust labels.", Part.EXPLANATIONS),
    Measure("MEASURE 2.10", "Privacy risk is examined.", "Privacy promised and privacy measured.", Part.PRIVACY),
    Measure("MEASURE 2.11", "Fairness and bias are evaluated.", "Measurements by group of people.", Part.FAIRNESS),
    Measure("MEASURE 2.13", "The measurements themselves are evaluated.",
            "Self-diagnosis: whether attacks found little because they were hindered.", Part.DIAGNOSIS),
    Measure("MANAGE 1.1", "Somebody determines whether the system achieves its purposes and should go ahead.",
            "The decision of the reviewer.", Part.SIGN_OFF),
    Measure("MANAGE 1.4", "Residual risks to those who get the system are documented.",
            "Requirements that are not met and were let through, and who answers for them.", Part.WAIVERS),
)  # fmt: skip
