"""An audit held against an earlier one, as it is kept in audit.json."""

from robust_emo.comparison_notes import comparison_notes
from robust_emo.gate.regression import Baseline
from robust_emo.section_pairs import left_out, metric_pairs, sections_of_both
from robust_emo.types import AuditReport, EarlierNumber, NotCompared, Section, SinceBaseline

SIDES = ("before", "after")
"""How the two audits are called."""


def since_baseline(baseline: Baseline, new: AuditReport) -> SinceBaseline:
    """What became better or worse by the tests of `robust-emo compare`, and what stands side by side.

    Args:
        baseline: beside `new`.
        new: with its sections; verdicts do not matter.
    """
    old = baseline.report
    run, comparable = old.run, baseline.why_not is None
    pairs = sections_of_both(old, new, names=SIDES) if comparable else ()
    return SinceBaseline(
        model=run.model,
        model_sha256=run.model_sha256,
        started_at=run.cost.started_at,
        robust_emo=run.robust_emo,
        profile=run.profile_text,
        seed=run.seed,
        examples=run.examples,
        attacked_examples=run.attacked_examples if old.attacked else 0,
        data=run.data.path,
        data_sha256=run.data.sha256,
        not_comparable=baseline.why_not,
        measures=tuple(baseline.compared.values()) if comparable else (),
        numbers=tuple(
            number
            for pair in pairs
            if pair.old and pair.new and pair.why_not is None and pair.old.kind != "evasion"
            for number in _numbers(baseline, pair.old, pair.new)
        ),
        left_out=tuple(NotCompared(section.kind, section.plugin, why) for section, why in left_out(pairs)),
        notes=comparison_notes(old, new, names=SIDES) if comparable else (),
    )


def _numbers(baseline: Baseline, old: Section, new: Section) -> list[EarlierNumber]:
    """Of all texts together; accuracy and recall were tested where both audits kept their answers."""
    return [
        EarlierNumber(old.kind, old.plugin, before)
        for before, after in metric_pairs(old, new)
        if before and after and before.label is None and baseline.paired(new, after) is None
    ]
