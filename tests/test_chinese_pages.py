"""The Chinese page: all of it is Chinese but for sentences that come from outside, which are marked as English."""

from dataclasses import replace

import pytest
import report_factory as factory
from robust_emo_reports.examples_view import examples_view
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.invalid_reasons import reasons_text
from robust_emo_reports.language import speaking
from robust_emo_reports.ledger_view import ledger_view
from robust_emo_reports.personal_view import personal_view
from robust_emo_reports.verdict_view import verdict_view
from shown_page import ShownPage
from test_report_privacy import LEDGER, membership_section

from robust_emo.types import PersonalCount, PersonalKind, Section


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes(examples=40)


def page(report, outcomes, language="zh"):
    html = HtmlReporter(language=language).render(report, outcomes).decode()
    return html, ShownPage(html).words


def test_attacks_and_examples_are_told_in_chinese(outcomes):
    _, words = page(factory.make_report(outcomes), outcomes)
    for told in ("所有攻击合计", "逐项攻击", "跳过", "次已检查的成功中有", "次查询"):
        assert told in words
    assert "skipped (wrong before)" not in words


def test_errors_and_gaps_are_told_where_a_catalogue_knows_them_and_marked_as_english_elsewhere(outcomes):
    report = factory.defended(factory.make_report(outcomes))
    html, words = page(report, outcomes)
    assert '未能在当时的环境中运行：<span lang="en">attack pwws needs WordNet' in html
    assert '<span lang="en">A misspelling that is another word' in html
    assert "换成的词若拼写正确，则保持不变。" in words
    assert "它所还原的那类改动" in words
    assert '<span lang="en">' not in page(report, outcomes, "en")[0]


def test_findings_of_membership_are_told_in_chinese(outcomes):
    report = factory.make_report(outcomes)
    report = replace(report, sections=(*report.sections, membership_section()))
    told = '<p class="sub">模型泄露了训练所用的文本：loss, &lt;b&gt;quantile 能区分成员与非成员。</p>'
    assert told in page(report, outcomes)[0]
    assert '<p class="sub">The model leaks who it was trained on' in page(report, outcomes, "en")[0]


@pytest.mark.parametrize(
    ("unit", "english", "chinese"), [("example", "single text", "一条文本"), ("author", "single author", "一个 author")]
)
def test_a_ledger_names_what_it_hides(unit, english, chinese):
    ledger = replace(LEDGER, unit=unit)
    assert english in ledger_view(ledger).promise
    with speaking("zh"):
        view = ledger_view(ledger)
    assert chinese in view.promise
    assert "20.0%" in view.meaning


def test_personal_data_is_counted_in_whole_sentences():
    kinds = (PersonalKind("name", 2, 2),)
    counts = (PersonalCount("training", 3000, 2, kinds), PersonalCount("audited", 20, 0, ()))
    section = Section("privacy", "personal-data", "1", {}, personal=counts)
    english = personal_view(section)
    assert english.finding == "Personal data was found in 2 of 3,000 training texts and in 0 of 20 audited texts."
    assert english.sets == ("Training texts with it", "Audited texts with it")
    with speaking("zh"):
        assert (
            personal_view(section).finding == "在 3,000 条训练文本中的 2 条和 20 条受审文本中的 0 条中发现了个人数据。"
        )


def test_a_reason_that_is_not_ours_stands_as_it_is(outcomes):
    doubted = [replace(o, invalid_reasons=("{new_one}", "negation")) for o in outcomes if o.valid is False][:1]
    assert reasons_text(doubted).endswith("{new_one} (1); a negation came or went (1)")
    with speaking("zh"):
        assert reasons_text(doubted).endswith("{new_one}（1）；增加或删去了否定（1）")


def test_reasons_and_profiles_of_people_stand_as_they_wrote_them(outcomes):
    report = factory.make_report(outcomes)
    reasons = ("loss of trust of users", "Sections.", "Nobody is there to catch the errors.")
    checks = [
        replace(verdict, threshold=replace(verdict.threshold, reason=reason))
        for verdict, reason in zip(report.verdicts, reasons, strict=False)
    ]
    with speaking("zh"):
        found = verdict_view(replace(report, verdicts=tuple(checks)))
    assert {check.reason for check in (*found.unmet, *found.met)} == {*reasons[:2], "没有人会去发现这些错误。"}


def test_a_failure_of_a_policy_without_a_name_is_told_in_one_sentence(outcomes):
    report = factory.make_report(outcomes)
    unnamed = replace(report, run=replace(report.run, policy=None))
    assert "By the policy of this audit this model should not ship" in verdict_view(unnamed).meaning
    with speaking("zh"):
        assert "按照本次审计所用的准入策略，该模型不应" in verdict_view(unnamed).meaning


def test_texts_without_emotion_come_first_in_every_language(outcomes):
    bare = [replace(o, label=()) if row % 3 else o for row, o in enumerate(outcomes)]
    for language in ("en", "zh"):
        with speaking(language):
            view = examples_view(bare, recorded=True, limit=20, masked=True)
        assert view.emotions[0] in ("(no emotion)", "（无情绪）")
        assert list(view.emotions[1:]) == sorted(view.emotions[1:])
