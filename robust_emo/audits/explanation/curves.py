"""Curves and distributions of the explanation section."""

from collections.abc import Sequence

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.explaining import HeatMap
from robust_emo.audits.explanation.explanation_metrics import mean_over_texts
from robust_emo.audits.explanation.faithfulness import SHARES
from robust_emo.audits.explanation.randomisation import Stage
from robust_emo.audits.explanation.ranks import rank_correlation
from robust_emo.types import CountedBin, FaithfulnessPoint, MethodAgreement, SanityPoint

_BINS = 10


def faithfulness_curve(heat_maps: Sequence[HeatMap]) -> tuple[FaithfulnessPoint, ...]:
    """What the highest words are worth, by the share of them that is left out or kept; empty without heat maps."""
    if not heat_maps:
        return ()
    own = [each.faithfulness.own for each in heat_maps]
    random = [ranking for each in heat_maps for ranking in each.faithfulness.random]  # equally many of each text
    without = [np.mean([each.without for each in rankings], axis=0) for rankings in (own, random)]
    alone = [np.mean([each.alone for each in rankings], axis=0) for rankings in (own, random)]
    columns = zip(SHARES, *without, *alone, strict=True)
    return tuple(
        FaithfulnessPoint(
            share=share,
            comprehensiveness=float(comprehensiveness),
            sufficiency=float(sufficiency),
            random_comprehensiveness=float(random_comprehensiveness),
            random_sufficiency=float(random_sufficiency),
            n=len(heat_maps),
        )
        for share, comprehensiveness, random_comprehensiveness, sufficiency, random_sufficiency in columns
    )


def sanity_curve(found: Sequence[tuple[Stage, Sequence[float]]], *, seed: int) -> tuple[SanityPoint, ...]:
    """Rank correlation by how far down weights are random; stages of which no text could be ranked are left out."""
    return tuple(
        SanityPoint(stage.name, stage.share, metric.value, metric.ci_low, metric.ci_high, metric.n)
        for stage, values in found
        if (metric := mean_over_texts("randomisation_correlation", values, higher_is_better=False, seed=seed)).value
        is not None
    )


def stability_bins(correlations: Sequence[float]) -> tuple[CountedBin, ...]:
    """Texts by rank correlation, in bins of equal width from -1 to 1; empty without texts."""
    if not correlations:
        return ()
    counts, edges = np.histogram(correlations, bins=_BINS, range=(-1.0, 1.0))
    return tuple(
        CountedBin(round(float(low), 3), round(float(high), 3), int(count))
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    )


def agreement(
    name: str, own: Sequence[Attribution], other_name: str, others: Sequence[Attribution], *, seed: int
) -> MethodAgreement:
    """How alike two methods rank the words of the same texts."""
    correlations = [rank_correlation(left.values, right.values) for left, right in zip(own, others, strict=True)]
    known = [each for each in correlations if each is not None]
    metric = mean_over_texts("agreement", known, higher_is_better=None, seed=seed)
    return MethodAgreement(name, other_name, metric.value, metric.ci_low, metric.ci_high, metric.n)
