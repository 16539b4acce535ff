"""Two audits of the same texts as they were written, text by text."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.audits.worst_case import compared
from robust_emo.statistics.comparison import holm
from robust_emo.statistics.paired import PairedComparison, compare_paired
from robust_emo.types import Answer, ModelComparison


def compare_answers(old: Sequence[Answer], new: Sequence[Answer], labels: Sequence[str]) -> tuple[ModelComparison, ...]:
    """Accuracy, and recall of each emotion as `recall: LABEL`, on the texts that both answered and label alike.

    p-values are corrected (Holm 1979) over those of these measures that have a text; the others were not measured.

    Args:
        old: of the earlier audit.
        new: of this one.
        labels: of the model.
    """
    known = {answer.example_id: answer for answer in new}
    pairs = [
        (before, after)
        for before in old
        if (after := known.get(before.example_id)) is not None
        and before.label == after.label
        and before.text_sha256 == after.text_sha256
    ]
    right = {"accuracy": [(set(b.predicted) == set(b.label), set(a.predicted) == set(a.label)) for b, a in pairs]}
    for label in labels:
        right[f"recall: {label}"] = [(label in b.predicted, label in a.predicted) for b, a in pairs if label in b.label]
    found = {measure: _paired(both) for measure, both in right.items()}
    tested = {measure: pair.p_value for measure, pair in found.items() if pair.counts.n}
    adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
    return tuple(
        ModelComparison(
            measure=measure,
            result=compared(replace(pair, adjusted_p_value=adjusted.get(measure, 1.0))),
            raw_p_value=tested.get(measure),
            both=pair.counts.both,
        )
        for measure, pair in found.items()
    )


def _paired(right: Sequence[tuple[bool, bool]]) -> PairedComparison:
    return compare_paired([old for old, _ in right], [new for _, new in right], names=("baseline", "this audit"))
