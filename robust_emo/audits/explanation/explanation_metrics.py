"""The numbers of the explanation section: means over heat maps, each with its interval."""

from collections.abc import Callable, Sequence

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.explaining import HeatMap
from robust_emo.audits.explanation.trust import LARGEST_GAP
from robust_emo.audits.metrics import CONFIDENCE, measured, proportion
from robust_emo.statistics import bootstrap_mean
from robust_emo.types import Explanation, Metric, Trust

_LARGEST_P = 0.05

Value = Callable[[HeatMap], float | None]

_MEANS: tuple[tuple[str, Value, bool | None], ...] = (
    ("comprehensiveness", lambda each: each.quality.comprehensiveness, True),
    ("random_comprehensiveness", lambda each: each.quality.random_comprehensiveness, None),
    ("sufficiency", lambda each: each.quality.sufficiency, False),
    ("random_sufficiency", lambda each: each.quality.random_sufficiency, None),
    ("normalised_comprehensiveness", lambda each: each.faithfulness.normalised_comprehensiveness, True),
    ("normalised_sufficiency", lambda each: each.faithfulness.normalised_sufficiency, True),
    ("leave_one_out_correlation", lambda each: each.quality.leave_one_out_correlation, True),
    ("infidelity", lambda each: each.quality.infidelity, False),
    ("max_sensitivity", lambda each: each.quality.max_sensitivity, False),
    ("rank_stability", lambda each: each.quality.stability, True),
)


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
    values: Sequence[float],
    *,
    higher_is_better: bool | None,
    seed: int,
    clusters: Sequence[str] | None = None,
) -> Metric:
    """Mean with a bootstrap interval, by sources where these are known; not measured without values."""
    value = sum(values) / len(values) if values else None
    interval = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE, clusters=clusters) if len(values) > 1 else None
    return measured(name, value, interval, len(values), higher_is_better=higher_is_better)


def _mean(name: str, value: Value, heat_maps: Sequence[HeatMap], higher_is_better: bool | None, seed: int) -> Metric:
    known = [(each, number) for each in heat_maps if (number := value(each)) is not None]
    sources = authors([each.example for each, _ in known if each.example is not None])
    return mean_over_texts(
        name, [number for _, number in known], higher_is_better=higher_is_better, seed=seed, clusters=sources
    )


def _good(trust: Trust) -> bool | None:
    return {Trust.TRUSTED: True, Trust.UNRELIABLE: False}.get(trust)


def _finite(gap: float | None) -> float | None:
    """A gap of a text whose answer does not change at all is no number to average."""
    return None if gap is None or gap == float("inf") else gap
