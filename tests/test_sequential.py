"""The interval that may be looked at any time: exact error rates, simulated audits, and what the naive one does."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from robust_emo import statistics as st
from robust_emo.gate import status_of
from robust_emo.types import Metric, Threshold, VerdictStatus

pytestmark = pytest.mark.model_free

ALPHA = 0.05
anytime = cache(st.anytime_interval)
wilson = cache(st.wilson)


def chance_of_ever_missing(interval, share, looks):
    """Exact probability that the interval leaves out the true share at some of the looks: a walk over all counts."""
    alive, missed = np.array([1.0]), 0.0
    for n in range(1, max(looks) + 1):
        grown = np.zeros(n + 1)
        grown[:-1] += alive * (1 - share)
        grown[1:] += alive * share
        if n in looks:
            bounds = [interval(successes, n) for successes in range(n + 1)]
            outside = np.array([not bound.low <= share <= bound.high for bound in bounds])
            missed += grown[outside].sum()
            grown[outside] = 0.0
        alive = grown
    return missed


@pytest.mark.parametrize("share", [0.03, 0.1, 0.5, 0.85])
def test_looking_after_every_example_keeps_the_level_and_the_naive_interval_does_not(share):
    every, batches = range(1, 151), range(10, 151, 10)
    assert chance_of_ever_missing(anytime, share, every) <= ALPHA
    assert chance_of_ever_missing(anytime, share, batches) <= ALPHA
    assert chance_of_ever_missing(wilson, share, batches) > 2 * ALPHA


def verdict(interval, count, n, at_least):
    """What the gate says of one share."""
    bound = interval(count, n)
    metric = Metric("accuracy_under_attack", count / n, bound.low, bound.high, n, 0.95, True, None, bound.method)
    return status_of(Threshold("accuracy_under_attack", "evasion", min=at_least), metric)


def false_verdicts(interval, share, threshold, *, runs=4000, examples=1000, batch=20, seed=0):
    """Share of simulated audits that, stopping at the first verdict, come to the wrong one."""
    draws = np.random.default_rng(seed).random((runs, examples)) < share
    counts = draws.cumsum(axis=1)[:, batch - 1 :: batch]
    wrong = VerdictStatus.PASS if share < threshold else VerdictStatus.FAIL
    open_runs, false = np.ones(runs, dtype=bool), 0
    for look, column in enumerate(counts.T, 1):
        verdicts = {int(count): verdict(interval, int(count), look * batch, threshold) for count in set(column)}
        now = np.array([verdicts[int(count)] for count in column])
        false += int((open_runs & (now == wrong)).sum())
        open_runs &= now == VerdictStatus.INCONCLUSIVE
    return false / runs


@pytest.mark.parametrize(("share", "threshold"), [(0.0999, 0.1), (0.1, 0.1), (0.4999, 0.5), (0.5, 0.5)])
def test_stopping_at_the_first_verdict_is_wrong_no_more_often_than_said(share, threshold):
    # Each side of a two-sided interval errs by half of the level or a little more where the share is near 0 or 1.
    assert false_verdicts(anytime, share, threshold) <= ALPHA
    assert false_verdicts(wilson, share, threshold) > ALPHA


def test_bounds_are_where_the_published_ratio_reaches_its_limit():
    """At the bounds the Beta(1/2, 1/2) prior density over the posterior's is 1/α (Waudby-Smith and Ramdas 2020)."""
    for successes, n, confidence in ((3, 40, 0.95), (120, 200, 0.9), (1, 1, 0.5)):
        bound = st.anytime_interval(successes, n, confidence)
        for share in {bound.low, bound.high} - {0.0, 1.0}:
            prior = stats.beta.pdf(share, 0.5, 0.5)
            posterior = stats.beta.pdf(share, 0.5 + successes, 0.5 + n - successes)
            assert prior / posterior == pytest.approx(1 / (1 - confidence), rel=1e-6)


def test_it_is_wider_than_a_fixed_interval_narrows_with_n_and_mirrors():
    fixed, ours = st.wilson(40, 100), st.anytime_interval(40, 100)
    assert ours.low < fixed.low < fixed.high < ours.high
    more, mirrored = st.anytime_interval(400, 1000), st.anytime_interval(60, 100)
    assert more.high - more.low < ours.high - ours.low
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((ours.low, ours.high))
    assert (st.anytime_interval(0, 0).low, st.anytime_interval(0, 0).high) == (0.0, 1.0)
    assert (st.anytime_interval(0, 50).low, st.anytime_interval(50, 50).high) == (0.0, 1.0)
    assert st.anytime_interval(30, 30).low > 0.8
    assert ours.method == "anytime-beta"


def test_how_many_examples_would_decide():
    assert st.n_to_decide(0, 0, 0.5) is st.n_to_decide(10, 20, 0.5) is None
    needed = st.n_to_decide(92, 200, 0.5)
    assert needed > 200
    draws = np.random.default_rng(3).binomial(needed, 0.46, size=2000)
    decided = np.mean([verdict(wilson, int(k), needed, 0.5) is VerdictStatus.FAIL for k in draws])
    assert decided == pytest.approx(0.8, abs=0.03)
    assert st.n_to_decide(92, 200, 0.5, power=0.5) < needed < st.n_to_decide(92, 200, 0.5, power=0.9)
    assert st.n_to_decide(1, 200, 0.5) == 200


def test_how_many_examples_would_decide_when_looking_all_the_time():
    needed = st.anytime_n_to_decide(30, 50, 0.5)
    at, before = (st.anytime_interval(round(0.6 * n), n) for n in (needed + 5, needed - 10))
    assert before.low < 0.5 < at.low
    assert st.anytime_n_to_decide(9, 10, 0.1) == 10
    assert st.anytime_n_to_decide(25, 50, 0.5) is st.anytime_n_to_decide(0, 0, 0.5) is None
    assert st.anytime_n_to_decide(500_001, 1_000_000, 0.5) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: st.anytime_interval(3, 2), "0 <= successes <= n"),
        (lambda: st.anytime_interval(1, 2, 1.0), "confidence"),
        (lambda: st.anytime_n_to_decide(1, 2, 1.5), "threshold"),
        (lambda: st.n_to_decide(1, 2, 0.5, power=1.0), "power"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
