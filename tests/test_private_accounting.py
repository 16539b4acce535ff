"""ε and the noise for it: against the exact formula, and against another accountant than the one that counts."""

import math

import dp_accounting
import pytest
from dp_accounting import pld
from scipy.optimize import brentq
from scipy.stats import norm

from robust_emo.errors import InputError
from robust_emo.training.private.accounting import ACCOUNTANTS, NoisySteps, epsilon, noise_for


def exact(noise, steps, delta):
    """Of the Gaussian mechanism on all of the data (Balle & Wang 2018): steps are one step with less noise."""
    mu = math.sqrt(steps) / noise
    return brentq(lambda e: norm.cdf(mu / 2 - e / mu) - math.exp(e) * norm.cdf(-mu / 2 - e / mu) - delta, 0, 200)


def by_another_accountant(spent, delta):
    step = dp_accounting.GaussianDpEvent(spent.noise_multiplier)
    if spent.sample_rate < 1:
        step = dp_accounting.PoissonSampledDpEvent(spent.sample_rate, step)
    accountant = pld.PLDAccountant()
    accountant.compose(dp_accounting.SelfComposedDpEvent(step, spent.steps))
    return accountant.get_epsilon(delta)


@pytest.mark.parametrize(("noise", "steps"), [(3.25, 40), (7.2, 40), (18.5, 40), (50.0, 40), (1.0, 1), (10.0, 1000)])
def test_on_all_of_the_data_it_is_what_the_formula_says(noise, steps):
    delta = 1 / 3257
    found, wanted = epsilon(NoisySteps(noise, 1.0, steps), delta=delta), exact(noise, steps, delta)
    assert wanted <= found <= 1.02 * wanted  # an upper bound, and a tight one


@pytest.mark.parametrize(
    ("spent", "delta"),
    [
        (NoisySteps(1.0, 0.01, 1000), 1e-5),
        (NoisySteps(0.8, 0.005, 800), 1e-5),
        (NoisySteps(3.0, 0.2, 100), 1e-4),
        (NoisySteps(18.5, 1.0, 40), 3e-4),
    ],
)
def test_another_accountant_agrees_within_two_percent(spent, delta):
    assert epsilon(spent, delta=delta) == pytest.approx(by_another_accountant(spent, delta), rel=0.02)


def test_rdp_is_looser_and_gdp_may_be_too_low():
    found = {name: epsilon(NoisySteps(0.8, 0.005, 800), delta=1e-5, accountant=name) for name in ACCOUNTANTS}
    assert found["rdp"] > found["prv"] > found["gdp"]


def test_more_steps_larger_samples_and_less_noise_cost_more():
    base = epsilon(NoisySteps(2.0, 0.1, 100), delta=1e-5)
    for costlier in (NoisySteps(2.0, 0.1, 200), NoisySteps(2.0, 0.2, 100), NoisySteps(1.5, 0.1, 100)):
        assert epsilon(costlier, delta=1e-5) > base


@pytest.mark.parametrize("target", [0.1, 1.0, 8.0, 50.0])
def test_the_noise_that_is_found_costs_what_was_asked_for_and_not_more(target):
    noise = noise_for(target, delta=1e-4, sample_rate=1.0, steps=40)
    spent = epsilon(NoisySteps(noise, 1.0, 40), delta=1e-4)
    assert 0.998 * target <= spent <= target


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NoisySteps(0.0, 1.0, 1), "noise_multiplier must be above 0"),
        (lambda: NoisySteps(math.nan, 1.0, 1), "noise_multiplier must be above 0"),
        (lambda: NoisySteps(1.0, 0.0, 1), "sample_rate must be above 0"),
        (lambda: NoisySteps(1.0, 1.1, 1), "sample_rate must be above 0 and at most 1"),
        (lambda: NoisySteps(1.0, 1.0, 0), "steps must be at least 1"),
        (lambda: epsilon(NoisySteps(1.0, 1.0, 1), delta=0.0), "delta must be above 0"),
        (lambda: epsilon(NoisySteps(1.0, 1.0, 1), delta=1.0), "delta must be above 0"),
        (lambda: epsilon(NoisySteps(0.05, 1.0, 40), delta=1e-5), "promises nothing"),
        (lambda: epsilon(NoisySteps(1e-5, 1.0, 40), delta=1e-5), "promises nothing"),
        (lambda: epsilon(NoisySteps(0.5, 1.0, 40), delta=1e-5, accountant="gdp"), "gdp gives no epsilon"),
        (lambda: noise_for(0.0, delta=1e-5, sample_rate=1.0, steps=40), "epsilon must be above 0"),
        (lambda: noise_for(math.inf, delta=1e-5, sample_rate=1.0, steps=40), "at most 500"),
        (lambda: noise_for(math.nan, delta=1e-5, sample_rate=1.0, steps=40), "epsilon must be above 0"),
        (lambda: noise_for(8.0, delta=1e-5, sample_rate=2.0, steps=40), "sample_rate must be"),
        (lambda: noise_for(8.0, delta=1e-5, sample_rate=1.0, steps=0), "steps must be"),
        (lambda: noise_for(8.0, delta=1e-15, sample_rate=1.0, steps=40), "gives no epsilon at noise multiplier"),
    ],
)
def test_what_promises_nothing_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
