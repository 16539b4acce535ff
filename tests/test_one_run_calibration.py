"""Of simulated trainings with a known ε, at most one in twenty is said to leak more than it does."""

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from robust_emo.statistics.one_run import Guesses, one_run_epsilon
from robust_emo.statistics.one_run_f_dp import gaussian_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian

pytestmark = pytest.mark.model_free

RUNS = 600
MOST = binom.ppf(0.999, RUNS, 0.05) / RUNS
"""A rate that a true 5% exceeds once in a thousand."""


def exceeded(correct, canaries, guesses, epsilon, bound, **settings):
    """Share of runs whose bound is above the true ε."""
    by_count = {count: bound(Guesses(canaries, guesses, int(count)), **settings) for count in np.unique(correct)}
    return np.mean([by_count[count] > epsilon + 1e-9 for count in correct])


def guessed(scores, coins, guesses):
    """Right ones (runs,) where the highest and the lowest scores (runs, canaries) are guessed about."""
    order = np.argsort(-scores, axis=1)
    sorted_coins = np.take_along_axis(coins, order, axis=1)
    half = guesses // 2
    return sorted_coins[:, :half].sum(axis=1) + (~sorted_coins[:, -half:]).sum(axis=1)


@pytest.mark.parametrize("epsilon", [0.5, 2.0, 4.0])
def test_randomised_response_is_as_bad_as_it_gets_and_no_worse(epsilon):
    rng = np.random.default_rng(1)
    right = math.exp(epsilon) / (1 + math.exp(epsilon))
    correct = rng.binomial(200, right, size=RUNS)
    rates = [
        exceeded(correct, 200, 200, epsilon, bound, delta=0.0) for bound in (one_run_epsilon, one_run_epsilon_f_dp)
    ]
    assert max(rates) <= MOST
    assert rates[0] > 0.005  # it is nearly tight: a bound that never errs would be a useless one
    exact = [one_run_epsilon(Guesses(200, 200, count), delta=0.0) > epsilon + 1e-9 for count in range(201)]
    assert binom.pmf(np.arange(201), 200, right)[exact].sum() <= 0.05


@pytest.mark.parametrize("delta", [1e-3, 0.02])
def test_coins_that_are_given_away_at_times_are_what_delta_covers(delta):
    rng = np.random.default_rng(2)
    epsilon, canaries = 1.0, 100
    right = math.exp(epsilon) / (1 + math.exp(epsilon))
    one_by_one = rng.binomial(canaries, delta + (1 - delta) * right, size=RUNS)
    all_at_once = np.where(rng.random(RUNS) < delta, canaries, rng.binomial(canaries, right, size=RUNS))
    for correct in (one_by_one, all_at_once):
        for bound in (one_run_epsilon, one_run_epsilon_f_dp):
            assert exceeded(correct, canaries, canaries, epsilon, bound, delta=delta) <= MOST


@pytest.mark.parametrize("mu", [0.5, 1.7])
@pytest.mark.parametrize("guesses", [50, 200])
def test_gaussian_mechanisms(mu, guesses):
    rng = np.random.default_rng(3)
    delta = 1e-4
    coins = rng.random((RUNS, 200)) < 0.5
    correct = guessed(mu * coins + rng.normal(size=coins.shape), coins, guesses)
    epsilon = gaussian_epsilon(mu, delta=delta)
    for bound in (one_run_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian):
        assert exceeded(correct, 200, guesses, epsilon, bound, delta=delta) <= MOST


def test_canaries_that_fall_or_stand_together():
    """Noise that all of them share makes right guesses come in crowds; nothing may rest on their independence."""
    rng = np.random.default_rng(4)
    mu, delta = 1.0, 1e-4
    coins = rng.random((RUNS, 100)) < 0.5
    # With this covariance, turning one coin over moves the mean by mu and no more, in its own metric.
    shared = rng.normal(size=(RUNS, 1)) * 3
    scores = mu * coins + shared * rng.choice([-1, 1], size=100) + rng.normal(size=coins.shape)
    correct = guessed(scores, coins, 50)
    epsilon = gaussian_epsilon(mu, delta=delta)
    for bound in (one_run_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian):
        assert exceeded(correct, 100, 50, epsilon, bound, delta=delta) <= MOST


def test_the_worst_training_of_its_curve_is_still_within_the_bound():
    """With a twentieth of the probability all guesses are as good as μ lets them be at once; else they are luck."""
    rng = np.random.default_rng(5)
    canaries, often = 200, 0.04
    for mu in (0.5, 1.0):
        # An event of probability x may become Φ(Φ^-1(x) + μ): of probability `often` times right and wrong shares.
        share = next(s for s in np.linspace(0.999, 0.5, 500)
                     if often * s <= norm.cdf(norm.ppf(often * (1 - s)) + mu))  # fmt: skip
        correct = np.where(
            rng.random(RUNS) < often,
            rng.binomial(canaries, share, size=RUNS),
            rng.binomial(canaries, 0.5, size=RUNS),
        )
        delta = 1e-4
        epsilon = gaussian_epsilon(mu, delta=delta)
        assert exceeded(correct, canaries, canaries, epsilon, one_run_epsilon_gaussian, delta=delta) <= MOST


def test_a_training_without_any_leak():
    rng = np.random.default_rng(6)
    correct = rng.binomial(100, 0.5, size=RUNS)
    for bound in (one_run_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian):
        assert exceeded(correct, 400, 100, 0.0, bound, delta=1e-5) <= MOST
