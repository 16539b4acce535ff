"""Curves and distributions of the explanation section."""

from collections.abc import Sequence

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.explanation_metrics import mean_over_texts
from robust_emo.audits.explanation.faithfulness import SHARES, Faithfulness
from robust_emo.audits.explanation.randomisation import Stage
from robust_emo.audits.explanation.ranks import random_overlap, rank_correlation, top_overlap
from robust_emo.types import CountedBin, Example, FaithfulnessPoint, MethodAgreement, Metric, SanityPoint

_BINS = 10


def faithfulness_curve(found: Sequence[Faithfulness]) -> tuple[FaithfulnessPoint, ...]:
    """What the highest words are worth, by the share of them that is left out or kept; empty without texts."""
    if not found:
        return ()
    own = [each.own for each in found]
    random = [ranking for each in found for ranking in each.random]  # equally many of each text
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
            n=len(found),
        )
        for share, comprehensiveness, random_comprehensiveness, sufficiency, random_sufficiency in columns
    )


def sanity_curve(
    found: Sequence[tuple[Stage, Sequence[float | None]]], examples: Sequence[Example], *, seed: int
) -> tuple[SanityPoint, ...]:
    """Rank correlation by how far down weights are random; stages of which no text could be ranked are left out.

    Args:
        found: by stage, one correlation per text.
        examples: the texts.
        seed: of the bootstraps.
    """
    metrics = [(stage, randomisation_correlation(values, examples, seed=seed)) for stage, values in found]
    return tuple(
        SanityPoint(stage.name, stage.share, metric.value, metric.ci_low, metric.ci_high, metric.n)
        for stage, metric in metrics
        if metric.value is not None
    )


def randomisation_correlation(values: Sequence[float | None], examples: Sequence[Example], *, seed: int) -> Metric:
    """The metric of this name; not measured without texts."""
    return mean_over_texts("randomisation_correlation", values, examples, higher_is_better=False, seed=seed)


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
    name: str,
    own: Sequence[Attribution],
    other_name: str,
    others: Sequence[Attribution],
    examples: Sequence[Example],
    *,
    seed: int,
) -> MethodAgreement:
    """How alike two methods rank the words of the same texts."""
    pairs = [(left.values, right.values) for left, right in zip(own, others, strict=True)]
    correlations = [rank_correlation(left, right) for left, right in pairs]
    ranked = [each is not None for each in correlations]
    overlaps = [top_overlap(*pair) if one else None for pair, one in zip(pairs, ranked, strict=True)]
    by_chance = [random_overlap(len(left)) for (left, _), one in zip(pairs, ranked, strict=True) if one]
    correlation, overlap = (
        mean_over_texts("agreement", values, examples, higher_is_better=None, seed=seed)
        for values in (correlations, overlaps)
    )
    return MethodAgreement(
        left=name,
        right=other_name,
        correlation=correlation.value,
        ci_low=correlation.ci_low,
        ci_high=correlation.ci_high,
        n=correlation.n,
        overlap=overlap.value,
        overlap_low=overlap.ci_low,
        overlap_high=overlap.ci_high,
        random_overlap=sum(by_chance) / len(by_chance) if by_chance else None,
    )
