"""What to do about a requirement that is not met."""

from robust_emo.types import Threshold, Verdict, VerdictStatus

from .language import later, say

_FAILED = {
    "clean": later("Train on more texts of the emotions that it gets wrong, and look at the confusions below."),
    "evasion": later(
        "Read the worst examples below. Then harden the model with robust-emo harden, and audit it again."
    ),
    "certificate": later("Harden the model with robust-emo harden, or ask for less than a proof."),
    "privacy": later(
        "Train with privacy: robust-emo train --method private. Show no probabilities where a label is enough."
    ),
    "explanation": later(
        "Show nobody the heat maps of this model as reasons. Look for shortcuts in its training texts."
    ),
}
_FAILED_METRIC = {
    "expected_calibration_error": later("Calibrate the probabilities on texts that were kept aside, or show none."),
    "training_texts_with_personal_data": later(
        "Replace personal data with robust-emo anonymise, and train on the copy."
    ),
    **dict.fromkeys(
        ("epsilon_lower_bound", "epsilon_lower_bound_f_dp", "epsilon_lower_bound_gaussian"),
        later(
            "Do not use the model: its training gave away more than it promised. Look for the fault in the training."
        ),
    ),
    "audited_texts_with_personal_data": later(
        "Replace personal data with robust-emo anonymise before the texts are shared."
    ),
}
_TOO_FEW = {
    "clean": later("Audit more labelled texts."),
    "evasion": later("Attack more texts, with --examples or --profile full."),
    "privacy": later("Compare more texts of both kinds, with robust-emo privacy --texts."),
    "explanation": later("Explain more texts, with --section-arg explanation.texts."),
}
_NOT_RUN = {
    "privacy": later("Measure it with robust-emo privacy or --profile full."),
    "explanation": later("Measure it with --profile standard."),
    "evasion": later("Run the attack that it names, with --attacks."),
}


def advice(verdict: Verdict) -> str:
    """One sentence or two; empty where the requirement is met."""
    threshold, status = verdict.threshold, verdict.status
    kind = threshold.section.split("/")[0]
    if status is VerdictStatus.PASS:
        return ""
    if status is VerdictStatus.WAIVED:
        return say("Mend it before its waiver ends; then the requirement holds again.")
    if status is VerdictStatus.NOT_MEASURED:
        return _measure(verdict, kind)
    if status is VerdictStatus.INCONCLUSIVE:
        return _decide(verdict, kind)
    return _mend(threshold, kind)


def _mend(threshold: Threshold, kind: str) -> str:
    if threshold.max_regression is not None:
        return say("See what became worse with robust-emo compare.")
    default = later("See the section that it names, and mend the model or its data.")
    return say(_FAILED_METRIC.get(threshold.metric) or _FAILED.get(kind, default))


def _decide(verdict: Verdict, kind: str) -> str:
    metric = verdict.metric
    if metric is not None and metric.ci_high is None:
        return say(
            "More texts may not decide it, since the number has no whole interval. See the section that it names."
        )
    return say(_TOO_FEW.get(kind, later("Measure it on more texts.")))


def _measure(verdict: Verdict, kind: str) -> str:
    if verdict.metric is None and verdict.waiver is not None:
        return say("Correct the waiver in the policy: robust-emo gate prints the names of the checks.")
    if verdict.metric is not None and verdict.metric.value is not None and verdict.threshold.confidence is not None:
        return say("Leave confidence out of this requirement, or ask for the level at which the number is stored.")
    if verdict.threshold.max_regression is not None:
        return say("Name an earlier audit of the same data with --baseline.")
    return say(_NOT_RUN.get(kind, later("Run the section that it names, with --sections.")))
