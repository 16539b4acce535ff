"""Waivers: when they hold, when they do not, and how a policy must write them."""

from dataclasses import replace
from datetime import date

import pytest

from robust_emo import statistics as st
from robust_emo.errors import ExitCode, InputError
from robust_emo.gate import Baseline, exit_code, judge
from robust_emo.policy import read_policy
from robust_emo.types import Metric, Section, VerdictStatus

pytestmark = pytest.mark.model_free

SHA = "3f2a9c0d1e4b" + "0" * 52
CHECK = "clean/recall >= 0.5 [fear]"
POLICY = """
[[require]]
section = "clean"
metric = "recall"
per_class = true
min = 0.5

[[waive]]
check = "clean/recall >= 0.5 [fear]"
model_sha = "3f2a9c0d1e4b"
reason = "Too few texts with fear; collected until the end of the year."
owner = "data team"
approver = "J. Doe, model risk"
expires = 2026-12-31
floor = 0.25
"""
DAY = date(2026, 11, 1)


@pytest.fixture
def policy(tmp_path):
    def write(text=POLICY):
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return read_policy(path)

    return write


def recall(successes, n, label):
    bound = st.wilson(successes, n)
    return Metric("recall", successes / n, bound.low, bound.high, n, 0.95, True, label, "wilson")


def judged(rules, fear, *, sha=SHA, today=DAY):
    section = Section("clean", "clean", "1", {}, (recall(90, 100, "joy"), fear))
    return judge(rules, [section], model_sha256=sha, today=today)


@pytest.mark.parametrize(("right", "n"), [(35, 100), (50, 100)])
def test_a_failed_or_undecided_check_is_waived_until_its_day_is_over(policy, right, n):
    for today in (DAY, date(2026, 12, 31)):
        joy, fear = judged(policy(), recall(right, n, "fear"), today=today)
        assert (joy.status, fear.status) == (VerdictStatus.PASS, VerdictStatus.WAIVED)
        assert fear.waiver.owner == "data team"
        assert "Waived until 2026-12-31 by J. Doe, model risk, for data team to mend: Too few texts" in fear.explanation
        assert exit_code([joy, fear], []) is ExitCode.PASS


def test_an_expired_waiver_fails(policy):
    fear = judged(policy(), recall(50, 100, "fear"), today=date(2027, 1, 1))[1]
    assert fear.status is VerdictStatus.FAIL
    assert "Its waiver expired on 2026-12-31, so this check fails." in fear.explanation


def test_a_value_below_the_floor_fails(policy):
    fear = judged(policy(), recall(24, 100, "fear"))[1]
    assert fear.status is VerdictStatus.FAIL
    assert "worse than the floor of its waiver (>= 0.25)" in fear.explanation


@pytest.mark.parametrize("sha", ["4" * 64, None])
def test_another_model_is_not_waived(policy, sha):
    fear = judged(policy(), recall(35, 100, "fear"), sha=sha)[1]
    assert fear.status is VerdictStatus.FAIL
    assert "waiver is for another model" in fear.explanation


def test_what_was_not_measured_is_not_waived(policy):
    missing = Metric("recall", None, None, None, 0, 0.95, True, "fear", None)
    verdicts = judged(policy(), missing)
    assert verdicts[1].status is VerdictStatus.NOT_MEASURED
    assert exit_code(verdicts, []) is ExitCode.INCONCLUSIVE


def test_too_few_examples_are_not_waived(policy):
    text = POLICY.replace("min = 0.5\n", "min = 0.5\nmin_n = 101\n")
    fear = judged(policy(text), recall(60, 100, "fear"))[1]
    assert fear.status is VerdictStatus.INCONCLUSIVE
    assert "too few examples cannot be waived" in fear.explanation.lower()


def test_nobody_waives_for_longer_than_a_year(policy):
    fear = judged(policy(), recall(35, 100, "fear"), today=date(2025, 6, 1))[1]
    assert fear.status is VerdictStatus.FAIL
    assert "longer than a year" in fear.explanation


def test_a_waiver_of_several_checks_of_one_name_is_no_pass(policy):
    again = '\n[[require]]\nsection = "clean"\nmetric = "recall"\nper_class = true\nmin = 0.5\ndecision = "point"\n'
    verdicts = judged(policy(POLICY + again), recall(35, 100, "fear"))
    assert VerdictStatus.WAIVED not in {verdict.status for verdict in verdicts}
    assert "2 checks are called so" in verdicts[-1].explanation
    assert verdicts[-1].threshold.metric == "recall"


@pytest.mark.parametrize(("lost", "status"), [(0.04, VerdictStatus.WAIVED), (0.06, VerdictStatus.FAIL)])
def test_of_a_regression_the_floor_is_an_amount(policy, monkeypatch, lost, status):
    text = POLICY.replace("min = 0.5", "max_regression = 0.02").replace("per_class = true\n", "")
    text = text.replace(CHECK, "clean/recall regression <= 0.02").replace("floor = 0.25", "floor = 0.05")
    change = Metric("recall_change", -lost, -lost - 0.03, -lost + 0.03, 400, 0.95, True, None, "newcombe-paired")
    monkeypatch.setattr(Baseline, "change", lambda *_: change)
    section = Section("clean", "clean", "1", {}, (replace(recall(50, 100, None)),))
    (verdict,) = judge(policy(text), [section], model_sha256=SHA, today=DAY, baseline=Baseline(None, None, {}))
    assert verdict.status is status
    assert ("floor of its waiver (regression <= 0.05)" in verdict.explanation) == (status is VerdictStatus.FAIL)


def test_a_passing_check_needs_no_waiver(policy):
    assert judged(policy(), recall(90, 100, "fear"))[1].status is VerdictStatus.PASS


def test_a_waiver_of_a_check_that_does_not_exist_is_no_pass(policy):
    verdicts = judged(policy(POLICY.replace(CHECK, "clean/recall >= 0.5 [fera]")), recall(90, 100, "fear"))
    assert verdicts[-1].status is VerdictStatus.NOT_MEASURED
    assert "does not make of this audit" in verdicts[-1].explanation
    assert exit_code(verdicts, []) is ExitCode.INCONCLUSIVE


def test_a_maximum_has_a_ceiling_for_a_floor(policy):
    text = POLICY.replace("min = 0.5", "max = 0.5").replace(">= 0.5", "<= 0.5").replace("floor = 0.25", "floor = 0.7")
    assert judged(policy(text), recall(65, 100, "fear"))[1].status is VerdictStatus.WAIVED
    above = judged(policy(text), recall(75, 100, "fear"))[1]
    assert above.status is VerdictStatus.FAIL
    assert "(<= 0.7)" in above.explanation


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('owner = "data team"\n', "", r"number 1: 'owner' is missing"),
        ('owner = "data team"', 'ownr = "x"', "unknown key 'ownr'; did you mean 'owner'"),
        ('"data team"', '"j. doe, model risk"', "must be two people"),
        ('"data team"', '"J Doe Model Risk"', "must be two people"),
        ("2026-12-31", '"2026-12-31"', "'expires' must be a date without quotes"),
        ("2026-12-31", "2026-12-31T10:00:00", "'expires' must be a date"),
        ("0.25", '"0.25"', "'floor' must be a number"),
        ("0.25", "nan", "'floor' must be a number"),
        ("0.25", "true", "'floor' must be a number"),
        ('"3f2a9c0d1e4b"', '"3f2a"', "'model_sha' must be twelve or more"),
        ('"3f2a9c0d1e4b"', '"*"', "'model_sha' must be twelve or more"),
        ('"J. Doe, model risk"', '" "', "'approver' must be a string that is not empty"),
        ("[[waive]]", "[waive]", r"under \[\[waive\]\]"),
    ],
)
def test_a_waiver_that_is_not_understood_is_refused(policy, old, new, message):
    with pytest.raises(InputError, match=message):
        policy(POLICY.replace(old, new))


def test_two_waivers_of_one_check_are_refused(policy):
    waiver = POLICY[POLICY.index("[[waive]]") :]
    with pytest.raises(InputError, match="is waived twice"):
        policy(POLICY + waiver)
