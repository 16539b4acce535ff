"""The terms of a report for readers from other trades."""

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Victim model", "The model that is audited; here, the emotion classifier."),
    ("Clean accuracy", "Accuracy on the texts as people wrote them, before any attack."),
    ("Perturbation", "A small change to a text: a typo, a swapped word, a look-alike or an invisible character."),
    ("Attack", "A search for a perturbation that makes the model's prediction wrong."),
    ("Constraint", "What a perturbation must keep to, such as how many words it may change."),
    ("Budget", "What an attack may spend on one text: model queries, changed words, edited characters."),
    ("Query", "One text the attack asks the model about. Fewer queries mean an easier attack."),
    ("Untargeted, targeted", "Whether any wrong emotion counts as success, or only one chosen beforehand."),
    ("Goal", "What an attack must reach to count as a success."),
    (
        "Succeeded, failed, skipped, errored",
        "Right before and wrong after; right before and after; wrong before, so never attacked; "
        "the attack crashed on this text. Only the first two enter a success rate.",
    ),
    ("Attack success rate", "Succeeded / (succeeded + failed)."),
    ("Accuracy under attack", "Texts still right after the attack / all texts drawn for the attacks. Texts that were "
     "wrong before are never attacked and count as wrong."),
    ("Ensemble, worst case", "All attacks together: a text counts as right only if it withstands every one."),
    ("At most 3 words", "Only changed texts with three words or fewer changed, left out or added count. On short texts "
     "an attack without this limit leaves little of what was said."),
    ("Valid", "A changed text that still expresses the emotion of the original. Rules and lexicons judge it, not "
     "people, and they err in both directions."),
    ("Survivors", "Texts that no earlier attack of a standard ensemble has broken. Each attack runs on them only."),
    ("White-box, black-box", "An attack that sees the inside of the model (its gradients), and one that can only ask."),
    ("Self-diagnosis", "Signs that attacks found little because they were hindered, not because the model is robust."),
    ("Precision, recall, F1", "Precision: how many of the texts given an emotion have it. Recall: how many of those "
     "that have it are found. F1 joins the two."),
    ("Macro-F1, micro-F1", "Macro: each emotion counts the same. Micro: each decision counts the same."),
    ("Confidence, calibration", "The probability a model states for its prediction. Calibrated means that it is right "
     "as often as it says."),
    ("Policy, requirement, threshold", "The rules that somebody set for this model: each requirement holds one number "
     "against the threshold that it must reach."),
    ("Waiver", "A requirement that is let through for a time, for a stated reason, by somebody who answers for it."),
    ("Floor", "The worst value that a waiver lets through."),
    ("p, corrected p", "How often chance alone would show as much or more. Corrected: made larger, since among many "
     "comparisons one looks remarkable by chance."),
    ("n", "How many texts a number rests on."),
    ("Fingerprint, SHA-256", "A short number made of all bytes of a file. If one byte changes, so does the number."),
    ("Seed, profile", "The seed fixes what chance draws, so that the audit can be repeated. The profile says how "
     "thorough it is."),
    ("Sign-off", "What a reviewer decided on this audit. It names the audit by its fingerprint."),
    ("Interval", "The range in which the true value plausibly lies, given how few or many texts were seen."),
)  # fmt: skip

EXPLANATION_GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Heat map, attribution", "The words of a text, each with a number that says how far it moved the model towards an "
     "emotion, or away from it below 0. It says nothing of what the writer felt."),
    ("Logit", "The number that a model gives an emotion before it turns all of them into probabilities."),
    ("Trust label", "Trusted, with caution or unreliable: whether a heat map passed the checks below. Trusted means "
     "that it names the words that the answer hangs on, not that the answer is right."),
    ("Baseline of a heat map", "The empty text that a text is held against: what its words add to that is what they "
     "are given."),
    ("Completeness gap", "The attributions of a text should add up to what the model answers beyond the baseline. The "
     "gap is what is missing, as a share."),
    ("Comprehensiveness", "How much probability the emotion loses when the highest words are left out. High: these "
     "words were needed."),
    ("Sufficiency", "How much probability the emotion loses when the highest words are all that is left. Low: these "
     "words were enough."),
    ("Random words", "The same words in an order drawn by lot. A heat map that is no better has found nothing."),
    ("Leave-one-out", "What the model loses without each single word: a plain check of any heat map."),
    ("Infidelity", "How wrong a heat map is about what leaving words out does: 0 is never, 1 is no better than saying "
     "that nothing happens."),
    ("Sanity check", "The model's weights are replaced by random ones, from its last layer down. Heat maps that stay "
     "the same do not show what the model has learnt."),
    ("Stability, sensitivity", "How alike a heat map stays when the text is edited without changing what it says, and "
     "how much it changes when the model's inner vectors of the words are moved a little."),
    ("Rank correlation", "Whether two orders of the same words agree: 1 is the same order, 0 no relation, −1 the "
     "opposite."),
    ("Runner-up", "The emotion with the second highest probability."),
    ("Counterfactual", "The smallest change found that makes the model answer otherwise. A smaller one may exist."),
    ("Shortcut", "A word without emotion that all but decides the answer, such as a mark of how texts were collected."),
)  # fmt: skip
"""Of the part on explanations; a report without it does not need them."""

PRIVACY_GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Member, non-member", "A text that the model was trained on, and one that it was not."),
    ("Membership attack", "A way to tell members from non-members by what the model answers."),
    ("Area (AUC)", "How well members and non-members are told apart: 0.5 is no better than a coin, 1 is always right."),
    (
        "Members found, false alarms",
        "Of the members, the share that an attack names; of the non-members, the share that it names wrongly.",
    ),
    (
        "Blind baseline",
        "An attacker who never asks the model. Whoever does no better than that has learnt nothing from it.",
    ),
    (
        "ε, δ",
        "A promise on what the trained model may give away about any one text or writer, whatever an attacker does. "
        "Smaller is more private.",
    ),
    ("Privacy ledger", "What a private training wrote down of the privacy that it spent."),
)
"""Of the part on privacy."""


def glossary(*, explanations: bool, privacy: bool) -> tuple[tuple[str, str], ...]:
    """All terms of a page, in the order of the alphabet.

    Args:
        explanations: whether the page has a part on them.
        privacy: likewise.
    """
    terms = (*GLOSSARY, *(EXPLANATION_GLOSSARY if explanations else ()), *(PRIVACY_GLOSSARY if privacy else ()))
    return tuple(sorted(terms, key=lambda term: term[0].casefold()))
