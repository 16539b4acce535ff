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
    ("Interval", "The range in which the true value plausibly lies, given how few or many texts were seen."),
)  # fmt: skip
