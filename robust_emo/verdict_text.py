"""Verdicts in plain words, with the numbers that decided."""

import re

from robust_emo.types import Metric, Section, Threshold, VerdictStatus

_SUBJECTS = {
    "membership_auc": "How well training texts can be told from others (area under the curve)",
    "group_membership_auc": "How well training texts can be told from others (area under the curve), by group,",
    "membership_auc_over_blind": "How far asking the model beats not asking when telling who was trained on (area)",
    "tpr_at_fpr_1pct": "The share of training texts found at one false alarm of a hundred",
    "training_texts_with_personal_data": "The share of training texts in which personal data was found",
    "audited_texts_with_personal_data": "The share of audited texts in which personal data was found",
    "embedding_recovery_f1": "How much of a text's words comes back from its embedding (F1)",
    "embedding_recovery_f1_over_frequent": "How far an embedding beats guessing frequent words (F1)",
    "embedding_recovery_f1_over_base": "How much more of a text's words comes back than from the base's embedding (F1)",
    "epsilon": "ε of the private training",
    "delta": "δ of the private training",
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1",
    "micro_f1": "Micro-F1",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "expected_calibration_error": "The expected calibration error",
    "clean_accuracy_attacked": "Accuracy on the attacked texts as written",
    "accuracy_under_attack": "Accuracy under {attack}",
    "accuracy_under_attack_3_words": "Accuracy under {attack} within three changed words",
    "attack_success_rate": "The success rate of {attack}",
    "survivor_success_rate": "The success rate of {attack} on the texts left by earlier ones",
    "valid_success_rate": "The rate of valid successes of {attack}",
    "invalid_share": "The share of the successes of {attack} that may not keep the emotion",
    "mean_flip_severity": "The mean distance between gold and predicted emotion in successes of {attack}",
    "mean_queries": "The mean number of queries of {attack}",
    "mean_words_perturbed": "The mean number of words changed by {attack}",
    "reducible_rate": "The share of texts that {attack} reduces to next to nothing",
    "accuracy_left": "Accuracy left after {attack} and those before it",
    "accuracy_left_3_words": "Accuracy left within three changed words after {attack} and those before it",
    "worst_case_accuracy": "Accuracy in the worst case over all attacks",
    "worst_case_accuracy_3_words": "Accuracy in the worst case over all attacks within three changed words",
    "valid_worst_case_accuracy": "Accuracy in the worst case over all attacks that keep the emotion",
    "certified_accuracy_0_words": "Accuracy of the smoothed model",
    "certified_accuracy_1_word": "Accuracy certified for any change of one word",
    "certified_accuracy_2_words": "Accuracy certified for any change of two words",
    "certified_accuracy_3_words": "Accuracy certified for any change of three words",
    "balanced_certified_accuracy_0_words": "Balanced accuracy of the smoothed model",
    "balanced_certified_accuracy_1_word": "Balanced accuracy certified for any change of one word",
    "balanced_certified_accuracy_2_words": "Balanced accuracy certified for any change of two words",
    "balanced_certified_accuracy_3_words": "Balanced accuracy certified for any change of three words",
    "certified_recall_1_word": "Recall certified for any change of one word",
    "constant_accuracy": "What a constant answer certifies",
    "constant_balanced_accuracy": "What a constant answer certifies, averaged over emotions",
    "abstention_share": "The share of texts on which the smoothed model abstains",
    "epsilon_lower_bound": "The epsilon of the training",
    "epsilon_lower_bound_f_dp": "The epsilon of the training, by its trade-off curve,",
    "epsilon_lower_bound_gaussian": "The epsilon of the training, if it is a Gaussian mechanism,",
    "canary_guess_accuracy": "The share of right guesses about canaries",
    "exposure": "The mean exposure of canaries",
}
_SHOWN = ("logits", "2_decimals", "1_decimal", "0_decimals", "label", "attribution_norm", "attribution_variance")
SHARES = {
    "training_texts_with_personal_data",
    "audited_texts_with_personal_data",
    *(f"tpr_at_fpr_1pct_from_{name}" for name in _SHOWN),
    *(f"embedding_recovery_{what}{group}" for what in ("precision", "recall") for group in ("", "_members")),
    "tpr_at_fpr_1pct",
    "tpr_at_fpr_01pct",
    "accuracy",
    "precision",
    "recall",
    "clean_accuracy_attacked",
    "accuracy_under_attack",
    "accuracy_under_attack_3_words",
    "attack_success_rate",
    "survivor_success_rate",
    "valid_success_rate",
    "invalid_share",
    "reducible_rate",
    "accuracy_left",
    "accuracy_left_3_words",
    "worst_case_accuracy",
    "worst_case_accuracy_3_words",
    "valid_worst_case_accuracy",
    "certified_accuracy_0_words",
    "certified_accuracy_1_word",
    "certified_accuracy_2_words",
    "certified_accuracy_3_words",
    "balanced_certified_accuracy_0_words",
    "balanced_certified_accuracy_1_word",
    "balanced_certified_accuracy_2_words",
    "balanced_certified_accuracy_3_words",
    "certified_recall_1_word",
    "constant_accuracy",
    "constant_balanced_accuracy",
    "abstention_share",
    "canary_guess_accuracy",
}
"""Metrics that read best as percentages."""
UNPAIRED = "from both intervals"
"""Method of a change that two audits were not paired for, text by text."""
CHANGE = "_change"
"""Ends the name of a metric's change against the baseline audit."""
_ENDINGS = {
    VerdictStatus.PASS: "so this check passes",
    VerdictStatus.FAIL: "so this check fails",
    VerdictStatus.INCONCLUSIVE: "so this check is inconclusive",
}


def section_name(section: Section) -> str:
    """`clean` or `evasion/deepwordbug`: the kind, with the plug-in where it has another name."""
    return section.kind if section.plugin == section.kind else f"{section.kind}/{section.plugin}"


def subject(section: Section, metric: Metric) -> str:
    """What a metric is, to begin a sentence with."""
    name = metric.name.removesuffix(CHANGE)
    default = f"{name.replace('_', ' ').capitalize()} ({section_name(section)})"
    attack = "all attacks together" if section.plugin == "ensemble" else f"the {section.plugin} attack"
    # Not str.format: names in an audit file are not ours.
    text = _SUBJECTS.get(name, default).replace("{attack}", attack)
    return text if metric.label is None else f"{text} of '{metric.label}'"


def bound_text(threshold: Threshold) -> str:
    """`>= 0.5`, `<= 0.2` or `regression <= 0.02`."""
    if threshold.max_regression is not None:
        return f"regression <= {threshold.max_regression:g}"
    return f">= {threshold.min:g}" if threshold.min is not None else f"<= {threshold.max:g}"


def explain_value(
    threshold: Threshold, section: Section, metric: Metric, status: VerdictStatus, *, needed: int | None = None
) -> str:
    """One sentence on a measured value: what it is, where it lies, what follows.

    Args:
        threshold: the requirement.
        section: where the metric stands.
        metric: with a value.
        status: pass, fail or inconclusive.
        needed: examples that would decide an inconclusive check; None to say nothing of it.
    """
    is_min = threshold.min is not None
    required = is_min and threshold.max_regression is None
    limit = f"the {'required' if required else 'allowed'} {_number(metric, threshold.bound, threshold=True)}"
    verb = "is" if threshold.max_regression is None else "changed by"
    value = f"{subject(section, metric)} {verb} {_number(metric, metric.value)}"
    side = {
        (VerdictStatus.PASS, True): "at or above",
        (VerdictStatus.FAIL, True): "below",
        (VerdictStatus.PASS, False): "at or below",
        (VerdictStatus.FAIL, False): "above",
    }.get((status, is_min))
    if threshold.decision == "point":
        return f"{value} (n={metric.n}), {side} {limit}; judged on the value alone, {_ENDINGS[status]}."
    if metric.ci_low is not None and metric.ci_high is None:
        return f"{_bounded_below(section, metric, limit, side)}, {_ENDINGS[status]}."
    if metric.ci_low is None or metric.ci_high is None:
        return f"{value} (n={metric.n}) without an interval to judge against {limit}, {_ENDINGS[status]}."
    level = f"{metric.confidence * 100:g}% interval"
    interval = f"{level} {_number(metric, metric.ci_low)} to {_number(metric, metric.ci_high)}, n={metric.n}"
    if metric.method == UNPAIRED:
        interval += ", texts not paired"
    where = f"all of it is {side} {limit}" if side else f"{limit} lies within it"
    more = (
        "" if needed is None else f"; about {_rounded_up(needed)} examples would decide it if the value stays the same"
    )
    return f"{value} ({interval}); {where}, {_ENDINGS[status]}{more}."


def _bounded_below(section: Section, metric: Metric, limit: str, side: str | None) -> str:
    level = f"{metric.confidence * 100:g}% one-sided, n={metric.n}"
    what = f"{subject(section, metric)} is at least {_number(metric, metric.ci_low)} ({level})"
    return f"{what}; all of that is {side} {limit}" if side else f"{what}, which may be on either side of {limit}"


def among_so_many(explanation: str, checks: int) -> str:
    """The sentence on a failure that chance explains among this many checks.

    Args:
        explanation: of the failure.
        checks: of the policy.
    """
    said = explanation.removesuffix(f", {_ENDINGS[VerdictStatus.FAIL]}.")
    return (
        f"{said}; but one in {checks} checks looks like that by chance (Holm), {_ENDINGS[VerdictStatus.INCONCLUSIVE]}."
    )


def examples_told(explanation: str) -> str | None:
    """How many examples would decide the check, as :func:`explain_value` said it; None where it said nothing of it."""
    found = re.search(r"; about ([\d,]+) examples would decide it", explanation)
    return found[1] if found else None


def checks_told(explanation: str) -> str | None:
    """Among how many checks :func:`among_so_many` saw a failure; None of other sentences."""
    found = re.search(r"; but one in (\d+) checks looks like that by chance", explanation)
    return found[1] if found else None


def _rounded_up(count: int) -> str:
    """To two digits: it is a guess."""
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def _number(metric: Metric, value: float | None, *, threshold: bool = False) -> str:
    if value is None:
        return "not measured"
    if metric.name.endswith(CHANGE) and metric.name.removesuffix(CHANGE) in SHARES:
        return f"{value * 100:+g} points" if threshold else f"{value * 100:+.1f} points"
    if metric.name.endswith(CHANGE):
        return f"{value:+g}" if threshold else f"{value:+.3f}"
    if metric.name in SHARES:
        return f"{value * 100:g}%" if threshold else f"{value:.1%}"
    return f"{value:g}" if threshold else f"{value:#.3g}" if abs(value) >= 1 else f"{value:.3f}"
