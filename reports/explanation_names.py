"""What the metrics of explanations are called, and what they say."""

from .language import later
from .metric_name import amount, percent, ratio, signed

EXPLANATION_NAMES = {
    "trusted": percent(
        later("Heat maps to be believed"), later("Share of the explained texts whose heat map passed every check.")
    ),
    "caution": percent(
        later("Heat maps to be read with caution"),
        later("Share of the explained texts whose heat map passed some checks only."),
    ),
    "unreliable": percent(
        later("Heat maps not to be believed"),
        later("Share of the explained texts whose heat map says little of what moved the model."),
    ),
    "beats_random": percent(
        later("Better than chance"),
        later("Share of heat maps that say more of what moved the model than words ranked at random."),
    ),
    "comprehensiveness": signed(
        later("Comprehensiveness"), later("Probability lost when the highest words are left out; higher is better.")
    ),
    "sufficiency": signed(
        later("Sufficiency"),
        later("Probability lost when only the highest words stay; lower is better, below 0 it even rises."),
    ),
    "masked_comprehensiveness": signed(
        later("Comprehensiveness, masked"),
        later("Probability lost with the model's mask in the place of the highest words; higher is better."),
    ),
    "masked_sufficiency": signed(
        later("Sufficiency, masked"),
        later("Probability lost with the mask in the place of all but the highest words; lower is better."),
    ),
    "random_masked_comprehensiveness": signed(
        later("Comprehensiveness of chance, masked"), later("The same for words ranked at random, masked.")
    ),
    "random_masked_sufficiency": signed(
        later("Sufficiency of chance, masked"), later("The same for words ranked at random, masked.")
    ),
    "random_comprehensiveness": signed(
        later("Comprehensiveness of chance"),
        later("The same for words ranked at random: hold comprehensiveness against it."),
    ),
    "random_sufficiency": signed(
        later("Sufficiency of chance"), later("The same for words ranked at random: hold sufficiency against it.")
    ),
    "negation_changes_prediction": percent(
        later("Answers changed by a negation"),
        later("Share of the texts that a rule could deny whose prediction then changed."),
    ),
    "negation_attributed": percent(
        later("Negations that explain it"),
        later("Of these, share whose negation is above the mean word in the explanation."),
    ),
    "negation_attributed_by_chance": percent(
        later("The same by chance"),
        later("What that share would be for a word drawn by lot: hold the one above against it."),
    ),
    "normalised_comprehensiveness": ratio(
        later("Comprehensiveness, normalised"), later("As a share of what is lost without any word: 1 is all of it.")
    ),
    "normalised_sufficiency": ratio(
        later("Sufficiency, normalised"),
        later("How much of what the whole text gives the highest words give alone: 1 is all of it."),
    ),
    "random_normalised_comprehensiveness": ratio(
        later("Comprehensiveness of chance, normalised"), later("The same for words ranked at random.")
    ),
    "random_normalised_sufficiency": ratio(
        later("Sufficiency of chance, normalised"), later("The same for words ranked at random.")
    ),
    "leave_one_out_correlation": signed(
        later("Agreement with leaving words out"),
        later("Rank correlation of the attributions with what is lost without each word alone; 1 is the same order."),
    ),
    "leave_one_out_overlap": percent(
        later("Highest words shared with leaving words out"),
        later(
            "Of the highest quarter of the words, share that is also highest by what is lost without each word alone."
        ),
    ),
    "random_leave_one_out_overlap": percent(
        later("Highest words shared by chance"), later("The same for words ranked at random, on average.")
    ),
    "random_infidelity": amount(
        later("Infidelity of chance"),
        later("The same attributions dealt to the words by lot: hold infidelity against it."),
    ),
    "infidelity": amount(
        later("Infidelity"),
        later(
            "How wrong the attributions are about what leaving words out does; 1 is no better than foretelling nothing."
        ),
    ),
    "max_sensitivity": amount(
        later("Sensitivity"),
        later("How much the attributions change, at most, when the text's vectors move a little; lower is better."),
    ),
    "completeness_gap": percent(
        later("Completeness gap"),
        later("What the attributions lack, or have too much, of the model's answer; 0 is best."),
    ),
    "completeness_holds": percent(
        later("Complete heat maps"), later("Share of heat maps whose attributions add up to the model's answer.")
    ),
    "randomisation_correlation": signed(
        later("Likeness to a model that knows nothing"),
        later("Rank correlation of the attributions with those of the model with random weights; near 0 is good."),
    ),
    "rank_stability": signed(
        later("Stability"),
        later("Rank correlation of the attributions with those of small edits that change neither meaning nor answer."),
    ),
    "stability_overlap": percent(
        later("Highest words that stay"),
        later("Of the highest quarter of the words, share that is also highest after such edits."),
    ),
    "random_stability_overlap": percent(
        later("Highest words that stay by chance"), later("The same for words ranked at random, on average.")
    ),
}
