"""What the metrics are called in a report, and what they say to somebody who never heard of them."""

from . import numbers
from .explanation_names import EXPLANATION_NAMES
from .metric_name import MetricName, amount, each, percent, ratio, signed

_SHOWN = (
    ("logits", "logits"),
    ("2_decimals", "probabilities to 2 decimals"),
    ("1_decimal", "probabilities to 1 decimal"),
    ("0_decimals", "probabilities to 0 decimals"),
    ("label", "the label alone"),
    ("attribution_norm", "size of attributions"),
    ("attribution_variance", "unevenness of attributions"),
)
_TEXTS = (("", "texts it was not trained on"), ("_members", "training texts"))
_RADII = (
    ("0_words", "no word changed", "as written"),
    ("1_word", "at most 1 word", "however one word is changed"),
    ("2_words", "at most 2 words", "however two words are changed"),
    ("3_words", "at most 3 words", "however three words are changed"),
)

_CHANGE = "_change"
"""Ends the name of a change, in the verdicts of a gate with a baseline."""

METRIC_NAMES = {
    "accuracy": percent("Accuracy", "Share of texts whose emotion is predicted right."),
    "macro_f1": ratio("Macro-F1", "F1 averaged over emotions; rare emotions count as much as common ones."),
    "micro_f1": ratio("Micro-F1", "F1 over all decisions together; common emotions count more."),
    "precision": percent("Precision", "Of the texts given this emotion, the share that have it."),
    "recall": percent("Recall", "Of the texts that have this emotion, the share that are found."),
    "f1": ratio("F1", "Harmonic mean of precision and recall."),
    "expected_calibration_error": ratio(
        "Calibration error", "Mean gap between the model's confidence and how often it is right; 0 is best."
    ),
    "clean_accuracy_attacked": percent(
        "Accuracy before the attacks", "Share of the texts drawn for the attacks that were predicted right as written."
    ),
    "accuracy_under_attack": percent(
        "Accuracy under attack",
        "Share of all drawn texts that are still predicted right after the attack; those wrong before count as wrong.",
    ),
    "attack_success_rate": percent(
        "Attack success rate", "Of the texts predicted right before, the share that the attack turned wrong."
    ),
    "valid_success_rate": percent(
        "Valid success rate",
        "Of the texts predicted right before, the share turned wrong by a text that keeps its emotion, as far as rules "
        "and lexicons can tell.",
    ),
    "accuracy_under_attack_3_words": percent(
        "Accuracy under attack, at most 3 words",
        "Share of all drawn texts still predicted right, where only attacks that changed at most three words count.",
    ),
    "survivor_success_rate": percent(
        "Success rate on what was left",
        "Of the texts that no earlier attack had broken, the share that this one turned wrong. It does not compare "
        "with other audits: it depends on the attacks before.",
    ),
    "accuracy_left": percent(
        "Accuracy left, any number of words",
        "Share of all drawn texts still predicted right after this attack and those before it.",
    ),
    "accuracy_left_3_words": percent(
        "Accuracy left, at most 3 words",
        "Share of all drawn texts still predicted right after this attack and those before it, where only attacks "
        "that changed at most three words count.",
    ),
    "invalid_share": percent(
        "May not keep the emotion",
        "Of the successes that were checked, the share whose text may express another emotion, or none, to a reader.",
    ),
    "mean_flip_severity": ratio(
        "Severity of the mistakes",
        "How far the wrong emotion lies from the right one, on average: 0 is the same emotion, 1 the other end of the "
        "range; joy taken for sadness is about four fifths.",
    ),
    "reducible_rate": percent(
        "Texts reducible to next to nothing",
        "Share of the texts predicted right that keep their prediction when nearly all their words are taken away.",
    ),
    "worst_case_accuracy_3_words": percent(
        "Worst case, at most 3 words",
        "Share of texts predicted right under every attack, where only attacks that changed at most three words count.",
    ),
    "worst_case_accuracy": percent(
        "Worst case, any number of words",
        "Share of texts predicted right under every attack, however many words it changed within its own budget.",
    ),
    "valid_worst_case_accuracy": percent(
        "Worst case that keeps the emotion",
        "Share of texts predicted right under every attack, where only changed texts that keep their emotion count.",
    ),
    **{
        f"certified_accuracy_{radius}": percent(
            f"Certified accuracy, {words}",
            f"Share of texts that the smoothed model gets right, provably {whatever}.",
        )
        for radius, words, whatever in _RADII
    },
    **{
        f"balanced_certified_accuracy_{radius}": percent(
            f"Balanced certified accuracy, {words}", "The same, averaged over emotions: rare ones count as much."
        )
        for radius, words, _ in _RADII
    },
    "certified_recall_1_word": percent(
        "Certified recall, at most 1 word",
        "Of the texts that have this emotion, the share found by the smoothed model, however one word is changed.",
    ),
    "constant_accuracy": percent(
        "Certified by a constant answer",
        "What always giving the most frequent emotion certifies, however many words are changed.",
    ),
    "constant_balanced_accuracy": percent(
        "Certified by a constant answer, balanced", "The same, averaged over emotions."
    ),
    "abstention_share": percent(
        "Abstentions", "Share of texts for which no answer of the smoothed model is sure; they count as wrong."
    ),
    "mean_queries": amount("Mean queries", "Texts the attack asked the model about, per attacked text."),
    "mean_words_perturbed": amount("Mean words changed", "Words that the successful attacks changed, per text."),
    "epsilon": amount("ε", "Privacy loss of the training, from the accountant; smaller is more private."),
    "delta": amount("δ", "Probability with which the guarantee of ε may fail."),
    "membership_auc": ratio("Membership AUC", "How well training texts can be told from others; 0.5 is a coin."),
    "tpr_at_fpr_1pct": percent(
        "Members found at 1% false alarms",
        "Training texts found while wrongly accusing one other text in 100.",
    ),
    "tpr_at_fpr_01pct": percent(
        "Members found at 0.1% false alarms", "Training texts found while wrongly accusing one other text in 1,000."
    ),
    "membership_advantage": ratio(
        "Membership advantage", "Share of members found minus share of others accused; 0 is a coin, 1 knows all."
    ),
    "membership_auc_over_blind": ratio(
        "Membership AUC beyond the texts", "How much better than a classifier that never asks the model."
    ),
    "author_membership_auc": ratio(
        "Membership AUC of authors", "How well authors of training texts can be told from others, by all their texts."
    ),
    "group_membership_auc": ratio(
        "Membership AUC of a group", "How well training texts of one group can be told from others of it."
    ),
    "blind_auc": ratio("Blind baseline AUC", "How well the texts alone tell the two sets apart; 0.5 is a coin."),
    "training_texts_with_personal_data": percent(
        "Training texts with personal data", "Share in which names, addresses or numbers of people were found."
    ),
    "audited_texts_with_personal_data": percent(
        "Audited texts with personal data", "The same of the texts of this audit, some of which it shows, masked."
    ),
    **each(
        ratio,
        "membership_auc_from_{}",
        _SHOWN,
        "Membership AUC, {}",
        "How well training texts can be told from others by it; 0.5 is a coin.",
    ),
    **each(
        percent,
        "tpr_at_fpr_1pct_from_{}",
        _SHOWN,
        "Members found at 1% false alarms, {}",
        "Training texts found by it while wrongly accusing one other text in 100.",
    ),
    **each(
        signed,
        "membership_auc_change_by_{}",
        _SHOWN[1:],
        "Membership AUC against that of the logits, {}",
        "Below 0: it gives away less than the logits do.",
    ),
    **each(
        signed,
        "tpr_at_fpr_1pct_change_by_{}",
        _SHOWN[1:],
        "Members found against those by the logits, {}",
        "Below 0: it gives away fewer than the logits do.",
    ),
    **each(
        percent,
        "embedding_recovery_precision{}",
        _TEXTS,
        "Words recovered rightly, {}",
        "Of the words guessed from a text's embedding, those that are in it.",
    ),
    **each(
        percent,
        "embedding_recovery_recall{}",
        _TEXTS,
        "Words recovered, {}",
        "Of the words of a text that are in the vocabulary, those that are guessed.",
    ),
    **each(
        ratio,
        "embedding_recovery_f1{}",
        _TEXTS,
        "Recovery of words (F1), {}",
        "How much of a text's words comes back from its embedding alone.",
    ),
    **each(
        ratio,
        "frequent_words_f1{}",
        _TEXTS,
        "Guess of the most frequent words (F1), {}",
        "The same words for every text, without any embedding.",
    ),
    **each(
        signed,
        "embedding_recovery_f1_over_frequent{}",
        _TEXTS,
        "Recovery beyond that guess (F1), {}",
        "What the embedding adds to it.",
    ),
    **each(
        ratio,
        "base_recovery_f1{}",
        _TEXTS,
        "Recovery of words from the base (F1), {}",
        "The same from the encoder before it was trained on them.",
    ),
    **each(
        signed,
        "embedding_recovery_f1_over_base{}",
        _TEXTS,
        "Recovery beyond the base (F1), {}",
        "Below 0: training took words out of the embedding.",
    ),
    "epsilon_lower_bound": amount("ε, lower bound", "Privacy loss that an attack has demonstrated."),
    "epsilon_lower_bound_f_dp": amount(
        "ε, lower bound by the trade-off curve", "The same, by another theorem; a little larger or smaller."
    ),
    "epsilon_lower_bound_gaussian": amount(
        "ε, lower bound of a Gaussian mechanism",
        "The same, if the training is one, as full batches with noise are; of others only a figure to compare with.",
    ),
    "canary_guess_accuracy": percent(
        "Canaries guessed right", "Share of right guesses whether a made-up text was trained on; one half is luck."
    ),
    "exposure": amount("Exposure", "How far planted secrets stand out among random ones, in bits."),
    **EXPLANATION_NAMES,
}


def metric_name(name: str) -> MetricName:
    """The presentation of `name`; unknown metrics get their own name and three significant digits."""
    if name.endswith(_CHANGE):
        return _change(metric_name(name.removesuffix(_CHANGE)))
    return METRIC_NAMES.get(name) or MetricName(name.replace("_", " ").capitalize(), numbers.general)


def _change(name: MetricName) -> MetricName:
    """Of a number since the baseline audit."""
    show = _points if name.show is numbers.percent else numbers.signed
    return MetricName(f"{name.title}, change since the baseline", show, name.meaning)


def _points(difference: float) -> str:
    return f"{numbers.points(difference)} points"
