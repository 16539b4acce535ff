"""What changed since the baseline: in audit.json, and in the report."""

from dataclasses import replace

import pytest
import report_factory as factory
from compared_audits import better_model, compared, of_model
from report_factory import make_outcomes, make_report
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report
from shown_page import HOSTILE, ShownPage

from robust_emo.answer_comparison import compare_answers
from robust_emo.audit import FinishedAudit
from robust_emo.audit_file import read_audit
from robust_emo.baseline_audit import BaselineAudit
from robust_emo.cli._summary import summary
from robust_emo.errors import ExitCode
from robust_emo.since_baseline import since_baseline
from robust_emo.types import Answer, AuditReport, EarlierNumber, Gain, NotCompared, Section, Threshold


@pytest.fixture(scope="module")
def before() -> BaselineAudit:
    outcomes = make_outcomes()
    return BaselineAudit(make_report(outcomes), tuple(outcomes), _answers(right=700))


@pytest.fixture(scope="module")
def after(before) -> BaselineAudit:
    outcomes = better_model(list(before.outcomes))
    return BaselineAudit(of_model(make_report(outcomes), "feedback-hard"), tuple(outcomes), _answers(right=760))


def _answers(right: int) -> tuple[Answer, ...]:
    labels = [factory.EMOTIONS[row % 6] for row in range(1200)]
    return tuple(
        Answer(f"t{row}", (label,), (label if row < right else factory.EMOTIONS[(row + 1) % 6],), f"{row:016x}")
        for row, label in enumerate(labels)
    )


def another_run(audit: BaselineAudit) -> BaselineAudit:
    run = audit.report.run
    earlier = replace(run, cost=replace(run.cost, started_at="2026-01-01T00:00:00Z"))
    return replace(audit, report=replace(audit.report, run=earlier))


def held(before: BaselineAudit, after: BaselineAudit) -> AuditReport:
    beside = before.beside(after.report, after.outcomes, after.answers)
    return replace(after.report, since_baseline=since_baseline(beside, after.report))


def shown(report: AuditReport, outcomes=()) -> str:
    html = HtmlReporter().render(report, outcomes).decode()
    return ShownPage(html[html.index('<section id="since"') : html.index('<section id="clean"')]).words


def test_attacked_texts_are_told_as_compare_tells_them(tmp_path, before, after):
    since = held(before, after).since_baseline
    comparison = compared(tmp_path, (before.report, before.outcomes), (after.report, after.outcomes))
    told = {each.measure: (each.change, each.gain, each.raw_p_value, each.result.p_value) for each in since.measures}
    assert (
        told.items()
        >= {
            each.measure: (each.change, each.gain, each.raw_p_value, each.result.p_value)
            for each in comparison.measures
        }.items()
    )


def test_texts_as_written_are_one_family_of_their_own(before, after):
    written = [each for each in held(before, after).since_baseline.measures if each.measure.startswith("recall: ")]
    (accuracy,) = (each for each in held(before, after).since_baseline.measures if each.measure == "accuracy")
    assert accuracy.gain.value == pytest.approx(0.05)
    assert accuracy.result.p_value == pytest.approx(min(1, accuracy.raw_p_value * 7))
    assert len(written) == 6
    assert all(each.result.p_value >= each.raw_p_value for each in written)


def test_an_emotion_without_a_text_is_in_no_family():
    before, after = _answers(right=700), _answers(right=760)
    alone = compare_answers(before, after, factory.EMOTIONS)
    more = compare_answers(before, after, ("envy", *factory.EMOTIONS, "pride"))
    envy, pride = (each for each in more if each.measure in ("recall: envy", "recall: pride"))
    for each in (envy, pride):
        assert (each.change.value, each.raw_p_value, each.result.p_value, each.result.n) == (
            "not measured",
            None,
            None,
            0,
        )
    assert tuple(each for each in more if each not in (envy, pride)) == alone


def test_it_is_small_and_is_read_back(tmp_path, before, after):
    report = held(before, after)
    path = tmp_path / "audit.json"
    path.write_bytes(dump_report(report))
    assert read_audit(path) == report
    assert path.stat().st_size - len(dump_report(after.report)) < 12_000


def test_the_page_says_what_became_better_and_worse(before, after):
    words = shown(held(before, after), after.outcomes)
    assert "Baseline: feedback-minilm, audited 2026-03-02T09:14:07Z." in words
    assert (
        "Attacked texts: Better in 2 of 7 measures Better: Worst case, at most 3 words +5.5 points (+1.7 to +9.9); "
        "Under unicode +" in words
    )
    assert "Texts as written: Better in 7 of 7 measures Better: Accuracy +5.0 points (" in words
    assert "Accuracy +5.0 points (" in words
    assert "Worse: no measure is shown to be." in words
    assert "Cannot be told: " in words
    assert "Recall · disgust" in words
    assert "Side by side, not tested" in words
    assert "Macro-F1" in words
    assert "9f2c9f2c" in words


def test_what_became_worse_is_named(before, after):
    words = shown(held(after, before))
    assert "Attacked texts: Worse in 2 of 7 measures Better: no measure is shown to be. Worse: Worst case" in words
    assert "; Under unicode \u2212" in words
    assert "Texts as written: Worse in 7 of 7 measures" in words


def test_the_summary_of_an_audit_says_when_its_policy_asks_nothing_about_the_baseline(before, after):
    def said(report: AuditReport) -> int:
        lines = summary(FinishedAudit(report, (), (), (), ExitCode.PASS)).splitlines()
        return lines.count(
            "The policy asks nothing about the baseline (no max_regression), so what changed does not count."
        )

    report = held(before, after)
    threshold = Threshold(metric="accuracy", section="clean", max_regression=0.02)
    asked = replace(report.verdicts[0], threshold=threshold)
    assert said(report) == 1
    assert said(replace(report, verdicts=(asked, *report.verdicts))) == 0
    assert said(after.report) == 0


def test_other_data_are_one_line(before, after):
    run = before.report.run
    other = replace(before.report, run=replace(run, data=replace(run.data, sha256="0" * 64)))
    since = held(replace(before, report=other), after).since_baseline
    assert (since.measures, since.numbers, since.left_out, since.notes) == ((), (), (), ())
    words = shown(replace(after.report, since_baseline=since))
    assert "not measured The baseline audited other data (sha256 000000000000, not 9f2c9f2c9f2c)." in words
    assert "Tested text by text" not in words


def test_sections_that_do_not_compare_say_why(before, after):
    changed = tuple(replace(s, version="0") if s.plugin == "pruthi" else s for s in before.report.sections)
    extra = Section("privacy", "membership", "1", {})
    first = replace(before, report=replace(before.report, sections=(*changed, extra)))
    words = shown(held(first, after))
    assert "Evasion: pruthi run in another version or with other arguments" in words
    assert "Privacy: membership only in the audit before" in words


def test_without_attacks_and_answers_numbers_stand_side_by_side(before, after):
    def clean(audit):
        return BaselineAudit(replace(audit.report, sections=audit.report.sections[:1]), ())

    report = held(clean(another_run(before)), clean(after))
    assert report.since_baseline.measures == ()
    assert {number.metric.name for number in report.since_baseline.numbers} >= {"accuracy", "macro_f1"}
    words = shown(report)
    assert "Nothing could be tested text by text." in words


def test_in_chinese_what_the_audit_wrote_is_told_in_chinese(before, after):
    run = before.report.run
    other = replace(before.report, run=replace(run, data=replace(run.data, sha256="0" * 64)))
    html = HtmlReporter(language="zh").render(held(replace(before, report=other), after), ()).decode()
    assert "<p>基线审计的是其他数据（sha256 为 000000000000，而不是 9f2c9f2c9f2c）。</p>" in html
    assert ">相对基线的变化</h2>" in html


def test_without_a_baseline_one_line_says_how_to_give_one(after):
    words = shown(after.report)
    assert words.strip() == (
        "Changed since the baseline not measured. No baseline was given: name an earlier audit of the same data, "
        "robust-emo audit MODEL --baseline EARLIER/audit.json."
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(before, after, text):
    since = held(before, after).since_baseline
    since = replace(
        since,
        model=text,
        started_at=text,
        data=text,
        profile=text,
        measures=tuple(replace(each, measure=f"recall: {text}") for each in since.measures[:2]),
        numbers=(EarlierNumber("clean", "clean", replace(since.numbers[0].metric, name=text)),),
        left_out=(NotCompared(text, text, text),),
        notes=(text,),
    )
    html = HtmlReporter().render(replace(after.report, since_baseline=since), ()).decode()
    page = ShownPage(html)
    assert len(page.inline["script"]) == 1
    assert not page.elements & {"img", "object", "iframe"}
    assert not {name for _, name in page.attributes if name.startswith("on") or name == "style"}
    if len(text) < 1000:
        assert "\u202e" not in html


def test_a_change_that_is_no_number_is_not_measured(before, after):
    first, *rest = held(before, after).since_baseline.measures
    assert isinstance(first.gain, Gain)
    none = replace(first, raw_p_value=None, result=replace(first.result, n=0, difference=None, p_value=None))
    since = replace(held(before, after).since_baseline, measures=(none, *rest))
    assert "Not measured: As written." in shown(replace(after.report, since_baseline=since))
