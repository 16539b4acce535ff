"""The sentence on a check in another language: of the same numbers, with the same conclusion as the audit's own."""

from dataclasses import replace

import pytest
from robust_emo_reports.check_sentence import sentence_of
from robust_emo_reports.language import speaking

from robust_emo.gate import judge
from robust_emo.policy import Policy
from robust_emo.privacy_claim import BROKEN_PROMISE
from robust_emo.types import Flag, Metric, Section, Threshold, VerdictStatus, Waiver
from robust_emo.verdict_text import UNPAIRED, checks_told, examples_told

SHA = "ab" * 32
OWN = Metric("macro_f1", 0.7, 0.65, 0.75, 200, 0.95, True, None, "bootstrap")


def section(metric, kind="clean", **changes):
    return Section(kind, kind, "1", {}, (metric,), **changes)


def judged(metric, waivers=(), **threshold):
    asked = Threshold(metric.name, "clean", per_class=metric.label is not None, **threshold)
    policy = Policy("own", "c0" * 32, (asked,), tuple(waivers))
    return judge(policy, [section(metric)], model_sha256=SHA)[0]


def chinese(verdict):
    with speaking("zh"):
        return sentence_of(verdict)


@pytest.mark.parametrize(
    ("threshold", "changes", "sentence"),
    [
        (
            {"min": 0.6},
            {},
            "宏平均 F1：0.700（95% 区间 0.650 至 0.750，n = 200）。"
            "准入策略要求不低于 0.600，整个区间都满足要求，因此本项通过。",
        ),
        (
            {"min": 0.8},
            {"label": "joy"},
            "宏平均 F1（joy）：0.700（95% 区间 0.650 至 0.750，n = 200）。"
            "准入策略要求不低于 0.800，整个区间都不满足要求，因此本项不通过。",
        ),
        (
            {"max": 0.7},
            {"higher_is_better": False},
            "宏平均 F1：0.700（95% 区间 0.650 至 0.750，n = 200）。"
            "准入策略要求不高于 0.700，而区间跨越了阈值，因此本项无法判定。",
        ),
        (
            {"min": 0.6, "decision": "point"},
            {},
            "宏平均 F1：0.700（n = 200）。准入策略要求不低于 0.600，仅按数值判定，因此本项通过。",
        ),
        (
            {"min": 0.6},
            {"ci_low": None, "ci_high": None},
            "宏平均 F1：0.700（n = 200）。准入策略要求不低于 0.600，但没有可供判定的区间，因此本项无法判定。",
        ),
        (
            {"max": 0.6},
            {"ci_high": None},
            "宏平均 F1：至少 0.650（95% 单侧，n = 200）。"
            "准入策略要求不高于 0.600，整个区间都不满足要求，因此本项不通过。",
        ),
        (
            {"min": 0.6, "min_n": 1000},
            {},
            "宏平均 F1：0.700（95% 区间 0.650 至 0.750，n = 200）。准入策略要求至少 1,000 个样本，因此本项无法判定。",
        ),
        (
            {"min": 0.6, "confidence": 0.9},
            {},
            "宏平均 F1：0.700（95% 区间 0.650 至 0.750，n = 200）。"
            "准入策略要求 90% 区间，但由此无法算出，因此本项未测量。",
        ),
        ({"min": 0.6}, {"value": None, "ci_low": None, "ci_high": None}, "宏平均 F1：未测量。"),
    ],
)
def test_every_kind_of_check_has_its_sentence(threshold, changes, sentence):
    found = chinese(judged(replace(OWN, **changes), **threshold))
    assert found.text == sentence
    assert not found.recorded


def test_a_change_since_the_baseline_is_told_in_points():
    change = Metric("accuracy_change", -0.05, -0.07, -0.03, 200, 0.95, True, None, UNPAIRED)
    allowed = Threshold("accuracy", "clean", min=-0.02, max_regression=0.02)
    verdict = replace(judged(OWN, min=0.6), threshold=allowed, metric=change, status=VerdictStatus.FAIL)
    assert chinese(verdict).text == (
        "准确率（相对基线审计的变化）：\u22125.0 个百分点"
        "（95% 区间 \u22127.0 个百分点 至 \u22123.0 个百分点，n = 200，文本未配对）。"
        "准入策略要求相对基线至多变差 2.0 个百分点，整个区间都不满足要求，因此本项不通过。"
    )


def test_what_only_the_sentence_of_the_audit_tells_is_taken_from_it():
    share = Metric("accuracy", 0.52, 0.45, 0.59, 200, 0.95, True, None, "wilson")
    verdict = judged(share, min=0.5)
    needed = examples_told(verdict.explanation)
    assert f"about {needed} examples" in verdict.explanation
    assert f"约需 {needed} 个样本才能判定" in chinese(verdict).text
    low = Metric("recall", 0.3, 0.2, 0.49, 40, 0.95, True, "joy", "wilson")
    metrics = (replace(low, value=0.42, ci_low=0.28, ci_high=0.499, label=str(row)) for row in range(40))
    asked = Policy("own", "c0" * 32, (Threshold("recall", "clean", min=0.5, per_class=True),), ())
    verdicts = judge(asked, [replace(section(low), metrics=tuple(metrics))])
    by_chance = [each for each in verdicts if checks_told(each.explanation)]
    assert by_chance
    assert "在 40 项检查中" in chinese(by_chance[0]).text
    assert checks_told(verdict.explanation) is None
    assert examples_told(by_chance[0].explanation) is None


def test_a_waiver_is_told_and_one_that_does_not_hold_is_left_to_the_audit():
    waiver = Waiver("clean/macro_f1 >= 0.8", SHA[:12], "the next release mends it", "Ada", "Bea", "2099-01-01", 0.6)
    verdict = replace(judged(OWN, min=0.8), status=VerdictStatus.WAIVED, waiver=waiver)
    assert chinese(verdict).text.endswith(
        "由 Bea 批准豁免至 2099-01-01，由 Ada 负责改进。理由：the next release mends it"
    )
    expired = judged(OWN, [replace(waiver, expires="2020-01-01")], min=0.8)
    assert (chinese(expired).text, chinese(expired).recorded) == (expired.explanation, True)


def test_a_broken_promise_says_both_numbers():
    bound = Metric("epsilon_lower_bound", 3.0, 2.5, None, 500, 0.95, False, None, "clopper-pearson")
    promise = Metric("epsilon", 1.0, None, None, 500, 0.95, False)
    told = replace(section(bound, "privacy"), metrics=(bound, promise), flags=(Flag(BROKEN_PROMISE, True, "seen"),))
    (verdict,) = judge(Policy("own", "c0" * 32, (), ()), [told])
    assert (
        chinese(verdict).text == "模型违背了其隐私承诺：攻击表明 ε 至少为 2.50，而账本承诺的是 1.00，因此本项不通过。"
    )


def test_what_was_not_measured_for_another_reason_stays_in_the_words_of_the_audit_with_people_masked():
    broken = replace(section(OWN), metrics=(), error="ValueError: bad text of ada@example.org")
    asked = Policy("own", "c0" * 32, (Threshold("macro_f1", "clean", min=0.5),), ())
    (verdict,) = judge(asked, [broken])
    found = chinese(verdict)
    assert found.recorded
    assert "could not be measured" in found.text
    assert "ada@" not in found.text


def test_in_english_the_sentence_is_the_one_of_the_audit():
    verdict = judged(OWN, min=0.6)
    assert (sentence_of(verdict).text, sentence_of(verdict).recorded) == (verdict.explanation, True)
