"""Metrics, intervals and corrections against scipy, scikit-learn and published values, and by their properties."""

import time

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from robust_emo import statistics as st

pytestmark = pytest.mark.model_free

LABELS = ("anger", "joy", "optimism", "sadness")


def single_label(n=400, right=0.7, seed=1, labels=4):
    rng = np.random.default_rng(seed)
    gold = rng.integers(labels, size=n)
    predicted = np.where(rng.random(n) < right, gold, rng.integers(labels, size=n))
    return gold, predicted, np.eye(labels, dtype=bool)[gold], np.eye(labels, dtype=bool)[predicted]


def multi_label(n=300, labels=7, seed=2):
    rng = np.random.default_rng(seed)
    gold = rng.random((n, labels)) < np.linspace(0.05, 0.4, labels)
    return gold, np.where(rng.random(gold.shape) < 0.85, gold, ~gold)


# --- intervals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 30), (7, 30), (24, 200), (199, 200), (5, 5)])
def test_proportion_intervals_agree_with_scipy(successes, n, confidence):
    for ours, method in ((st.wilson, "wilson"), (st.clopper_pearson, "exact")):
        interval = ours(successes, n, confidence)
        theirs = stats.binomtest(successes, n).proportion_ci(confidence, method=method)
        assert (interval.low, interval.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
        assert 0 <= interval.low <= successes / n <= interval.high <= 1


def test_wilson_matches_the_published_example():
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    interval = st.wilson(81, 263)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_the_exact_interval_holds_the_wilson_one_at_the_edges_and_narrows_with_n():
    assert st.clopper_pearson(10, 100).high > st.wilson(10, 100).high > st.wilson(100, 1000).high


@pytest.mark.parametrize("interval", [st.wilson, st.clopper_pearson])
def test_a_proportion_of_nothing_is_unknown_and_nonsense_is_refused(interval):
    assert interval(0, 0) is None
    for successes, n, confidence in ((3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)):
        with pytest.raises(ValueError, match=r"expected 0 <=|confidence must"):
            interval(successes, n, confidence)


def test_wilson_covers_as_often_as_it_says():
    draws = np.random.default_rng(0).binomial(60, 0.85, size=4000)
    bounds = {int(k): st.wilson(int(k), 60) for k in set(draws)}
    covered = np.mean([bounds[int(k)].low <= 0.85 <= bounds[int(k)].high for k in draws])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_mean_t_agrees_with_scipy_and_needs_two_values():
    values = np.random.default_rng(3).normal(5, 2, size=25)
    low, high = stats.t.interval(0.9, 24, loc=values.mean(), scale=stats.sem(values))
    interval = st.mean_t(values, 0.9)
    assert (interval.low, interval.high, interval.method) == pytest.approx((low, high, "t"))
    assert st.mean_t([1.0]) is None


# --- bootstrap -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_both_bootstraps_agree_with_scipy(method):
    values = np.random.default_rng(4).gamma(2.0, size=150)
    names = {"percentile": "percentile", "bca": "BCa"}
    rng = np.random.default_rng(0)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method=names[method], rng=rng)
    wanted = pytest.approx(tuple(theirs.confidence_interval), rel=0.01)
    rows = st.bootstrap(np.mean, values, seed=1, n_resamples=8000, method=method)
    totals = st.bootstrap_mean(values, seed=1, n_resamples=20_000, method=method)
    assert (rows.low, rows.high) == wanted
    assert (totals.low, totals.high) == wanted


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_totals_over_cells_are_the_bootstrap_over_rows(method):
    _, _, gold_flags, predicted_flags = single_label(n=150)

    def macro(gold, predicted):
        return st.LabelCounts.of(gold, predicted).macro_f1

    rows = st.bootstrap(macro, gold_flags, predicted_flags, seed=5, n_resamples=4000, method=method)
    cells = st.f1_intervals(gold_flags, predicted_flags, seed=6, n_resamples=8000, method=method).macro
    assert (cells.low, cells.high) == pytest.approx((rows.low, rows.high), abs=0.006)


def test_the_order_of_examples_does_not_matter_and_the_seed_decides():
    _, _, gold, predicted = single_label()
    shuffled = np.random.default_rng(9).permutation(len(gold))
    first = st.f1_intervals(gold, predicted, seed=0)
    assert st.f1_intervals(gold[shuffled], predicted[shuffled], seed=0) == first
    assert st.f1_intervals(gold, predicted, seed=0) == first
    assert st.f1_intervals(gold, predicted, seed=1) != first


def test_copies_within_a_source_widen_only_the_clustered_interval():
    values = np.random.default_rng(7).normal(size=60)
    sources = [f"author-{number}" for number in range(60)]
    once = st.bootstrap_mean(values, seed=0)
    blind = st.bootstrap_mean(np.repeat(values, 9), seed=0)
    clustered = st.bootstrap_mean(np.repeat(values, 9), seed=0, clusters=np.repeat(sources, 9).tolist())
    assert clustered.method == "bootstrap-clustered"
    assert clustered.high - clustered.low == pytest.approx(once.high - once.low, rel=0.1)
    assert blind.high - blind.low == pytest.approx((once.high - once.low) / 3, rel=0.1)


def test_clusters_of_unequal_size_agree_in_both_bootstraps():
    rng = np.random.default_rng(8)
    sources = rng.integers(40, size=200)
    values = rng.normal(size=40)[sources] + rng.normal(size=200)
    names = [f"author-{number}" for number in sources]
    rows = st.bootstrap(np.mean, values, seed=0, n_resamples=4000, clusters=names)
    totals = st.bootstrap_mean(values, seed=1, n_resamples=8000, clusters=names)
    assert (rows.low, rows.high) == pytest.approx((totals.low, totals.high), abs=0.04)


def test_few_sources_widen_the_interval_as_students_t_does_and_very_few_have_none():
    rng = np.random.default_rng(12)
    held = 0
    for number in range(200):
        shares = rng.beta(6, 2, size=6)  # six authors, right 75% of the time on average
        right = (rng.random((6, 15)) < shares[:, None]).ravel().astype(float)
        names = np.repeat([f"author-{author}" for author in range(6)], 15).tolist()
        interval = st.bootstrap_mean(right, seed=number, n_resamples=1000, clusters=names)
        held += interval.low <= 0.75 <= interval.high
    assert held / 200 >= 0.88
    assert st.bootstrap_mean(np.arange(60.0), seed=0, clusters=["a", "b", "c", "d"] * 15) is None


def test_one_example_or_one_source_has_no_interval():
    assert st.bootstrap_mean([1.0], seed=0) is None
    assert st.bootstrap_mean([], seed=0) is None
    assert st.bootstrap_mean([1.0, 2.0], seed=0, clusters=["a", "a"]) is None
    assert st.bootstrap(np.mean, [1.0], seed=0) is None
    with pytest.raises(ValueError, match="2 examples but 1 clusters"):
        st.bootstrap_mean([1.0, 2.0], seed=0, clusters=["a"])


def test_a_rare_label_that_is_never_found_keeps_weighing_on_macro_f1():
    gold = st.label_flags([("joy",)] * 998 + [("anger",)] * 2, LABELS)
    predicted = st.label_flags([("joy",)] * 1000, LABELS)
    assert st.f1_intervals(gold, predicted, seed=0).macro.high <= 0.5


def test_the_macro_f1_interval_covers_as_often_as_it_says():
    truth = st.LabelCounts.of(*single_label(n=400_000, seed=0)[2:]).macro_f1
    covered = 0
    for seed in range(150):
        interval = st.f1_intervals(*single_label(n=200, seed=seed)[2:], seed=seed, n_resamples=500).macro
        covered += interval.low <= truth <= interval.high
    assert covered / 150 == pytest.approx(0.95, abs=0.05)


def test_1421_examples_and_2000_resamples_take_no_time():
    _, _, gold, predicted = single_label(n=1421)
    started = time.perf_counter()
    st.f1_intervals(gold, predicted, seed=0, n_resamples=2000)
    assert time.perf_counter() - started < 0.3


# --- classification --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [single_label(n=90)[2:], multi_label()], ids=["single", "multi"])
def test_point_metrics_agree_with_scikit_learn(flags):
    gold, predicted = flags
    counts = st.LabelCounts.of(gold, predicted)
    precision, recall, f1, _ = sk.precision_recall_fscore_support(gold, predicted, zero_division=0)
    for ours, theirs in ((counts.precision, precision), (counts.recall, recall), (counts.f1, f1)):
        np.testing.assert_allclose(ours, theirs)
    assert counts.macro_f1 == pytest.approx(sk.f1_score(gold, predicted, average="macro"))
    assert counts.micro_f1 == pytest.approx(sk.f1_score(gold, predicted, average="micro"))
    assert st.accuracy(gold, predicted) == pytest.approx(sk.accuracy_score(gold, predicted))


def test_a_label_never_predicted_counts_zero_and_an_absent_one_not_at_all():
    gold = st.label_flags([("joy",), ("joy",), ("anger",)], LABELS)
    predicted = st.label_flags([("joy",), ("joy",), ("joy",)], LABELS)
    counts = st.LabelCounts.of(gold, predicted)
    assert counts.f1.tolist() == [0.0, 0.8, 0.0, 0.0]
    assert counts.precision.tolist() == [0.0, pytest.approx(2 / 3), 0.0, 0.0]
    wanted = sk.f1_score(["joy", "joy", "anger"], ["joy"] * 3, average="macro", zero_division=0)
    assert counts.macro_f1 == pytest.approx(wanted) == pytest.approx(0.4)


def test_confusion_matrix_counts_gold_by_predicted():
    gold, predicted, *_ = single_label(n=120)
    names = np.array(LABELS)
    matrix = st.confusion_matrix(names[gold].tolist(), names[predicted].tolist(), LABELS)
    assert matrix.counts == tuple(map(tuple, sk.confusion_matrix(gold, predicted).tolist()))
    with pytest.raises(KeyError):
        st.confusion_matrix(["joy"], ["boredom"], LABELS)


def test_nothing_measured_is_none():
    empty = np.zeros((0, 4), dtype=bool)
    assert st.accuracy(empty, empty) is None
    assert st.f1_intervals(empty, empty, seed=0) is None
    assert st.expected_calibration_error([], []) is None


def test_shapes_that_disagree_are_refused():
    with pytest.raises(ValueError, match="gold has shape"):
        st.LabelCounts.of(np.zeros((2, 3), dtype=bool), np.zeros((2, 4), dtype=bool))


# --- calibration -----------------------------------------------------------------------------------------------


def test_calibration_error_by_hand_with_edges_in_the_lower_bin():
    # 1/15 is the upper edge of the first bin; 0 belongs to it too; 1.0 ends the last one.
    calibration = st.expected_calibration_error([0.0, 1 / 15, 0.9, 1.0], [False, True, True, True])
    assert len(calibration.bins) == 15
    assert [part.n for part in calibration.bins if part.n] == [2, 1, 1]
    assert calibration.bins[0].n == 2
    assert calibration.bins[0].accuracy == 0.5
    assert calibration.bins[5].confidence is None
    assert calibration.error == pytest.approx((2 * (0.5 - 1 / 30) + 0.1 + 0.0) / 4)


def test_calibration_error_finds_overconfidence_and_its_interval_holds_it():
    rng = np.random.default_rng(11)
    sure = rng.uniform(0.5, 1.0, size=1500)
    right = rng.random(1500) < sure - 0.2
    error = st.expected_calibration_error(sure, right).error
    interval = st.expected_calibration_error_interval(sure, right, seed=0, n_resamples=1000, confidence=0.9)
    assert error == pytest.approx(0.2, abs=0.03)
    assert interval.low < 0.2 < interval.high
    honest = st.expected_calibration_error(sure, rng.random(1500) < sure).error
    assert honest < 0.06


def test_the_interval_of_the_calibration_error_does_not_convict_the_honest():
    rng = np.random.default_rng(13)
    lows = []
    for number in range(60):
        sure = rng.uniform(0.4, 1.0, size=100)
        right = rng.random(100) < sure
        interval = st.expected_calibration_error_interval(sure, right, seed=number, n_resamples=500)
        error = st.expected_calibration_error(sure, right).error
        assert 0 <= interval.low <= error <= interval.high <= 1
        assert interval.high - interval.low > 0.02
        lows.append(interval.low)
    assert np.mean(np.array(lows) < 0.02) > 0.7  # the true error is 0, the measured one about 0.1


def test_calibration_refuses_what_is_no_probability():
    for wrong in ([1.2], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="must lie in"):
            st.expected_calibration_error(wrong, [True])
    with pytest.raises(ValueError, match="two \\(n,\\) arrays"):
        st.expected_calibration_error([0.5, 0.6], [True])


# --- comparison and corrections --------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (12, 3), (0, 30), (400, 470)])
def test_mcnemar_is_the_exact_binomial_test(first, second):
    wanted = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert st.mcnemar(first, second) == pytest.approx(wanted, rel=1e-9)
    assert st.mcnemar(second, first) == st.mcnemar(first, second)


def test_holm_by_hand():
    assert st.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert st.holm([0.9, 0.8]) == (1.0, 1.0)
    assert st.holm([]) == ()


def test_benjamini_hochberg_agrees_with_scipy_and_is_never_stricter_than_holm():
    p_values = np.random.default_rng(12).random(20) ** 3
    adjusted = st.benjamini_hochberg(p_values)
    np.testing.assert_allclose(adjusted, stats.false_discovery_control(p_values))
    assert all(p <= q <= h for p, q, h in zip(p_values, adjusted, st.holm(p_values), strict=True))


@pytest.mark.parametrize("correction", [st.holm, st.benjamini_hochberg])
def test_corrections_follow_their_values_and_refuse_nonsense(correction):
    p_values = [0.2, 0.001, 0.04, 0.04]
    order = [3, 0, 2, 1]
    adjusted = correction(p_values)
    assert correction([p_values[i] for i in order]) == tuple(adjusted[i] for i in order)
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="p-values must lie"):
            correction([0.5, wrong])


def test_holm_keeps_the_family_wise_error():
    p_values = np.random.default_rng(13).random((2000, 10))
    alarms = np.mean([min(st.holm(family)) <= 0.05 for family in p_values])
    assert alarms == pytest.approx(0.05, abs=0.015)
