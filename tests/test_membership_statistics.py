"""Areas, errors and thresholds of membership attacks against scikit-learn, loops and simulation."""

import numpy as np
import pytest
from scipy.stats import fisher_exact
from sklearn.metrics import roc_auc_score

from robust_emo.statistics.membership import (
    Accused,
    above,
    above_threshold,
    accused_by_best,
    auc_interval,
    chance_error,
    counted,
    detectable_auc,
    detectable_rate,
    more_members_accused,
    roc_auc,
    standard_error,
)

pytestmark = pytest.mark.model_free


def drawn(rng, members, others, *, shift=0.0, folds=5, ties=False):
    member = np.arange(members + others) < members
    scores = rng.normal(size=members + others) + shift * member
    return np.round(scores, 1) if ties else scores, member, np.arange(members + others) % folds


@pytest.mark.parametrize("ties", [False, True])
def test_the_area_of_one_fold_is_scikit_learns(ties):
    scores, member, _ = drawn(np.random.default_rng(1), 80, 120, shift=0.7, ties=ties)
    found = roc_auc(scores, member, np.zeros(200, dtype=np.int64))
    assert found.value == pytest.approx(roc_auc_score(member, scores), abs=1e-12)
    assert abs(found.influence.sum()) < 1e-12


def test_the_standard_error_is_delongs():
    scores, member, _ = drawn(np.random.default_rng(2), 60, 90, shift=0.5)
    mine, others = scores[member], scores[~member]
    wins = (mine[:, None] > others).astype(float)
    expected = np.sqrt(wins.mean(axis=1).var(ddof=1) / 60 + wins.mean(axis=0).var(ddof=1) / 90)
    found = roc_auc(scores, member, np.zeros(150, dtype=np.int64))
    assert standard_error(found.influence) == pytest.approx(expected, rel=0.02)  # ddof is n of both together there


def test_the_area_of_folds_is_their_mean_by_pairs():
    scores, member, fold = drawn(np.random.default_rng(3), 55, 45, shift=1.0, folds=3)
    pairs = [(member[fold == each].sum() * (~member[fold == each]).sum()) for each in range(3)]
    areas = [roc_auc_score(member[fold == each], scores[fold == each]) for each in range(3)]
    assert roc_auc(scores, member, fold).value == pytest.approx(np.average(areas, weights=pairs), abs=1e-12)


def test_texts_of_one_author_count_as_one():
    scores, member, fold = drawn(np.random.default_rng(4), 100, 100, shift=0.5)
    alone = roc_auc(scores, member, fold)
    copied = roc_auc(np.repeat(scores, 4), np.repeat(member, 4), np.repeat(fold, 4))
    names = [str(row) for row in np.repeat(np.arange(200), 4)]
    assert standard_error(copied.influence, names) == pytest.approx(standard_error(alone.influence), rel=1e-9)
    assert standard_error(copied.influence) < 0.6 * standard_error(alone.influence)


def test_intervals_of_the_area_cover_and_tests_hold_their_level():
    rng, covered, alarms = np.random.default_rng(5), 0, 0
    true = 0.6382  # of two normals half a deviation apart
    for _ in range(600):
        found = roc_auc(*drawn(rng, 80, 60, shift=0.5, folds=4))
        interval = auc_interval(found, standard_error(found.influence), 0.95, units=5)
        covered += interval.low <= true <= interval.high
        null = roc_auc(*drawn(rng, 60, 80))
        alarms += above(null.value, 0.5, standard_error(null.influence)) < 0.05
    assert 0.92 <= covered / 600 <= 0.985
    assert alarms / 600 <= 0.08


def test_a_perfect_area_promises_no_certainty():
    scores, member, fold = np.arange(10.0), np.arange(10) >= 5, np.zeros(10, dtype=np.int64)
    found = roc_auc(scores, member, fold)
    interval = auc_interval(found, standard_error(found.influence), 0.95, units=5)
    assert (found.value, interval.high) == (1.0, 1.0)
    assert interval.low == pytest.approx(0.025 ** (1 / 5))  # five of five
    assert above(1.0, 0.5, 0.0) == 0.0
    assert above(0.5, 0.5, 0.0) == 1.0


def test_thresholds_come_from_other_folds():
    member = np.array([True, False] * 400)
    fold = np.repeat([0, 1], 400)
    scores = np.where(fold == 0, 10.0, 0.0) + np.arange(800) / 1e4
    accused = above_threshold(scores, member, fold, 0.01)
    assert accused is not None
    assert accused[fold == 0].all()  # fold 1 knows nothing like it
    assert not accused[fold == 1].any()


def test_one_of_a_hundred_is_accused_wrongly_and_fewer_texts_are_refused():
    rng, wronged = np.random.default_rng(6), 0
    for _ in range(200):
        scores, member, fold = drawn(rng, 100, 500)
        found = counted(above_threshold(scores, member, fold, 0.01), member)
        assert found is not None
        wronged += found.false_positives
    assert 0.008 <= wronged / (200 * 500) <= 0.0115
    assert above_threshold(*drawn(rng, 100, 120), 0.01) is None
    assert above_threshold(*drawn(rng, 100, 500), 0.001) is None
    assert counted(None, member) is None


def test_the_best_threshold_is_learnt_on_texts_apart():
    rng, advantages = np.random.default_rng(7), []
    for _ in range(200):
        advantages.append(accused_by_best(*drawn(rng, 60, 60)).advantage)
    assert abs(np.mean(advantages)) < 0.02  # on the same texts it would be 0.15
    assert accused_by_best(*drawn(rng, 400, 400, shift=1.5)).advantage > 0.45


def test_more_members_accused_is_fishers_exact_test():
    for found, wronged in ((0, 0), (7, 2), (30, 10), (2, 9)):
        expected = fisher_exact([[found, 100 - found], [wronged, 80 - wronged]], alternative="greater").pvalue
        assert more_members_accused(Accused(found, 100, wronged, 80)) == pytest.approx(expected, abs=1e-9)


def test_what_could_be_detected_is_detected_in_four_of_five():
    rng, level = np.random.default_rng(8), 0.01
    least = detectable_auc(0.5, chance_error(150, 150), level)
    shift = np.sqrt(2) * _normal_quantile(least)
    found = [roc_auc(*drawn(rng, 150, 150, shift=shift)) for _ in range(300)]
    hits = np.mean([above(auc.value, 0.5, standard_error(auc.influence)) < level for auc in found])
    assert 0.72 <= hits <= 0.9
    rate = detectable_rate(400, 400, level, 0.01)
    assert rate is not None
    shares = [more_members_accused(Accused(rng.binomial(400, rate), 400, 4, 400)) < level for _ in range(400)]
    assert 0.74 <= np.mean(shares) <= 0.86
    assert detectable_rate(2, 400, 0.0001, 0.01) is None


def _normal_quantile(share):
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def test_scores_that_are_not_finite_and_folds_without_members_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        roc_auc(np.array([np.nan, 1.0]), np.array([True, False]), np.zeros(2, dtype=np.int64))
    with pytest.raises(ValueError, match="every fold"):
        roc_auc(np.zeros(4), np.array([True, False, True, True]), np.array([0, 0, 1, 1]))
