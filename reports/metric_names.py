"""What the metrics are called in a report, and what they say to somebody who never heard of them."""

from . import numbers
from .explanation_names import EXPLANATION_NAMES
from .language import later, say
from .metric_name import MetricName, amount, percent, ratio
from .privacy_names import PRIVACY_NAMES

_CHANGE = "_change"
"""Ends the name of a change, in the verdicts of a gate with a baseline."""

METRIC_NAMES = {
    "accuracy": percent(later("Accuracy"), later("Share of texts whose emotion is predicted right.")),
    "macro_f1": ratio(
        later("Macro-F1"), later("F1 averaged over emotions; rare emotions count as much as common ones.")
    ),
    "micro_f1": ratio(later("Micro-F1"), later("F1 over all decisions together; common emotions count more.")),
    "precision": percent(later("Precision"), later("Of the texts given this emotion, the share that have it.")),
    "recall": percent(later("Recall"), later("Of the texts that have this emotion, the share that are found.")),
    "f1": ratio(later("F1"), later("Harmonic mean of precision and recall.")),
    "expected_calibration_error": ratio(
        later("Calibration error"),
        later("Mean gap between the model's confidence and how often it is right; 0 is best."),
    ),
    "clean_accuracy_attacked": percent(
        later("Accuracy before the attacks"),
        later("Share of the texts drawn for the attacks that were predicted right as written."),
    ),
    "accuracy_under_attack": percent(
        later("Accuracy under attack"),
        later(
            "Share of all drawn texts that are still predicted right after the attack; those wrong before count "
            "as wrong."
        ),
    ),
    "attack_success_rate": percent(
        later("Attack success rate"),
        later("Of the texts predicted right before, the share that the attack turned wrong."),
    ),
    "valid_success_rate": percent(
        later("Valid success rate"),
        later(
            "Of the texts predicted right before, the share turned wrong by a text that keeps its emotion, as "
            "far as rules "
            "and lexicons can tell."
        ),
    ),
    "accuracy_under_attack_3_words": percent(
        later("Accuracy under attack, at most 3 words"),
        later(
            "Share of all drawn texts still predicted right, where only attacks that changed at most three words count."
        ),
    ),
    "survivor_success_rate": percent(
        later("Success rate on what was left"),
        later(
            "Of the texts that no earlier attack had broken, the share that this one turned wrong. It does not compare "
            "with other audits: it depends on the attacks before."
        ),
    ),
    "accuracy_left": percent(
        later("Accuracy left, any number of words"),
        later("Share of all drawn texts still predicted right after this attack and those before it."),
    ),
    "accuracy_left_3_words": percent(
        later("Accuracy left, at most 3 words"),
        later(
            "Share of all drawn texts still predicted right after this attack and those before it, where only attacks "
            "that changed at most three words count."
        ),
    ),
    "invalid_share": percent(
        later("May not keep the emotion"),
        later(
            "Of the successes that were checked, the share whose text may express another emotion, or none, to a "
            "reader."
        ),
    ),
    "mean_flip_severity": ratio(
        later("Severity of the mistakes"),
        later(
            "How far the wrong emotion lies from the right one, on average: 0 is the same emotion, 1 the other "
            "end of the "
            "range; joy taken for sadness is about four fifths."
        ),
    ),
    "reducible_rate": percent(
        later("Texts reducible to next to nothing"),
        later(
            "Share of the texts predicted right that keep their prediction when nearly all their words are taken away."
        ),
    ),
    "worst_case_accuracy_3_words": percent(
        later("Worst case, at most 3 words"),
        later(
            "Share of texts predicted right under every attack, where only attacks that changed at most three "
            "words count."
        ),
    ),
    "worst_case_accuracy": percent(
        later("Worst case, any number of words"),
        later(
            "Share of texts predicted right under every attack, however many words it changed within its own budget."
        ),
    ),
    "valid_worst_case_accuracy": percent(
        later("Worst case that keeps the emotion"),
        later(
            "Share of texts predicted right under every attack, where only changed texts that keep their emotion count."
        ),
    ),
    "certified_accuracy_0_words": percent(
        later("Certified accuracy, no word changed"),
        later("Share of texts that the smoothed model gets right, provably as written."),
    ),
    "certified_accuracy_1_word": percent(
        later("Certified accuracy, at most 1 word"),
        later("Share of texts that the smoothed model gets right, provably however one word is changed."),
    ),
    "certified_accuracy_2_words": percent(
        later("Certified accuracy, at most 2 words"),
        later("Share of texts that the smoothed model gets right, provably however two words are changed."),
    ),
    "certified_accuracy_3_words": percent(
        later("Certified accuracy, at most 3 words"),
        later("Share of texts that the smoothed model gets right, provably however three words are changed."),
    ),
    "balanced_certified_accuracy_0_words": percent(
        later("Balanced certified accuracy, no word changed"),
        later("The same, averaged over emotions: rare ones count as much."),
    ),
    "balanced_certified_accuracy_1_word": percent(
        later("Balanced certified accuracy, at most 1 word"),
        later("The same, averaged over emotions: rare ones count as much."),
    ),
    "balanced_certified_accuracy_2_words": percent(
        later("Balanced certified accuracy, at most 2 words"),
        later("The same, averaged over emotions: rare ones count as much."),
    ),
    "balanced_certified_accuracy_3_words": percent(
        later("Balanced certified accuracy, at most 3 words"),
        later("The same, averaged over emotions: rare ones count as much."),
    ),
    "certified_recall_1_word": percent(
        later("Certified recall, at most 1 word"),
        later(
            "Of the texts that have this emotion, the share found by the smoothed model, however one word is changed."
        ),
    ),
    "constant_accuracy": percent(
        later("Certified by a constant answer"),
        later("What always giving the most frequent emotion certifies, however many words are changed."),
    ),
    "constant_balanced_accuracy": percent(
        later("Certified by a constant answer, balanced"), later("The same, averaged over emotions.")
    ),
    "abstention_share": percent(
        later("Abstentions"),
        later("Share of texts for which no answer of the smoothed model is sure; they count as wrong."),
    ),
    "mean_queries": amount(later("Mean queries"), later("Texts the attack asked the model about, per attacked text.")),
    "mean_words_perturbed": amount(
        later("Mean words changed"), later("Words that the successful attacks changed, per text.")
    ),
    **PRIVACY_NAMES,
    **EXPLANATION_NAMES,
}


def metric_name(name: str) -> MetricName:
    """The presentation of `name`, said in the language spoken now.

    Unknown metrics get their own name and three significant digits.
    """
    if name.endswith(_CHANGE):
        return _change(metric_name(name.removesuffix(_CHANGE)))
    if name in METRIC_NAMES:
        return METRIC_NAMES[name].spoken()
    return MetricName(name.replace("_", " ").capitalize(), numbers.general)


def _change(name: MetricName) -> MetricName:
    """Of a number since the baseline audit."""
    show = _points if name.show is numbers.percent else numbers.signed
    return MetricName(say("{title}, change since the baseline", title=name.title), show, name.meaning)


def _points(difference: float) -> str:
    return say("{points} points", points=numbers.points(difference))
