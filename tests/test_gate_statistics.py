"""How often the gate errs, by simulated audits whose true values are known."""

import itertools

import numpy as np
import pytest

from robust_emo import statistics as st
from robust_emo.gate import evasion_is_certain, exit_code, judge
from robust_emo.gate.evidence import at_confidence, p_value
from robust_emo.gate.regression import Baseline
from robust_emo.policy import Policy
from robust_emo.statistics.paired import PairedCounts, paired_difference
from robust_emo.types import Metric, Section, Threshold, VerdictStatus

pytestmark = pytest.mark.model_free

AUDITS = 2000
PASS, FAIL = VerdictStatus.PASS, VerdictStatus.FAIL


def share(successes, n, label=None):
    bound = st.wilson(successes, n)
    return Metric("recall", successes / n, bound.low, bound.high, n, 0.95, True, label, "wilson")


def policy(**threshold):
    return Policy("simulated", "0", (Threshold("recall", "clean", **threshold),))


def verdicts(rules, metrics):
    return judge(rules, [Section("clean", "clean", "1", {}, tuple(metrics))])


@pytest.mark.parametrize(("bound", "n"), [*itertools.product((0.05, 0.1, 0.5, 0.75, 0.95), (30, 60, 200))])
def test_a_model_on_the_threshold_passes_wrongly_in_at_most_one_audit_of_forty(bound, n):
    counts = np.arange(n + 1)
    chances = np.array([st.binomial_p_value(int(k), n, bound) for k in counts])
    passed = [verdicts(policy(min=bound), [share(int(k), n)])[0].status is PASS for k in counts]
    failed = [verdicts(policy(min=bound), [share(int(k), n)])[0].status is FAIL for k in counts]
    rng = np.random.default_rng(n)
    drawn = rng.binomial(n, bound, size=200_000)
    assert np.mean(np.take(passed, drawn)) <= 0.026
    assert np.mean(np.take(failed, drawn)) <= 0.026
    assert all(chance <= 0.05 for chance, one, other in zip(chances, passed, failed, strict=True) if one or other)


def test_of_twenty_checks_on_their_thresholds_the_gate_passes_or_fails_wrongly_in_at_most_one_audit_of_twenty():
    rng = np.random.default_rng(0)
    rules, labels = policy(min=0.6, per_class=True), [f"emotion {number}" for number in range(20)]
    codes = []
    for row in rng.binomial(120, 0.6, size=(AUDITS, 20)):
        found = verdicts(rules, [share(int(k), 120, label) for k, label in zip(row, labels, strict=True)])
        codes.append(int(exit_code(found, [])))
    assert np.mean(np.array(codes) == 0) <= 0.05
    assert np.mean(np.array(codes) == 1) <= 0.05


def test_one_bad_emotion_among_nineteen_good_ones_does_not_get_through():
    rng = np.random.default_rng(1)
    rules, labels = policy(min=0.6, per_class=True), [f"emotion {number}" for number in range(20)]
    truth = np.array([0.6, *[0.9] * 19])
    codes = [
        int(exit_code(verdicts(rules, [share(int(k), 200, label) for k, label in zip(row, labels, strict=True)]), []))
        for row in rng.binomial(200, truth, size=(AUDITS, 20))
    ]
    assert np.mean(np.array(codes) == 0) <= 0.05
    assert np.mean(np.array(codes) == 1) <= 0.05


def test_without_a_correction_twenty_checks_would_fail_wrongly_far_more_often():
    """What the correction is for: the test above could not fail otherwise."""
    rng = np.random.default_rng(0)
    alone = [
        any(st.clopper_pearson(int(k), 120).high < 0.6 for k in row)
        for row in rng.binomial(120, 0.6, size=(AUDITS, 20))
    ]
    assert np.mean(alone) > 0.2


def paired(both, only_old, only_new, neither):
    counts = PairedCounts(both, only_new, only_old, neither)  # new less old
    bound = paired_difference(counts)
    return Metric("recall_change", counts.difference, bound.low, bound.high, counts.n, 0.95, True, None, bound.method)


@pytest.mark.parametrize("margin", [0.02, 0.05])
def test_a_model_that_is_worse_by_just_the_margin_passes_wrongly_in_at_most_one_audit_of_twenty(monkeypatch, margin):
    rng = np.random.default_rng(2)
    cells = np.array([0.5, 0.08 + margin / 2, 0.08 - margin / 2, 0.34])  # old right in .08 + margin/2 more
    changes = iter([paired(*map(int, row)) for row in rng.multinomial(400, cells, size=AUDITS)])
    monkeypatch.setattr(Baseline, "change", lambda *_: next(changes))
    rules = policy(max_regression=margin)
    found = [
        judge(rules, [Section("clean", "clean", "1", {}, (share(230, 400),))], baseline=Baseline(None, None, {}))[0]
        for _ in range(AUDITS)
    ]
    assert np.mean([verdict.status is PASS for verdict in found]) <= 0.035  # nominal 0.025
    assert np.mean([verdict.status is FAIL for verdict in found]) <= 0.035


def test_stopping_waits_until_a_failure_holds_beside_all_other_checks():
    thresholds = (
        Threshold("accuracy_under_attack", "evasion/deepwordbug", min=0.3),
        Threshold("recall", "clean", min=0.5, per_class=True),
    )
    rules, n = Policy("simulated", "0", thresholds), 100
    first = {}
    for labels in (1, 28):
        for right in range(30, -1, -1):
            bound = st.anytime_interval(right, n)
            metric = Metric(
                "accuracy_under_attack", right / n, bound.low, bound.high, n, 0.95, True, None, bound.method
            )
            section = Section("evasion", "deepwordbug", "1", {}, (metric,))
            if evasion_is_certain(rules, [section], labels=labels):
                first[labels] = right
                break
        recalls = [share(30, 60, f"emotion {number}") for number in range(labels)]
        whole = judge(rules, [section, Section("clean", "clean", "1", {}, tuple(recalls))])
        assert whole[0].status is FAIL
    assert first[28] < first[1]


@pytest.mark.parametrize(("right", "n", "bound"), [(92, 200, 0.5), (150, 200, 0.7), (12, 60, 0.15), (57, 60, 0.9)])
def test_as_many_examples_as_are_asked_for_decide_with_the_power_that_is_promised(right, n, bound):
    """Found by simulation, the number that decides in 80% of audits is within a fifth of what is said."""
    said = st.n_to_decide(right, n, bound)
    rng = np.random.default_rng(3)

    def decided(size):
        drawn = rng.binomial(size, right / n, size=4000)
        status = {int(k): at_confidence(share(int(k), size), None) for k in np.unique(drawn)}
        return np.mean([not status[int(k)].ci_low < bound < status[int(k)].ci_high for k in drawn])

    assert decided(round(said * 0.8)) < 0.8 < decided(round(said * 1.2))


def test_p_values_and_intervals_say_the_same():
    for k, bound in itertools.product(range(0, 61, 4), (0.1, 0.35, 0.5, 0.9)):
        for metric, level in itertools.product((share(k, 60),), (0.9, 0.95, 0.99)):
            found = at_confidence(metric, level)
            outside = not found.ci_low < bound < found.ci_high
            assert outside == (p_value(metric, bound) <= 1 - level)
        anytime = st.anytime_interval(k, 60)
        assert (st.anytime_p_value(k, 60, bound) <= 0.05) == (not anytime.low < bound < anytime.high)


def test_a_bootstrap_interval_is_taken_for_that_of_a_normal_number():
    metric = Metric("macro_f1", 0.70, 0.66, 0.74, 300, 0.95, True, None, "bootstrap")
    assert p_value(metric, 0.66) == pytest.approx(0.05, abs=1e-9)
    assert p_value(metric, 0.74) == pytest.approx(0.05, abs=1e-9)
    assert p_value(metric, 0.60) < 1e-6
    assert p_value(metric, 0.70) is None or p_value(metric, 0.70) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "metric",
    [
        Metric("epsilon", 3.0, 3.0, 3.0, 1, 0.95, False, None, "accountant"),
        Metric("mean_queries", 31.0, None, None, 200, 0.95, True, None, None),
        Metric("recall", None, None, None, 0, 0.95, True, None, "wilson"),
        Metric("epsilon_lower_bound", 1.0, 1.0, None, 300, 0.95, False, None, "one-run"),
    ],
)
def test_numbers_without_chance_or_without_a_second_side_have_no_p_value(metric):
    assert p_value(metric, 0.5) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: st.binomial_p_value(3, 2, 0.5),
        lambda: st.binomial_p_value(1, 2, 1.5),
        lambda: st.anytime_p_value(1, 2, -0.1),
        lambda: st.n_to_decide(1, 2, 1.5),
    ],
)
def test_impossible_counts_and_bounds_are_refused(call):
    with pytest.raises(ValueError, match="expected"):
        call()
