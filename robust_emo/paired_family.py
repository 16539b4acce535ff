"""Paired tests that are corrected together."""

from collections.abc import Mapping
from dataclasses import replace

from robust_emo.audits.worst_case import compared
from robust_emo.statistics.comparison import holm
from robust_emo.statistics.paired import PairedComparison
from robust_emo.types import ModelComparison


def paired_family(found: Mapping[str, PairedComparison]) -> tuple[ModelComparison, ...]:
    """One comparison per measure, its p-value corrected (Holm 1979) over those of the family.

    A measure of which no text has a result in both was not tested: it is told, but the others pay nothing for it.

    Args:
        found: by measure.
    """
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
