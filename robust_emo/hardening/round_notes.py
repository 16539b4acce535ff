"""What a reader must know of rounds of hardening: attacks that crashed, and a model that became worse."""

from collections.abc import Sequence

from robust_emo.models.manifest import RoundRecord

WORTH_TELLING = 0.02
"""A round that lowers macro-F1 on the validation data by more is told of."""


def round_notes(rounds: Sequence[RoundRecord]) -> tuple[str, ...]:
    """One sentence each, in the order of the rounds."""
    return tuple(note for number, record in enumerate(rounds, 1) for note in _notes(number, record))


def _notes(number: int, record: RoundRecord) -> list[str]:
    found = [
        f"round {number}: {each.attack} crashed on {each.errored} texts, the first time with {each.first_error}"
        for each in record.attacks
        if each.errored
    ]
    if record.attacks and not record.adversarial_texts:
        known = record.outcome_texts or record.remembered_texts
        what = "nothing new" if known else "the training texts alone"
        found.append(f"round {number}: no attack misled the model; it was trained on {what}")
    before = record.macro_f1_before
    if before is not None and before - record.macro_f1 > WORTH_TELLING:
        found.append(
            f"round {number} lowered macro F1 on the validation data from {before:.3f} to {record.macro_f1:.3f}; "
            "a lower learning_rate or smaller shares in the recipe may help"
        )
    return found
