"""One-run bounds: against slow loops, linear programs, and mechanisms whose every output can be gone through."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from dp_accounting import get_epsilon_gaussian
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm

from robust_emo.statistics.exposure import exposures
from robust_emo.statistics.one_run import Guesses, one_run_epsilon, one_run_p_value
from robust_emo.statistics.one_run_f_dp import (
    f_dp_allows,
    gaussian_delta,
    gaussian_epsilon,
    one_run_epsilon_f_dp,
    one_run_epsilon_gaussian,
    one_run_mu,
)

pytestmark = pytest.mark.model_free

SEEN = [Guesses(400, 100, 100), Guesses(400, 100, 83), Guesses(50, 50, 31), Guesses(12, 8, 8), Guesses(30, 10, 0)]


def p_value_by_loop(seen, epsilon, delta):
    """Theorem 5.2 in exact arithmetic on the binomial."""
    q = Fraction(math.exp(epsilon) / (1 + math.exp(epsilon)))
    m, r, v = seen.canaries, seen.guesses, seen.correct
    mass = [float(math.comb(r, i) * q**i * (1 - q) ** (r - i)) for i in range(r + 1)]
    extra = max((sum(mass[v - i : v]) / i for i in range(1, v + 1)), default=0.0)
    return min(1.0, sum(mass[v:]) + 2 * m * delta * extra)


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize(("epsilon", "delta"), [(0.0, 0.0), (0.5, 1e-5), (2.0, 1e-3), (6.0, 0.01)])
def test_the_p_value_is_that_of_a_loop(seen, epsilon, delta):
    found = one_run_p_value(seen, epsilon=epsilon, delta=delta)
    assert found == pytest.approx(p_value_by_loop(seen, epsilon, delta), abs=1e-9)


@pytest.mark.parametrize("seen", SEEN)
def test_the_bound_is_where_the_p_value_crosses(seen):
    bound = one_run_epsilon(seen, delta=1e-5)
    if bound == 0:
        assert p_value_by_loop(seen, 0.0, 1e-5) >= 0.05
    else:
        assert p_value_by_loop(seen, bound - 1e-6, 1e-5) < 0.05 <= p_value_by_loop(seen, bound + 1e-6, 1e-5)


def test_all_right_has_a_closed_form():
    q = 0.05 ** (1 / 100)
    assert one_run_epsilon(Guesses(100, 100, 100), delta=0.0) == pytest.approx(math.log(q / (1 - q)), abs=1e-9)
    assert 3.48 < one_run_epsilon(Guesses(400, 100, 100), delta=1e-5) < 3.49


def test_more_right_guesses_never_show_less():
    for bound in (
        lambda seen: one_run_epsilon(seen, delta=1e-4),
        lambda seen: one_run_epsilon_f_dp(seen, delta=1e-4),
        lambda seen: one_run_epsilon_gaussian(seen, delta=1e-4),
    ):
        found = [bound(Guesses(120, 40, correct)) for correct in range(41)]
        assert found == sorted(found)
        assert found[20] == 0
        assert found[40] > 2


@pytest.mark.parametrize("wrong", [(5, 6, 1), (5, 5, 6), (5, 0, 0), (5, 3, -1)])
def test_guesses_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="canaries"):
        Guesses(*wrong)


def test_numbers_out_of_range_are_refused():
    seen = Guesses(10, 4, 2)
    with pytest.raises(ValueError, match="epsilon"):
        one_run_p_value(seen, epsilon=-1.0, delta=0.0)
    with pytest.raises(ValueError, match="delta"):
        one_run_epsilon_f_dp(seen, delta=1.0)
    with pytest.raises(ValueError, match="confidence"):
        one_run_mu(seen, confidence=1.0)


# --- f-DP: the recursion against linear programs ---------------------------------------------------------------------


def most_probable(seen, tangents):
    """The largest chance of v or more right guesses, by a linear program.

    `tangents`: (slope, height) of lines whose smallest is F. A gap between F and tangents at some points is closed by
    adding those at the solution.
    """
    m, r, v = seen.canaries, seen.guesses, seen.correct
    rows, limits = [], []
    for i in range(1, r + 1):
        right = np.array([level / m if level >= i else 0 for level in range(r + 1)])
        wrong = np.array([(r - level) / m if level >= i - 1 else 0 for level in range(r + 1)])
        for slope, height in tangents:
            rows.append(right - slope * wrong)
            limits.append(height)
    aim = [-float(level >= v) for level in range(r + 1)]
    solved = linprog(aim, rows, limits, np.ones((1, r + 1)), [1.0], bounds=(0, 1), method="highs")
    assert solved.status == 0
    return -solved.fun, np.asarray(solved.x)


def approximate(epsilon, delta):
    """The inverse of F of all (ε, δ)-private trainings."""
    return lambda y: max(0.0, (y - delta) * math.exp(-epsilon), 1 - delta - math.exp(epsilon) * (1 - y))


def gaussian(mu):
    return lambda y: float(norm.cdf(norm.ppf(y) - mu))


def by_bisection(seen, inverse):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f_dp_allows(seen, inverse, probability=middle) else (low, middle)
    return low


@pytest.mark.parametrize("seen", [Guesses(8, 8, 8), Guesses(20, 8, 7), Guesses(30, 12, 9)])
@pytest.mark.parametrize(("epsilon", "delta"), [(0.3, 0.0), (1.0, 1e-3), (2.5, 0.02)])
def test_the_recursion_finds_what_a_linear_program_finds(seen, epsilon, delta):
    tangents = [(math.exp(epsilon), delta), (math.exp(-epsilon), 1 - math.exp(-epsilon) * (1 - delta)), (0.0, 1.0)]
    assert by_bisection(seen, approximate(epsilon, delta)) == pytest.approx(most_probable(seen, tangents)[0], abs=1e-7)


def test_the_gaussian_recursion_finds_what_cutting_planes_find():
    seen, mu = Guesses(16, 8, 7), 1.2

    def tangent(x):
        z = norm.ppf(x)
        slope = math.exp(-mu * z - mu**2 / 2)
        return slope, float(norm.cdf(z + mu)) - slope * x

    tangents = [tangent(x) for x in np.linspace(1e-4, 0.999, 40)] + [(0.0, 1.0)]
    for _ in range(40):
        most, levels = most_probable(seen, tangents)
        wrong = [float(sum((8 - k) / 16 * levels[k] for k in range(i - 1, 9))) for i in range(1, 9)]
        tangents += [tangent(x) for x in wrong if 1e-12 < x < 1]
    assert by_bisection(seen, gaussian(mu)) == pytest.approx(most, abs=1e-6)


def test_mu_is_where_the_gaussian_curve_is_no_longer_refused():
    seen = Guesses(400, 100, 92)
    mu = one_run_mu(seen)
    for value, allowed in ((mu - 1e-6, False), (mu + 1e-6, True)):
        assert f_dp_allows(seen, gaussian(value), probability=0.05) is allowed
    assert one_run_epsilon_gaussian(seen, delta=1e-5) == pytest.approx(gaussian_epsilon(mu, delta=1e-5))


@pytest.mark.parametrize(("mu", "epsilon"), [(0.5, 0.1), (1.7, 8.0), (3.0, 2.0)])
def test_the_gaussian_delta_is_an_integral(mu, epsilon):
    def excess(x):
        return max(0.0, norm.pdf(x - mu) - math.exp(epsilon) * norm.pdf(x))

    start = epsilon / mu + mu / 2  # where the ratio is e^ε
    integral = quad(excess, start, start + 40, epsabs=1e-13)[0]
    delta = gaussian_delta(mu, epsilon=epsilon)
    assert delta == pytest.approx(integral, rel=1e-6)
    assert gaussian_epsilon(mu, delta=delta) == pytest.approx(epsilon, abs=1e-6)
    assert gaussian_epsilon(mu, delta=1e-5) == pytest.approx(get_epsilon_gaussian(1 / mu, 1e-5), rel=1e-6)
    assert gaussian_epsilon(0.0, delta=0.1) == 0


# --- the theorems themselves, on mechanisms whose every output can be looked at --------------------------------------


def random_mechanism(rng, m, outputs):
    """(2^m, outputs), rows sum to 1: randomised response on each coin, mixed up, with something given away at times."""
    coins = np.array(list(itertools.product([0, 1], repeat=m)))
    table = rng.dirichlet(np.full(outputs, 0.5), size=len(coins)) * rng.choice([0.02, 0.3])
    keep = rng.uniform(0.5, 0.95)
    for number, row in enumerate(coins):
        for told in range(min(outputs, len(coins))):
            same = int((coins[told] == row).sum())
            table[number, told] += keep**same * (1 - keep) ** (m - same)
    return coins, table / table.sum(axis=1, keepdims=True)


def delta_of(coins, table, epsilon):
    """The least δ of all neighbours, which differ in one coin."""
    pairs = [(a, b) for a in range(len(coins)) for b in range(len(coins)) if (coins[a] != coins[b]).sum() == 1]
    return max(float(np.maximum(table[a] - math.exp(epsilon) * table[b], 0).sum()) for a, b in pairs)


def chances(coins, table, guesses):
    """P[v or more of `guesses` are right], for v from 0 on, of somebody who guesses where the coins are surest."""
    probability = table / len(coins)
    heads = probability.T @ coins / probability.sum(axis=0)[:, None]
    chance = np.zeros(guesses + 2)
    for output in range(table.shape[1]):
        surest = np.argsort(-np.abs(heads[output] - 0.5), kind="stable")[:guesses]
        right = (coins[:, surest] == (heads[output, surest] > 0.5)).sum(axis=1)
        np.add.at(chance, right, probability[:, output])
    return np.cumsum(chance[::-1])[::-1][:-1]


@pytest.mark.parametrize("seed", range(30))
def test_no_small_mechanism_is_guessed_better_than_the_bounds_allow(seed):
    rng = np.random.default_rng(seed)
    m = int(rng.integers(2, 5))
    coins, table = random_mechanism(rng, m, 2**m)
    guesses = int(rng.integers(1, m + 1))
    for epsilon in (0.1, 0.5, 1.0, 2.0, 3.0):
        delta = delta_of(coins, table, epsilon)
        for correct, chance in enumerate(chances(coins, table, guesses)):
            seen = Guesses(m, guesses, correct)
            assert chance <= one_run_p_value(seen, epsilon=epsilon, delta=min(1.0, delta)) + 1e-9
            assert chance <= 1e-9 or f_dp_allows(seen, approximate(epsilon, delta), probability=chance - 1e-9)


def test_randomised_response_is_guessed_exactly_as_well_as_the_bound_allows():
    epsilon = 1.3
    keep = math.exp(epsilon) / (1 + math.exp(epsilon))
    coins = np.array(list(itertools.product([0, 1], repeat=4)))
    same = (coins[:, None] == coins[None]).sum(axis=2)
    table = keep**same * (1 - keep) ** (4 - same)
    assert delta_of(coins, table, epsilon) == pytest.approx(0, abs=1e-12)
    found = [one_run_p_value(Guesses(4, 3, correct), epsilon=epsilon, delta=0.0) for correct in range(4)]
    assert chances(coins, table, 3) == pytest.approx(found, abs=1e-12)


def test_exposure_is_what_counting_says():
    rng = np.random.default_rng(5)
    inserted, held_out = rng.normal(1, 1, size=40), np.round(rng.normal(size=60), 1)
    inserted[:5] = held_out[:5]  # ties
    wanted = [math.log2(61) - math.log2(1 + sum(other >= one for other in held_out)) for one in inserted]
    assert exposures(inserted, held_out) == pytest.approx(wanted, abs=1e-12)
    assert exposures([9.0, -9.0], held_out) == pytest.approx([math.log2(61), 0])


def test_canaries_that_were_never_seen_have_the_exposure_that_chance_gives():
    rng = np.random.default_rng(0)
    means = [exposures(rng.normal(size=100), rng.normal(size=400)).mean() for _ in range(300)]
    assert np.mean(means) == pytest.approx(1 / math.log(2), abs=0.03)
