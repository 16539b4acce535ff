"""What to do about a requirement that is not met."""

from robust_emo.types import Threshold, Verdict, VerdictStatus
from robust_emo.verdict_text import examples_told

from . import numbers
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
_AT_LEAST = {
    "clean": later("Audit more labelled texts."),
    "evasion": later("Attack more texts, of data that have as many, with --examples {option} or more."),
    "explanation": later("Explain more texts, with --section-arg explanation.texts={option} or more."),
}
_WELL_ABOVE = later("Attack more texts, of data that have as many, with --examples well above {option}.")
_ASKED = later("{n} must count here.")
_ASKED_RIGHT = later("{n} that the model reads right must count here.")
_FORESEEN = later("About {n} would decide it if the value stays the same.")
_FORESEEN_RIGHT = later("About {n} that the model reads right would decide it if the value stays the same.")
_OF_ALL_ATTACKED = ("accuracy_under_attack", "worst_case", "valid_worst_case", "clean_accuracy", "accuracy_left")
"""How metrics begin that count texts which the model reads wrong as written, too."""
_NOT_RUN = {
    "privacy": later("Measure it with robust-emo privacy or --profile full."),
    "explanation": later("Measure it with --profile standard."),
    "evasion": later("Run the attack that it names, with --attacks."),
}
_LEAST = later("{n} texts or more must count here.")
_STAYS = later("Keep the other options of this audit and name another --out, or it is replaced.")


def advice(verdict: Verdict) -> str:
    """A few sentences; empty where the requirement is met."""
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
    least = _least(verdict)
    if least is None or kind not in _AT_LEAST:
        return _kept(say(_TOO_FEW.get(kind, later("Measure it on more texts."))), kind)
    right_only = kind == "evasion" and not verdict.threshold.metric.startswith(_OF_ALL_ATTACKED)
    if least > verdict.threshold.min_n:
        counted = _FORESEEN_RIGHT if right_only else _FORESEEN
    else:
        counted = _ASKED_RIGHT if right_only else _ASKED
    act = say(_WELL_ABOVE if right_only else _AT_LEAST[kind], option=least)
    return _kept(say("{first} {second}", first=act, second=say(counted, n=numbers.count(least))), kind)


def _least(verdict: Verdict) -> int | None:
    """How many must count: as many as the policy asks for, or as would decide it; None where they do."""
    told = examples_told(verdict.explanation)
    least = max(verdict.threshold.min_n, int(told.replace(",", "")) if told else 0)
    return least if verdict.metric is not None and least > verdict.metric.n else None


def _kept(said: str, kind: str) -> str:
    """With what keeps the audit where it is; `robust-emo privacy` writes to a directory of its own."""
    return said if kind == "privacy" else say("{first} {second}", first=said, second=say(_STAYS))


def _measure(verdict: Verdict, kind: str) -> str:
    if verdict.metric is None and verdict.waiver is not None:
        return say("Correct the waiver in the policy: robust-emo gate prints the names of the checks.")
    if verdict.metric is not None and verdict.metric.value is not None and verdict.threshold.confidence is not None:
        return say("Leave confidence out of this requirement, or ask for the level at which the number is stored.")
    if verdict.threshold.max_regression is not None:
        return say("Name an earlier audit of the same data with --baseline.")
    said = say(_NOT_RUN.get(kind, later("Run the section that it names, with --sections.")))
    if verdict.threshold.min_n:
        least = say(_LEAST, n=numbers.count(verdict.threshold.min_n))
        said = say("{first} {second}", first=said, second=least)
    return _kept(said, kind)
