"""What takes more than one attribution of a text: edits that change nothing, moved token vectors, random weights."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.audits.explanation.explaining import Explainer, HeatMap
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.methods import Method
from robust_emo.audits.explanation.randomisation import SEEDS, Stage, randomisation_correlations
from robust_emo.audits.explanation.sensitivity import DRAWS, max_sensitivity
from robust_emo.audits.explanation.stability import EDITS, Stability, stability
from robust_emo.audits.explanation.trust import FEWEST_WORDS


def looked_at_closely(explainer: Explainer, maps: Sequence[HeatMap]) -> tuple[list[HeatMap], list[Stability]]:
    """The same heat maps with stability and max-sensitivity in their quality; and all stabilities that were found.

    Args:
        explainer: that made the maps.
        maps: all of them are looked at.
    """
    readings, own = [each.reading for each in maps], [each.attribution for each in maps]
    seed, method = explainer.seed, explainer.chosen
    with explainer.watched("explanations: harmless edits", len(maps) * EDITS) as progress:
        stable = stability(explainer.engine, method, readings, own, seed=seed, progress=progress)
    moved: list[float | None] = [None] * len(maps)
    if isinstance(method, IntegratedGradients):
        with explainer.watched("explanations: moved vectors", len(maps) * DRAWS) as progress:
            moved = max_sensitivity(explainer.engine, method, readings, own, seed=seed, progress=progress)
    judged = [
        replace(
            each,
            quality=replace(
                each.quality,
                stability=found.correlation if found else None,
                stability_overlap=found.overlap if found else None,
                random_stability_overlap=found.random_overlap if found else None,
                max_sensitivity=sensitivity,
            ),
        )
        for each, found, sensitivity in zip(maps, stable, moved, strict=True)
    ]
    return judged, [each for each in stable if each is not None]


def can_be_ranked(maps: Sequence[HeatMap]) -> list[HeatMap]:
    """Those of enough words for a ranking to say something, which random weights are held against."""
    return [each for each in maps if len(each.attribution.segments) >= FEWEST_WORDS]


def with_random_weights(
    explainer: Explainer, maps: Sequence[HeatMap], stages: Sequence[Stage]
) -> list[tuple[Stage, list[float | None]]]:
    """By stage, each text's rank correlation with the attributions of random weights; None where it cannot be ranked.

    Args:
        explainer: that made the maps.
        maps: of enough words; see :func:`can_be_ranked`.
        stages: how far down weights are random.
    """
    readings, own = [each.reading for each in maps], [each.attribution for each in maps]
    with explainer.watched("explanations: random weights", len(maps) * SEEDS * len(stages)) as progress:
        return randomisation_correlations(
            explainer.engine, _plain(explainer.chosen), readings, own, stages, seed=explainer.seed, progress=progress
        )


def _plain(method: Method) -> Method:
    """The same without doubling its steps: with random weights answers hardly change, and a share of hardly anything
    is never small."""
    return replace(method, most_steps=method.steps) if isinstance(method, IntegratedGradients) else method
