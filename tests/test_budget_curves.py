"""One run, many budgets: what a success cost decides at which budgets it counts."""

import pytest

from robust_emo import statistics as st
from robust_emo.audits.worst_case import worst_case_curves
from robust_emo.statistics.budget_curves import HEADLINE, QUERY_LIMITS, SHARE_LIMITS, WORD_LIMITS
from robust_emo.types import AttackBudget, AttackOutcome, Status


def success(changed, *, words=20, queries=50):
    return st.Spent(Status.SUCCEEDED, words, changed, queries)


HELD = st.Spent(Status.FAILED, 20, None, 400)
WRONG_BEFORE = st.Spent(Status.SKIPPED, 20, None, 0)
CRASHED = st.Spent(Status.ERRORED, 20, None, None)
RUN = [success(1), success(3), success(4), success(9), HELD, WRONG_BEFORE, CRASHED]


def test_accuracy_falls_with_the_words_allowed():
    points = st.budget_curve(RUN, WORD_LIMITS)
    assert [point.limit.max_words for point in points] == [1, 2, 3, 5]
    assert [(point.right, point.n) for point in points] == [(4, 6), (4, 6), (3, 6), (2, 6)]
    assert [point.accuracy for point in points] == pytest.approx([4 / 6, 4 / 6, 3 / 6, 2 / 6])
    assert points[0].interval == st.wilson(4, 6)


def test_shares_of_words_follow_the_rule_of_the_budget():
    short = [success(1, words=4), success(2, words=4)]
    tenth, fifth = st.budget_curve([*RUN, *short], SHARE_LIMITS)
    assert (tenth.right, tenth.n) == (5, 8)  # 2 words of 20; at least one word of 4
    assert (fifth.right, fifth.n) == (3, 8)  # 4 words of 20


def test_accuracy_falls_with_the_queries_allowed():
    run = [success(1, queries=queries) for queries in (5, 30, 31, 2000)] + [HELD, WRONG_BEFORE]
    points = st.budget_curve(run, QUERY_LIMITS)
    assert [point.right for point in points] == [4, 3, 2, 2, 2, 1]
    assert {point.n for point in points} == {6}


def test_points_beyond_the_runs_own_budget_are_not_measured():
    run = [success(1), success(2), HELD]
    one, two, three, five = st.budget_curve(run, WORD_LIMITS, run=AttackBudget(max_words=2))
    assert (one.right, two.right) == (2, 1)
    assert three == st.BudgetPoint(three.limit, right=0, n=0, accuracy=None, interval=None)
    assert five.accuracy is None
    queries = st.budget_curve(run, QUERY_LIMITS, run=AttackBudget(max_queries=400))
    assert [point.accuracy is None for point in queries] == [False, False, False, False, True, True]


def test_a_point_beyond_the_budget_is_known_where_nothing_was_left_to_attack():
    (point,) = st.budget_curve([success(1), WRONG_BEFORE], [HEADLINE], run=AttackBudget(max_words=1))
    assert (point.right, point.n) == (0, 2)


def test_a_share_is_compared_with_the_runs_words_in_each_text():
    run = AttackBudget(max_words=3)
    short, long = st.Spent(Status.FAILED, 10, None, 9), st.Spent(Status.FAILED, 50, None, 9)
    assert st.budget_curve([short], SHARE_LIMITS, run=run)[1].right == 1
    assert st.budget_curve([short, long], SHARE_LIMITS, run=run)[1].accuracy is None


def test_the_worst_case_needs_one_success_within_the_limit():
    first = [success(2), success(5), HELD, HELD, WRONG_BEFORE, CRASHED, success(1)]
    second = [HELD, success(4), success(3), HELD, WRONG_BEFORE, HELD, CRASHED]
    point = st.worst_case([first, second], HEADLINE)
    assert (point.right, point.n) == (2, 6)  # the second and the fourth hold; the sixth errored and fell to none
    assert point.accuracy <= min(st.budget_curve(run, [HEADLINE])[0].accuracy for run in (first, second))
    with pytest.raises(ValueError, match="shorter|longer"):
        st.worst_case([first, second[:3]], HEADLINE)


def test_an_attack_that_did_not_run_makes_an_upper_bound_of_what_it_might_have_broken():
    first = [success(3), success(1), HELD, WRONG_BEFORE]
    second = [None, None, success(2), None]  # the first two were broken, the last was wrong anyway
    points = [st.worst_case([first, second], limit) for limit in WORD_LIMITS]
    assert [point.right for point in points] == [2, 1, 0, 0]
    assert [point.upper_bound for point in points] == [True, True, False, False]
    assert not st.worst_case([[CRASHED], [None]], HEADLINE).upper_bound  # it counts nowhere


def test_nothing_attacked_is_not_measured_and_edits_are_not_recorded():
    assert st.budget_curve([], [HEADLINE])[0].accuracy is None
    assert st.budget_curve([CRASHED], [HEADLINE])[0].accuracy is None
    with pytest.raises(ValueError, match="characters"):
        st.budget_curve(RUN, [AttackBudget(max_edit_distance=3)])


def test_an_attack_that_changes_one_word_by_itself_leaves_no_gap_in_the_curve_of_all():
    failed = AttackOutcome(
        plugin="one-word",
        example_id="x",
        status=Status.FAILED,
        label=("joy",),
        original="one two three four five",
        perturbed=None,
        predicted=("joy",),
        predicted_after=None,
        num_queries=4,
        words_perturbed=None,
    )
    words, _ = worst_case_curves([[failed]], AttackBudget(max_queries=1000))
    assert [point.accuracy for point in words.points] == [1, 1, 1, 1]
    words, _ = worst_case_curves([[failed]], AttackBudget(max_words=2))
    assert [point.accuracy for point in words.points] == [1, 1, None, None]
