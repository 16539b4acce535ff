"""What the metrics of explanations are called, and what they say."""

from .metric_name import amount, percent, ratio, signed

EXPLANATION_NAMES = {
    "trusted": percent("Heat maps to be believed", "Share of the explained texts whose heat map passed every check."),
    "caution": percent(
        "Heat maps to be read with caution", "Share of the explained texts whose heat map passed some checks only."
    ),
    "unreliable": percent(
        "Heat maps not to be believed",
        "Share of the explained texts whose heat map says little of what moved the model.",
    ),
    "beats_random": percent(
        "Better than chance", "Share of heat maps that say more of what moved the model than words ranked at random."
    ),
    "comprehensiveness": signed(
        "Comprehensiveness", "Probability lost when the highest words are left out; higher is better."
    ),
    "sufficiency": signed(
        "Sufficiency", "Probability lost when only the highest words stay; lower is better, below 0 it even rises."
    ),
    "masked_comprehensiveness": signed(
        "Comprehensiveness, masked",
        "Probability lost with the model's mask in the place of the highest words; higher is better.",
    ),
    "masked_sufficiency": signed(
        "Sufficiency, masked",
        "Probability lost with the mask in the place of all but the highest words; lower is better.",
    ),
    "random_masked_comprehensiveness": signed(
        "Comprehensiveness of chance, masked", "The same for words ranked at random, masked."
    ),
    "random_masked_sufficiency": signed(
        "Sufficiency of chance, masked", "The same for words ranked at random, masked."
    ),
    "random_comprehensiveness": signed(
        "Comprehensiveness of chance",
        "The same for words ranked at random: hold comprehensiveness against it.",
    ),
    "random_sufficiency": signed(
        "Sufficiency of chance", "The same for words ranked at random: hold sufficiency against it."
    ),
    "negation_changes_prediction": percent(
        "Answers changed by a negation",
        "Share of the texts that a rule could deny whose prediction then changed.",
    ),
    "negation_attributed": percent(
        "Negations that explain it", "Of these, share whose negation is above the mean word in the explanation."
    ),
    "negation_attributed_by_chance": percent(
        "The same by chance", "What that share would be for a word drawn by lot: hold the one above against it."
    ),
    "normalised_comprehensiveness": ratio(
        "Comprehensiveness, normalised", "As a share of what is lost without any word: 1 is all of it."
    ),
    "normalised_sufficiency": ratio(
        "Sufficiency, normalised", "How much of what the whole text gives the highest words give alone: 1 is all of it."
    ),
    "random_normalised_comprehensiveness": ratio(
        "Comprehensiveness of chance, normalised", "The same for words ranked at random."
    ),
    "random_normalised_sufficiency": ratio("Sufficiency of chance, normalised", "The same for words ranked at random."),
    "leave_one_out_correlation": signed(
        "Agreement with leaving words out",
        "Rank correlation of the attributions with what is lost without each word alone; 1 is the same order.",
    ),
    "leave_one_out_overlap": percent(
        "Highest words shared with leaving words out",
        "Of the highest quarter of the words, share that is also highest by what is lost without each word alone.",
    ),
    "random_leave_one_out_overlap": percent(
        "Highest words shared by chance", "The same for words ranked at random, on average."
    ),
    "random_infidelity": amount(
        "Infidelity of chance", "The same attributions dealt to the words by lot: hold infidelity against it."
    ),
    "infidelity": amount(
        "Infidelity",
        "How wrong the attributions are about what leaving words out does; 1 is no better than foretelling nothing.",
    ),
    "max_sensitivity": amount(
        "Sensitivity",
        "How much the attributions change, at most, when the text's vectors move a little; lower is better.",
    ),
    "completeness_gap": percent(
        "Completeness gap", "What the attributions lack, or have too much, of the model's answer; 0 is best."
    ),
    "completeness_holds": percent(
        "Complete heat maps", "Share of heat maps whose attributions add up to the model's answer."
    ),
    "randomisation_correlation": signed(
        "Likeness to a model that knows nothing",
        "Rank correlation of the attributions with those of the model with random weights; near 0 is good.",
    ),
    "rank_stability": signed(
        "Stability",
        "Rank correlation of the attributions with those of small edits that change neither meaning nor answer.",
    ),
    "stability_overlap": percent(
        "Highest words that stay",
        "Of the highest quarter of the words, share that is also highest after such edits.",
    ),
    "random_stability_overlap": percent(
        "Highest words that stay by chance", "The same for words ranked at random, on average."
    ),
}
