"""The numbers of the explanation section: means over heat maps, each with its interval."""

from collections.abc import Callable, Sequence

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.explaining import HeatMap, examples_of
from robust_emo.audits.explanation.trust import LARGEST_GAP
from robust_emo.audits.metrics import CONFIDENCE, measured, proportion
from robust_emo.statistics import Interval, bootstrap_mean
from robust_emo.types import Example, Explanation, Metric, Trust

_LARGEST_P = 0.05

Value = Callable[[HeatMap], float | None]

_MEANS: tuple[tuple[str, Value, bool | None], ...] = (
    ("comprehensiveness", lambda each: each.quality.comprehensiveness, True),
    ("random_comprehensiveness", lambda each: each.quality.random_comprehensiveness, None),
    ("masked_comprehensiveness", lambda each: each.quality.masked_comprehensiveness, True),
    ("random_masked_comprehensiveness", lambda each: each.quality.random_masked_comprehensiveness, None),
    ("sufficiency", lambda each: each.quality.sufficiency, False),
    ("random_sufficiency", lambda each: each.quality.random_sufficiency, None),
    ("masked_sufficiency", lambda each: each.quality.masked_sufficiency, False),
    ("random_masked_sufficiency", lambda each: each.quality.random_masked_sufficiency, None),
    ("normalised_comprehensiveness", lambda each: each.faithfulness.normalised_comprehensiveness, True),
    ("random_normalised_comprehensiveness", lambda each: each.faithfulness.random_normalised_comprehensiveness, None),
    ("normalised_sufficiency", lambda each: each.faithfulness.normalised_sufficiency, True),
    ("random_normalised_sufficiency", lambda each: each.faithfulness.random_normalised_sufficiency, None),
    ("leave_one_out_correlation", lambda each: each.quality.leave_one_out_correlation, True),
    ("leave_one_out_overlap", lambda each: each.quality.agreement, True),
    ("random_leave_one_out_overlap", lambda each: each.quality.random_agreement, None),
    ("infidelity", lambda each: each.quality.infidelity, False),
    ("random_infidelity", lambda each: each.quality.random_infidelity, None),
    ("max_sensitivity", lambda each: each.quality.max_sensitivity, False),
    ("rank_stability", lambda each: each.quality.stability, True),
    ("stability_overlap", lambda each: each.quality.stability_overlap, True),
    ("random_stability_overlap", lambda each: each.quality.random_stability_overlap, None),
)
"""What begins with `random_` is what rankings without reason get."""


def explanation_metrics(
    heat_maps: Sequence[HeatMap], explanations: Sequence[Explanation], sanity: Metric, *, seed: int
) -> tuple[Metric, ...]:
    """All of them.

    Args:
        heat_maps: with the examples that they are of.
        explanations: the same, labelled.
        sanity: `randomisation_correlation`.
        seed: of the bootstraps.
    """
    gaps = [each.attribution.gap for each in heat_maps if each.attribution.gap is not None]
    beaten = [each.quality.beats_random <= _LARGEST_P for each in heat_maps if each.quality.beats_random is not None]
    labels = [each.trust for each in explanations]
    return (
        *(
            proportion(str(trust), labels.count(trust), len(labels), higher_is_better=_good(trust))
            for trust in (Trust.TRUSTED, Trust.CAUTION, Trust.UNRELIABLE)
        ),
        proportion("completeness_holds", sum(gap <= LARGEST_GAP for gap in gaps), len(gaps), higher_is_better=True),
        _mean("completeness_gap", lambda each: _finite(each.attribution.gap), heat_maps, False, seed),
        proportion("beats_random", sum(beaten), len(beaten), higher_is_better=True),
        *(_mean(name, value, heat_maps, higher_is_better, seed) for name, value, higher_is_better in _MEANS),
        sanity,
    )


def mean_over_texts(
    name: str,
    values: Sequence[float | None],
    examples: Sequence[Example],
    *,
    higher_is_better: bool | None,
    seed: int,
) -> Metric:
    """Mean of what was measured, with a bootstrap interval; by author where authors are known, and never narrower.

    Args:
        name: of the metric.
        values: one per text; None: not measured.
        examples: the texts.
        higher_is_better: None for numbers without a good side.
        seed: of the bootstrap.
    """
    measured_ones = [(value, each) for value, each in zip(values, examples, strict=True) if value is not None]
    known = [value for value, _ in measured_ones]
    value = sum(known) / len(known) if known else None
    interval = _interval(known, authors([each for _, each in measured_ones]), seed)
    return measured(name, value, interval, len(known), higher_is_better=higher_is_better)


def _interval(values: Sequence[float], sources: Sequence[str] | None, seed: int) -> Interval | None:
    if len(values) < 2:
        return None
    plain = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE)
    clustered = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE, clusters=sources) if sources else plain
    return None if plain is None or clustered is None else clustered.hull(plain)


def _mean(name: str, value: Value, heat_maps: Sequence[HeatMap], higher_is_better: bool | None, seed: int) -> Metric:
    return mean_over_texts(
        name, [value(each) for each in heat_maps], examples_of(heat_maps), higher_is_better=higher_is_better, seed=seed
    )


def _good(trust: Trust) -> bool | None:
    return {Trust.TRUSTED: True, Trust.UNRELIABLE: False}.get(trust)


def _finite(gap: float | None) -> float | None:
    """A gap of a text whose answer does not change at all is no number to average."""
    return None if gap is None or gap == float("inf") else gap
