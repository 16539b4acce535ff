"""Paired comparison: published intervals, coverage, excluded examples, correction over all pairs."""

import numpy as np
import pytest
from scipy import stats

from robust_emo import statistics as st
from robust_emo.statistics.paired import paired_difference

pytestmark = pytest.mark.model_free


@pytest.mark.parametrize(
    ("table", "bounds"),
    [
        ((36, 12, 2, 0), (0.0569, 0.3404)),  # Newcombe 1998, the example of negative association
        ((14, 5, 0, 22), (0.0115, 0.2265)),  # Altman, Machin, Bryant and Gardner 2000, table 6.2
    ],
)
def test_published_intervals_of_a_paired_difference(table, bounds):
    interval = paired_difference(st.PairedCounts(*table))
    assert (round(interval.low, 4), round(interval.high, 4)) == bounds
    assert interval.method == "newcombe-paired"


def test_the_interval_covers_as_often_as_it_says():
    shares, n = np.array([0.55, 0.2, 0.08, 0.17]), 80
    tables = np.random.default_rng(0).multinomial(n, shares, size=3000)
    intervals = [paired_difference(st.PairedCounts(*map(int, table))) for table in tables]
    covered = np.mean([interval.low <= 0.2 - 0.08 <= interval.high for interval in intervals])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_swapping_the_two_mirrors_everything():
    first = [True] * 30 + [False] * 20
    second = [True] * 18 + [False] * 26 + [True] * 6
    one, other = st.compare_paired(first, second), st.compare_paired(second, first)
    assert one.difference == -other.difference == pytest.approx(6 / 50)
    assert (one.interval.low, one.interval.high) == pytest.approx((-other.interval.high, -other.interval.low))
    assert one.p_value == other.p_value == pytest.approx(stats.binomtest(12, 18).pvalue)


def test_pairing_finds_a_difference_that_two_intervals_hide():
    first = [True] * 60 + [False] * 40
    second = [True] * 50 + [False] * 50
    pair = st.compare_paired(first, second, names=("a", "b"))
    assert st.wilson(60, 100).low < st.wilson(50, 100).high
    assert pair.p_value < 0.01
    assert pair.interval.low > 0


def test_an_example_unknown_in_either_is_left_out_of_both():
    pair = st.compare_paired([True, None, False, True], [False, True, None, True])
    assert pair.counts == st.PairedCounts(both=1, only_first=1, only_second=0, neither=0)
    nothing = st.compare_paired([None, True], [True, None])
    assert (nothing.counts.n, nothing.difference, nothing.interval, nothing.p_value) == (0, None, None, 1.0)
    with pytest.raises(ValueError, match="shorter|longer"):
        st.compare_paired([True], [True, False])


def test_extreme_tables_stay_within_bounds():
    for table in ((5, 0, 0, 0), (0, 0, 0, 5), (0, 5, 0, 0), (0, 0, 5, 0), (1, 0, 0, 0), (40, 0, 0, 40)):
        counts = st.PairedCounts(*table)
        interval = paired_difference(counts)
        assert -1 <= interval.low <= counts.difference <= interval.high <= 1
        assert interval.low < interval.high


def test_all_pairs_are_corrected_together():
    rng = np.random.default_rng(4)
    results = {name: (rng.random(150) < share).tolist() for name, share in {"a": 0.8, "b": 0.5, "c": 0.5}.items()}
    pairs = st.compare_all_pairs(results)
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert tuple(pair.adjusted_p_value for pair in pairs) == st.holm([pair.p_value for pair in pairs])
    assert all(pair.adjusted_p_value >= pair.p_value for pair in pairs)
    assert pairs[0].adjusted_p_value < 0.001 < 0.05 < pairs[2].adjusted_p_value
    assert st.compare_all_pairs({"a": [True]}) == st.compare_all_pairs({}) == ()
