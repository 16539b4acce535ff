"""What the metrics of privacy are called, and what they say."""

from .language import later
from .metric_name import amount, each, percent, ratio, signed

_SHOWN = (
    ("logits", later("logits")),
    ("2_decimals", later("probabilities to 2 decimals")),
    ("1_decimal", later("probabilities to 1 decimal")),
    ("0_decimals", later("probabilities to 0 decimals")),
    ("label", later("the label alone")),
    ("attribution_norm", later("size of attributions")),
    ("attribution_variance", later("unevenness of attributions")),
)
_TEXTS = (("", later("texts it was not trained on")), ("_members", later("training texts")))

PRIVACY_NAMES = {
    "epsilon": amount(later("ε"), later("Privacy loss of the training, from the accountant; smaller is more private.")),
    "delta": amount(later("δ"), later("Probability with which the guarantee of ε may fail.")),
    "membership_auc": ratio(
        later("Membership AUC"), later("How well training texts can be told from others; 0.5 is a coin.")
    ),
    "tpr_at_fpr_1pct": percent(
        later("Members found at 1% false alarms"),
        later("Training texts found while wrongly accusing one other text in 100."),
    ),
    "tpr_at_fpr_01pct": percent(
        later("Members found at 0.1% false alarms"),
        later("Training texts found while wrongly accusing one other text in 1,000."),
    ),
    "membership_advantage": ratio(
        later("Membership advantage"),
        later("Share of members found minus share of others accused; 0 is a coin, 1 knows all."),
    ),
    "membership_auc_over_blind": ratio(
        later("Membership AUC beyond the texts"), later("How much better than a classifier that never asks the model.")
    ),
    "author_membership_auc": ratio(
        later("Membership AUC of authors"),
        later("How well authors of training texts can be told from others, by all their texts."),
    ),
    "group_membership_auc": ratio(
        later("Membership AUC of a group"), later("How well training texts of one group can be told from others of it.")
    ),
    "blind_auc": ratio(
        later("Blind baseline AUC"), later("How well the texts alone tell the two sets apart; 0.5 is a coin.")
    ),
    "training_texts_with_personal_data": percent(
        later("Training texts with personal data"),
        later("Share in which names, addresses or numbers of people were found."),
    ),
    "audited_texts_with_personal_data": percent(
        later("Audited texts with personal data"),
        later("The same of the texts of this audit, some of which it shows, masked."),
    ),
    **each(
        ratio,
        "membership_auc_from_{}",
        _SHOWN,
        later("Membership AUC, {part}"),
        later("How well training texts can be told from others by it; 0.5 is a coin."),
    ),
    **each(
        percent,
        "tpr_at_fpr_1pct_from_{}",
        _SHOWN,
        later("Members found at 1% false alarms, {part}"),
        later("Training texts found by it while wrongly accusing one other text in 100."),
    ),
    **each(
        signed,
        "membership_auc_change_by_{}",
        _SHOWN[1:],
        later("Membership AUC against that of the logits, {part}"),
        later("Below 0: it gives away less than the logits do."),
    ),
    **each(
        signed,
        "tpr_at_fpr_1pct_change_by_{}",
        _SHOWN[1:],
        later("Members found against those by the logits, {part}"),
        later("Below 0: it gives away fewer than the logits do."),
    ),
    **each(
        percent,
        "embedding_recovery_precision{}",
        _TEXTS,
        later("Words recovered rightly, {part}"),
        later("Of the words guessed from a text's embedding, those that are in it."),
    ),
    **each(
        percent,
        "embedding_recovery_recall{}",
        _TEXTS,
        later("Words recovered, {part}"),
        later("Of the words of a text that are in the vocabulary, those that are guessed."),
    ),
    **each(
        ratio,
        "embedding_recovery_f1{}",
        _TEXTS,
        later("Recovery of words (F1), {part}"),
        later("How much of a text's words comes back from its embedding alone."),
    ),
    **each(
        ratio,
        "frequent_words_f1{}",
        _TEXTS,
        later("Guess of the most frequent words (F1), {part}"),
        later("The same words for every text, without any embedding."),
    ),
    **each(
        signed,
        "embedding_recovery_f1_over_frequent{}",
        _TEXTS,
        later("Recovery beyond that guess (F1), {part}"),
        later("What the embedding adds to it."),
    ),
    **each(
        ratio,
        "base_recovery_f1{}",
        _TEXTS,
        later("Recovery of words from the base (F1), {part}"),
        later("The same from the encoder before it was trained on them."),
    ),
    **each(
        signed,
        "embedding_recovery_f1_over_base{}",
        _TEXTS,
        later("Recovery beyond the base (F1), {part}"),
        later("Below 0: training took words out of the embedding."),
    ),
    "epsilon_lower_bound": amount(later("ε, lower bound"), later("Privacy loss that an attack has demonstrated.")),
    "epsilon_lower_bound_f_dp": amount(
        later("ε, lower bound by the trade-off curve"),
        later("The same, by another theorem; a little larger or smaller."),
    ),
    "epsilon_lower_bound_gaussian": amount(
        later("ε, lower bound of a Gaussian mechanism"),
        later(
            "The same, if the training is one, as full batches with noise are; of others only a figure to compare with."
        ),
    ),
    "canary_guess_accuracy": percent(
        later("Canaries guessed right"),
        later("Share of right guesses whether a made-up text was trained on; one half is luck."),
    ),
    "exposure": amount(later("Exposure"), later("How far planted secrets stand out among random ones, in bits.")),
}
