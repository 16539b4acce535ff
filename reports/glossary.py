"""The terms of a report for readers from other trades."""

from .language import later, say

GLOSSARY: tuple[tuple[str, str], ...] = (
    (later("Victim model"), later("The model that is audited; here, the emotion classifier.")),
    (later("Clean accuracy"), later("Accuracy on the texts as people wrote them, before any attack.")),
    (
        later("Perturbation"),
        later("A small change to a text: a typo, a swapped word, a look-alike or an invisible character."),
    ),
    (later("Attack"), later("A search for a perturbation that makes the model's prediction wrong.")),
    (later("Constraint"), later("What a perturbation must keep to, such as how many words it may change.")),
    (later("Budget"), later("What an attack may spend on one text: model queries, changed words, edited characters.")),
    (later("Query"), later("One text the attack asks the model about. Fewer queries mean an easier attack.")),
    (
        later("Untargeted, targeted"),
        later("Whether any wrong emotion counts as success, or only one chosen beforehand."),
    ),
    (later("Goal"), later("What an attack must reach to count as a success.")),
    (
        later("Succeeded, failed, skipped, errored"),
        later(
            "Right before and wrong after; right before and after; wrong before, so never attacked; "
            "the attack crashed on this text. Only the first two enter a success rate."
        ),
    ),
    (later("Attack success rate"), later("Succeeded / (succeeded + failed).")),
    (
        later("Accuracy under attack"),
        later(
            "Texts still right after the attack / all texts drawn for the attacks. Texts that were "
            "wrong before are never attacked and count as wrong."
        ),
    ),
    (
        later("Ensemble, worst case"),
        later("All attacks together: a text counts as right only if it withstands every one."),
    ),
    (
        later("At most 3 words"),
        later(
            "Only changed texts with three words or fewer changed, left out or added count. On short texts "
            "an attack without this limit leaves little of what was said."
        ),
    ),
    (
        later("Valid"),
        later(
            "A changed text that still expresses the emotion of the original. Rules and lexicons judge it, not "
            "people, and they err in both directions."
        ),
    ),
    (
        later("Survivors"),
        later("Texts that no earlier attack of a standard ensemble has broken. Each attack runs on them only."),
    ),
    (
        later("White-box, black-box"),
        later("An attack that sees the inside of the model (its gradients), and one that can only ask."),
    ),
    (
        later("Self-diagnosis"),
        later("Signs that attacks found little because they were hindered, not because the model is robust."),
    ),
    (
        later("Precision, recall, F1"),
        later(
            "Precision: how many of the texts given an emotion have it. Recall: how many of those "
            "that have it are found. F1 joins the two."
        ),
    ),
    (later("Macro-F1, micro-F1"), later("Macro: each emotion counts the same. Micro: each decision counts the same.")),
    (
        later("Confidence, calibration"),
        later(
            "The probability a model states for its prediction. Calibrated means that it is right as often as it says."
        ),
    ),
    (
        later("Policy, requirement, threshold"),
        later(
            "The rules that somebody set for this model: each requirement holds one number against the threshold "
            "that it must reach."
        ),
    ),
    (
        later("Waiver"),
        later("A requirement that is let through for a time, for a stated reason, by somebody who answers for it."),
    ),
    (later("Floor"), later("The worst value that a waiver lets through.")),
    (
        later("p, corrected p"),
        later(
            "How often chance alone would show as much or more. Corrected: made larger, since among many "
            "comparisons one looks remarkable by chance."
        ),
    ),
    (later("n"), later("How many texts a number rests on.")),
    (
        later("Fingerprint, SHA-256"),
        later("A short number made of all bytes of a file. If one byte changes, so does the number."),
    ),
    (
        later("Seed, profile"),
        later(
            "The seed fixes what chance draws, so that the audit can be repeated. The profile says how thorough it is."
        ),
    ),
    (later("Sign-off"), later("What a reviewer decided on this audit. It names the audit by its fingerprint.")),
    (
        later("Interval"),
        later("The range in which the true value plausibly lies, given how few or many texts were seen."),
    ),
)

EXPLANATION_GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        later("Heat map, attribution"),
        later(
            "The words of a text, each with a number that says how far it moved the model towards an "
            "emotion, or away from it below 0. It says nothing of what the writer felt."
        ),
    ),
    (later("Logit"), later("The number that a model gives an emotion before it turns all of them into probabilities.")),
    (
        later("Trust label"),
        later(
            "Trusted, with caution or unreliable: whether a heat map passed the checks below. Trusted means "
            "that it names the words that the answer hangs on, not that the answer is right."
        ),
    ),
    (
        later("Baseline of a heat map"),
        later("The empty text that a text is held against: what its words add to that is what they are given."),
    ),
    (
        later("Completeness gap"),
        later(
            "The attributions of a text should add up to what the model answers beyond the baseline. The "
            "gap is what is missing, as a share."
        ),
    ),
    (
        later("Comprehensiveness"),
        later(
            "How much probability the emotion loses when the highest words are left out. High: these words were needed."
        ),
    ),
    (
        later("Sufficiency"),
        later(
            "How much probability the emotion loses when the highest words are all that is left. Low: these "
            "words were enough."
        ),
    ),
    (
        later("Random words"),
        later("The same words in an order drawn by lot. A heat map that is no better has found nothing."),
    ),
    (later("Leave-one-out"), later("What the model loses without each single word: a plain check of any heat map.")),
    (
        later("Infidelity"),
        later(
            "How wrong a heat map is about what leaving words out does: 0 is never, 1 is no better than saying "
            "that nothing happens."
        ),
    ),
    (
        later("Sanity check"),
        later(
            "The model's weights are replaced by random ones, from its last layer down. Heat maps that stay "
            "the same do not show what the model has learnt."
        ),
    ),
    (
        later("Stability, sensitivity"),
        later(
            "How alike a heat map stays when the text is edited without changing what it says, and "
            "how much it changes when the model's inner vectors of the words are moved a little."
        ),
    ),
    (
        later("Rank correlation"),
        later("Whether two orders of the same words agree: 1 is the same order, 0 no relation, −1 the opposite."),
    ),
    (later("Runner-up"), later("The emotion with the second highest probability.")),
    (
        later("Counterfactual"),
        later("The smallest change found that makes the model answer otherwise. A smaller one may exist."),
    ),
    (
        later("Shortcut"),
        later("A word without emotion that all but decides the answer, such as a mark of how texts were collected."),
    ),
)
"""Of the part on explanations; a report without it does not need them."""

PRIVACY_GLOSSARY: tuple[tuple[str, str], ...] = (
    (later("Member, non-member"), later("A text that the model was trained on, and one that it was not.")),
    (later("Membership attack"), later("A way to tell members from non-members by what the model answers.")),
    (
        later("Area (AUC)"),
        later("How well members and non-members are told apart: 0.5 is no better than a coin, 1 is always right."),
    ),
    (
        later("Members found, false alarms"),
        later("Of the members, the share that an attack names; of the non-members, the share that it names wrongly."),
    ),
    (
        later("Blind baseline"),
        later("An attacker who never asks the model. Whoever does no better than that has learnt nothing from it."),
    ),
    (
        later("ε, δ"),
        later(
            "A promise on what the trained model may give away about any one text or writer, whatever an attacker"
            " does. Smaller is more private."
        ),
    ),
    (later("Privacy ledger"), later("What a private training wrote down of the privacy that it spent.")),
)
"""Of the part on privacy."""


def glossary(*, explanations: bool, privacy: bool) -> tuple[tuple[str, str], ...]:
    """All terms of a page, in the order of the English alphabet.

    Args:
        explanations: whether the page has a part on them.
        privacy: likewise.
    """
    terms = (*GLOSSARY, *(EXPLANATION_GLOSSARY if explanations else ()), *(PRIVACY_GLOSSARY if privacy else ()))
    ordered = sorted(terms, key=lambda term: term[0].casefold())
    return tuple((say(term), say(meaning)) for term, meaning in ordered)
