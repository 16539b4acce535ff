"""Measures of two frameworks for which an audit may hold evidence.

Sources: Regulation (EU) 2024/1689 (Artificial Intelligence Act); NIST AI 100-1, Artificial Intelligence Risk Management
Framework 1.0 (2023). What a measure asks for is told in short and in our words; the texts themselves decide.
"""

from dataclasses import dataclass
from enum import StrEnum

from .language import later


class Part(StrEnum):
    """What a report can be evidence of."""

    SCOPE = "scope"
    JUDGEMENT = "verdict"
    CLEAN = "clean"
    ROBUSTNESS = "robustness"
    PRIVACY = "privacy"
    EXPLANATIONS = "explanations"
    FAIRNESS = "others"
    DIAGNOSIS = "flags"
    RECORD = "provenance"
    DATA = "data"
    """Labels, rows, and texts that were trained on."""
    TYPING = "typing"
    """Attacks that make typing errors."""
    LEAKS = "leaks"
    """What the model gives away, by trying."""
    LIMITS = "limits"
    WAIVERS = "waivers"
    SIGN_OFF = "sign-off"

    @property
    def anchor(self) -> str:
        """Of the place on the page."""
        return _ELSEWHERE.get(self, self.value)


_ELSEWHERE = {Part.DATA: "provenance", Part.TYPING: "robustness", Part.LEAKS: "privacy"}
"""Parts whose place bears another name."""
TYPING_ERRORS = frozenset({
    "deepwordbug", "deepwordbug-strong", "keyboard", "pruthi", "pruthi-strong", "real-words",
    "textattack:deepwordbug", "textattack:pruthi",
})  # fmt: skip
"""Attacks that do nothing but misspell, as a hurried writer may."""
LEAKS = frozenset({"membership", "canaries", "disclosure"})
"""Sections that try what a model gives away; the others of privacy tell what was promised, or what is in the data."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, and which part of an audit speaks to it."""

    clause: str
    asks: str
    evidence: str
    part: Part


AI_ACT = (
    Measure(
        later("Annex IV, point 1(a)"),
        later("The intended purpose of the system."),
        later("The intended use, as whoever ran the audit stated it."),
        Part.SCOPE,
    ),
    Measure(
        later("Annex IV, point 2(g)"),
        later(
            "Testing procedures, the data used and their main characteristics, metrics of "
            "accuracy and robustness, test reports that are dated and signed."
        ),
        later("Data, settings, versions and the command that repeats the audit."),
        Part.RECORD,
    ),
    Measure(
        later("Annex IV, point 2(g)"),
        later("Test reports that are dated and signed by the responsible persons."),
        later("A block to sign that names this audit by its fingerprint."),
        Part.SIGN_OFF,
    ),
    Measure(
        later("Annex IV, point 3"),
        later(
            "Capabilities and limitations in performance, with degrees of accuracy for the "
            "persons or groups on which the system is to be used."
        ),
        later("Accuracy by emotion. By persons or groups only where fairness was measured."),
        Part.CLEAN,
    ),
    Measure(
        later("Annex IV, point 3"),
        later("Limitations, and outcomes that can be foreseen and are not intended."),
        later("What this audit cannot tell, in plain words."),
        Part.LIMITS,
    ),
    Measure(
        later("Article 9(8)"),
        later("Tests against metrics and probabilistic thresholds that were set beforehand."),
        later(
            "The policy and its thresholds, judged on whole intervals. The policy's fingerprint does not prove when it "
            "was written."
        ),
        Part.JUDGEMENT,
    ),
    Measure(
        later("Article 10"),
        later("Data sets that are relevant, representative, and examined for errors, gaps and biases."),
        later(
            "Counts by label, rows left out, and texts that stand in training and test data. Whether the data are "
            "representative was not measured."
        ),
        Part.DATA,
    ),
    Measure(
        later("Article 13(3)(b)(iv)"),
        later("Instructions for use: where applicable, what the system offers to explain its output."),
        later("Heat maps, and how far they can be believed."),
        Part.EXPLANATIONS,
    ),
    Measure(
        later("Article 15(1) and (3), Article 13(3)(b)(ii)"),
        later("An appropriate level of accuracy, declared with its metrics in the instructions for use."),
        later("Accuracy, F1 and calibration with intervals."),
        Part.CLEAN,
    ),
    Measure(
        later("Article 15(4)"),
        later(
            "Resilience to errors, faults and inconsistencies, such as those that come from people who use the system."
        ),
        later("Accuracy under attacks that make typing errors."),
        Part.TYPING,
    ),
    Measure(
        later("Article 15(5)"),
        later("Resilience to third parties who exploit weaknesses: adversarial examples and model evasion."),
        later("Accuracy under attack. Poisoned data and poisoned models were not tested."),
        Part.ROBUSTNESS,
    ),
    Measure(
        later("Article 15(5)"),
        later("Resilience to third parties who exploit weaknesses: attacks on confidentiality."),
        later("What the model gives away about its training texts."),
        Part.LEAKS,
    ),
)

AI_RMF = (
    Measure(
        "MAP 1.1",
        later("Intended purposes, context and laws that apply are understood and documented."),
        later("Intended use, modality and jurisdiction, as they were stated."),
        Part.SCOPE,
    ),
    Measure(
        "MEASURE 2.1",
        later("Test sets, metrics and tools of the evaluation are documented."),
        later("Data with fingerprints, settings, versions, the command."),
        Part.RECORD,
    ),
    Measure(
        "MEASURE 2.3",
        later("Performance is measured for conditions like those of deployment."),
        later("Performance on the audited texts. Whether these are like those of deployment is for you to say."),
        Part.CLEAN,
    ),
    Measure(
        "MEASURE 2.5",
        later("The system is valid and reliable; limits of generalisation are documented."),
        later("What this audit cannot tell."),
        Part.LIMITS,
    ),
    Measure(
        "MEASURE 2.7", later("Security and resilience are evaluated."), later("Accuracy under attack."), Part.ROBUSTNESS
    ),
    Measure(
        "MEASURE 2.9",
        later("The model is explained, and its output is interpreted within its context."),
        later("Heat maps with their trust labels."),
        Part.EXPLANATIONS,
    ),
    Measure(
        "MEASURE 2.10",
        later("Privacy risk is examined."),
        later("Privacy promised and privacy measured."),
        Part.PRIVACY,
    ),
    Measure(
        "MEASURE 2.11",
        later("Fairness and bias are evaluated."),
        later("Measurements by group of people."),
        Part.FAIRNESS,
    ),
    Measure(
        "MEASURE 2.13",
        later("The measurements themselves are evaluated."),
        later("Self-diagnosis: whether attacks found little because they were hindered."),
        Part.DIAGNOSIS,
    ),
    Measure(
        "MANAGE 1.1",
        later("Somebody determines whether the system achieves its purposes and should go ahead."),
        later("The decision of the reviewer."),
        Part.SIGN_OFF,
    ),
    Measure(
        "MANAGE 1.4",
        later("Residual risks to those who get the system are documented."),
        later("Requirements that are not met and were let through, and who answers for them."),
        Part.WAIVERS,
    ),
)
