"""comparison.html: says only what the paired tests say, shows what was won and lost, safe whatever the texts hold."""

import json
import re
from dataclasses import replace

import pytest
import report_factory as factory
from click.testing import CliRunner
from compared_audits import better_model, compared, of_model
from robust_emo_reports.comparison_html import ComparisonHtml
from robust_emo_reports.json import dump_report
from robust_emo_reports.section_pair_view import section_pairs
from shown_page import HOSTILE, ShownPage

from robust_emo.audit import run_audit
from robust_emo.audits.answers import dump_answers
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.cli._comparison import comparison_lines
from robust_emo.cli.main import main
from robust_emo.errors import ExitCode
from robust_emo.paired_family import paired_family
from robust_emo.preflight import AuditRequest
from robust_emo.statistics.paired import compare_paired
from robust_emo.types import (
    Answer,
    AttackOutcome,
    AuditComparison,
    AuditReport,
    Change,
    Flag,
    Metric,
    NotTested,
    Section,
)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory) -> AuditComparison:
    before = factory.make_outcomes() + factory.make_reductions()
    after = better_model(before)
    return compared(
        tmp_path_factory.mktemp("compared"),
        (factory.make_report(before), before),
        (of_model(factory.make_report(after), "feedback-hard"), after),
    )


@pytest.fixture(scope="module")
def html(comparison) -> str:
    return ComparisonHtml().render(comparison).decode()


def words(comparison: AuditComparison, **arguments) -> str:
    return ShownPage(ComparisonHtml(**arguments).render(comparison).decode()).words


def changed(comparison: AuditComparison, change, *, side: str = "new") -> AuditComparison:
    """The comparison with other sections in one of the audits."""
    report = getattr(comparison, side)
    return replace(comparison, **{side: replace(report, sections=tuple(change(s) for s in report.sections))})


def outcomes(comparison: AuditComparison, side: str) -> list[AttackOutcome]:
    """What one of the audits wrote, in another order."""
    return [outcome for text in comparison.texts for outcome in getattr(text, side).values()]


def test_labels_hide_nothing(comparison):
    """What a stranger called an emotion or a group stands in plain characters before a template sees it."""
    strange = "joy\u202e\u200b" + "x" * 500

    def labelled(section):
        return replace(section, metrics=(*section.metrics, Metric("f1", 0.5, 0.4, 0.6, 9, 0.95, True, label=strange)))

    both = changed(changed(comparison, labelled), labelled, side="old")
    pairs, _ = section_pairs(both.old, both.new)
    labels = [view.label for pair in pairs for each in pair.by_label for view in (each.before, each.after)]
    assert any("⟨U+202E⟩⟨U+200B⟩" in label for label in labels)
    assert not any("\u202e" in label or len(label) > 150 for label in labels)


# --- the file ------------------------------------------------------------------------------------------------------


def test_page_loads_nothing_and_admits_only_its_own_code(html):
    page = ShownPage(html)
    assert len(html.encode()) <= 600_000
    assert not page.elements & {"link", "img", "iframe", "object", "embed", "base", "audio", "video", "form", "image"}
    assert all(value.startswith("#") for name, value in page.values if name == "href")
    policy = next(value for name, value in page.values if name == "content" and "default-src" in value)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; base-uri 'none'; form-action 'none'",
        policy,
    )
    assert not [name for _, name in page.attributes if name.startswith("on") or name == "style"]


def test_the_same_audits_give_the_same_bytes(comparison, html):
    assert ComparisonHtml().render(comparison).decode() == html


def _hostile(comparison: AuditComparison, text: str) -> AuditComparison:
    """The same comparison with `text` in every place a stranger can write to."""

    def tampered(report: AuditReport) -> AuditReport:
        run = replace(
            report.run, model=f"models/{text}", labels=(text, *report.run.labels), command=text, device=text,
            warnings=(text,), data=replace(report.run.data, path=text), defence=(text,), profile=text,
            holdout_data=replace(report.run.data, path=text, sha256=text),
            adaptive=factory.strange_adaptive(text),
        )  # fmt: skip
        sections = tuple(
            replace(
                s,
                plugin=text if s.plugin == "unicode" else s.plugin,
                metrics=tuple(replace(m, label=text if m.label == "joy" else m.label) for m in s.metrics),
                flags=(Flag(text, True, text),) if s.flags else (),
            )
            for s in report.sections
        )
        crashed = replace(sections[1], plugin=f"{text}!", error=text)
        metric = Metric(text, 0.5, None, None, 1, 0.95, None, label=text)
        other = replace(sections[0], kind=text, plugin=text, metrics=(metric, replace(metric, label=None)))
        return replace(report, run=run, sections=(*sections, crashed, other))

    def outcome(found):
        return replace(
            found, plugin=text, example_id=text, original=f"a {text} b", label=(text,), predicted=(text,),
            perturbed=f"a {text}{text} b" if found.perturbed else None, predicted_after=(text,),
            invalid_reasons=(text,), valid=False,
        )  # fmt: skip

    def renamed(values):
        return {name.replace("unicode", text): value for name, value in values.items()}

    texts = tuple(
        replace(
            t, example_id=text, original=f"a {text} b", label=(text,), right=renamed(t.right),
            old=renamed({name: outcome(o) for name, o in t.old.items()}),
            new=renamed({name: outcome(o) for name, o in t.new.items()}),
            old_worst=outcome(t.old_worst), new_worst=outcome(t.new_worst),
        )
        for t in comparison.texts
    )  # fmt: skip
    measures = tuple(replace(m, measure=m.measure.replace("unicode", text)) for m in comparison.measures)
    return AuditComparison(tampered(comparison.old), tampered(comparison.new), measures, texts, (text,))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_adds_no_markup_and_hides_nothing(comparison, text):
    harmless = replace(comparison, new=factory.defended(comparison.new))
    hostile = ComparisonHtml(mask=False).render(_hostile(comparison, text)).decode()
    plain, page = ShownPage(ComparisonHtml().render(harmless).decode()), ShownPage(hostile)
    assert page.elements <= plain.elements | {"span", "b"}
    assert page.code == plain.code
    assert not [name for _, name in page.attributes if name.startswith("on")]
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", hostile
    )
    assert len(hostile) <= 600_000
    if text == "{{7*7}}{% raw %}{#":
        assert text in page.words


def test_texts_are_masked(comparison, html):
    for secret in ("example.com", "northline_trains", "mira_builds", "7946", "lena"):
        assert secret not in html


# --- what it says --------------------------------------------------------------------------------------------------


def test_the_headline_says_what_the_tests_say_and_nothing_else(comparison):
    top = words(comparison)
    top = top[top.index("Result:") : top.index("In brackets")]
    parts = re.fullmatch(r"Result: (.*?) ?Better: (.*) Worse: (.*) Cannot be told: (.*) ", top).groups()
    found = {change: [m for m in comparison.measures if m.change is change] for change in Change}
    assert [m.measure for m in found[Change.BETTER]] == [
        "worst_case_accuracy_3_words",
        "accuracy_under_attack: unicode",
    ]
    assert parts[0] == "Attacked texts: Better in 2 of 7 measures"
    assert re.fullmatch(r"Worst case, at most 3 words \S+ points \(.*\); Under unicode \S+ points \(.*\)\.", parts[1])
    assert parts[2] == "no measure is shown to be."
    assert [name in parts[3] for name in ("Under pruthi", "Under synonyms", "As written")] == [True] * 3
    for measure in found[Change.UNTOLD]:
        assert f"({100 * measure.gain.ci_low:+.1f} to {100 * measure.gain.ci_high:+.1f})".replace("-", "−") in parts[3]


def test_a_difference_that_chance_explains_is_no_headline(comparison):
    """`pruthi` lost four texts and won none: a difference, and no test that says so."""
    measure = next(m for m in comparison.measures if m.attack == "pruthi")
    assert measure.gain.value < 0
    assert measure.change is Change.UNTOLD
    assert "No difference told" in words(replace(comparison, measures=(measure,)))


def test_both_ways_round(comparison, tmp_path):
    turned = compared(
        tmp_path, (comparison.new, outcomes(comparison, "new")), (comparison.old, outcomes(comparison, "old"))
    )
    top = words(turned)
    assert "Worse in 2 of 7 measures" in top
    assert all(-m.gain.value == n.gain.value for m, n in zip(comparison.measures, turned.measures, strict=True))


def test_every_measure_stands_with_both_shares_its_interval_p_and_n(comparison):
    table = words(comparison)
    table = table[table.index("Text by text The") : table.index("McNemar's exact test, corrected")]
    for measure in comparison.measures:
        sides = [[right[side] for text in comparison.texts if None not in (right := text.right[measure.measure])]
                 for side in (0, 1)]  # fmt: skip
        for side in sides:
            assert f"{sum(side) / len(side):.1%}" in table
        assert f"{100 * measure.gain.ci_low:+.1f} to {100 * measure.gain.ci_high:+.1f}".replace("-", "−") in table
        assert f"{measure.result.n} {measure.result.only_left} {measure.result.only_right}" in table


def test_every_attack_has_one_chart_of_two_lines(html):
    page = ShownPage(html)
    curves = page.words[page.words.index("Words changed Share of texts") : page.words.index("Clean performance On")]
    assert re.findall(r"(\S+) before after 100%", curves) == ["together", *factory.ATTACKS]
    assert html.count('<path class="curve c5 d1"') == html.count('<path class="curve c0 d0"') == 5


def test_clean_numbers_on_all_texts_are_shown_and_not_tested(comparison):
    def lower(section: Section) -> Section:
        if section.kind != "clean":
            return section
        metrics = (replace(m, value=m.value - 0.021) if m.label is None else m for m in section.metrics)
        return replace(section, metrics=tuple(metrics))

    shown = words(changed(comparison, lower))
    body = shown[shown.index("Clean performance On all") : shown.index("Cost What")]
    assert "not tested" in body
    assert re.search(r"Macro-F1.*0\.793 .*0\.772 .*−0\.021", body)
    assert "−2.1 points" in body
    assert re.search(r"Calibration error.*0\.061 .*0\.040 .*−0\.021", body)
    assert shown.count("Better in 2 of 7 measures") == words(comparison).count("Better in 2 of 7 measures")


def answered(report: AuditReport, right: int) -> tuple[AuditReport, tuple[Answer, ...]]:
    """The same audit with so many of its texts read right, and its answers."""
    labels = [factory.EMOTIONS[row % 6] for row in range(report.run.examples)]
    other = [label if row < right else factory.EMOTIONS[(row + 1) % 6] for row, label in enumerate(labels)]
    answers = tuple(
        Answer(f"t{row}", (label,), (said,), f"{row:016x}")
        for row, (label, said) in enumerate(zip(labels, other, strict=True))
    )
    accuracy = factory.proportion("accuracy", right, len(labels))
    clean = report.sections[0]
    metrics = tuple(accuracy if each.name == "accuracy" else each for each in clean.metrics)
    return replace(report, sections=(replace(clean, metrics=metrics), *report.sections[1:])), answers


def test_texts_as_written_are_tested_where_both_audits_kept_their_answers(comparison, tmp_path):
    sides = []
    for name, right in (("old", 900), ("new", 960)):
        report, answers = answered(getattr(comparison, name), right)
        sides.append((report, outcomes(comparison, name), answers))
    found = compared(tmp_path, *sides)
    shown = words(found)
    body = shown[shown.index("Clean performance On all") : shown.index("Cost What")]
    assert re.search(r"Accuracy .*? 75\.0% 80\.0% \+5\.0 points better .*? below 0\.001 1,200 0 60 ", body)
    assert "Recall · joy" in body
    assert "Macro-F1" in body
    assert "no answers in" not in body
    assert not re.search(r"75\.0% \d+\.\d% – ", body)  # nor does it stand again among what was not tested
    assert "Better in 2 of 7 measures" in shown
    chinese = ShownPage(ComparisonHtml(language="zh").render(found).decode()).words
    assert "所有原文上前后的准确率" in chinese


@pytest.fixture(scope="module")
def fallen_as_written(comparison, tmp_path_factory) -> AuditComparison:
    """Attacks found the same in both; of all 1,200 texts as written 1,100 and then 900 are read right."""
    before, answers = answered(comparison.old, 1100)
    after, fewer = answered(of_model(comparison.old, "feedback-hard"), 900)
    found = outcomes(comparison, "old")
    return compared(tmp_path_factory.mktemp("fallen"), (before, found, answers), (after, found, fewer))


def test_for_machines_each_entry_says_of_which_texts_it_is(comparison, tmp_path):
    for name, right in (("old", 1100), ("new", 900)):
        report, answers = answered(getattr(comparison, name), right)
        (tmp_path / name).mkdir()
        (tmp_path / name / "audit.json").write_bytes(dump_report(report))
        (tmp_path / name / "answers.jsonl").write_bytes(dump_answers(answers))
        (tmp_path / name / "outcomes.jsonl").write_bytes(dump_outcomes(outcomes(comparison, name)))
    printed = CliRunner().invoke(main, ["compare", str(tmp_path / "old"), str(tmp_path / "new"), "--json"]).output
    texts = {entry["measure"]: entry["texts"] for entry in json.loads(printed)}
    assert texts["clean_accuracy_attacked"] == texts["accuracy_under_attack: pruthi"] == "attacked"
    assert texts["accuracy"] == texts["recall: joy"] == "written"
    assert len(texts) == 14


def test_texts_as_written_have_a_headline_of_their_own(fallen_as_written):
    html = ComparisonHtml().render(fallen_as_written).decode()
    top = ShownPage(html).words
    top = top[top.index("Result:") : top.index("In brackets")]
    attacked, written = re.fullmatch(r"(Result: Attacked texts: .*) (Result: Texts as written: .*) ", top).groups()
    assert attacked.startswith("Result: Attacked texts: No difference told Better: no measure is shown to be.")
    assert written.startswith("Result: Texts as written: Worse in 7 of 7 measures Better: no measure is shown to be.")
    assert re.search(r" Worse: Accuracy −16\.7 points \(.*; Recall · joy −\S+ points \(", written)
    assert '<section id="verdict" class="hero fail"' in html
    title = re.search(r"<title>(.*)</title>", html).group(1)
    assert "Attacked texts: No difference told; Texts as written: Worse in 7 of 7 measures" in title
    chinese = ShownPage(ComparisonHtml(language="zh").render(fallen_as_written).decode()).words
    assert re.search("受攻击的文本：未能判定差异 *变好： *没有指标得到证实。", chinese)
    assert re.search("原始文本：7 项指标中 7 项变差 *变好： *没有指标得到证实。 *变差： *准确率", chinese)


def test_gains_and_losses_of_the_two_kinds_of_texts_are_no_verdict(comparison, fallen_as_written):
    """Better under attack and worse as written is neither."""
    html = ComparisonHtml().render(replace(comparison, written=fallen_as_written.written)).decode()
    assert '<section id="verdict" class="hero inconclusive"' in html
    words = ShownPage(html).words
    assert "Attacked texts: Better in 2 of 7 measures" in words
    assert "Texts as written: Worse in 7 of 7 measures" in words


@pytest.mark.parametrize(
    ("why", "said", "chinese"),
    [
        (NotTested.NO_ANSWERS, "neither audit has answers in answers.jsonl", "两次审计的 answers.jsonl 中都没有"),
        (NotTested.NO_ANSWERS_OLD, "the audit before has no answers in", "之前的审计在 answers.jsonl 中没有回答"),
        (NotTested.NO_ANSWERS_NEW, "the audit after has no answers in", "之后的审计在 answers.jsonl 中没有回答"),
        (NotTested.OTHER_LABELS, "the labels of the two models are not the same", "两个模型的标签不同"),
        (NotTested.OTHER_TASK, "the tasks of the two models are not the same", "两个模型的任务不同"),
        (NotTested.NO_COMMON_TEXT, "no text stands in both audits with the same", "没有一条文本在两次审计中都出现"),
    ],
)  # fmt: skip
def test_why_texts_as_written_are_not_tested_is_said_in_both_languages(comparison, why, said, chinese):
    untested = replace(comparison, not_written=why)
    assert f"These differences are not tested: {said}" in words(untested)
    assert f"这些差异未经检验：{chinese}" in words(untested, language="zh")


def test_a_measure_without_a_text_counts_in_no_correction(comparison):
    nothing = compare_paired([None], [None], names=("old", "new"))
    four_lost = compare_paired([True] * 5, [False] * 4 + [True], names=("old", "new"))
    family = paired_family({"accuracy_under_attack: unicode": nothing, "accuracy_under_attack: pruthi": four_lost})
    assert (family[0].raw_p_value, family[0].result.p_value) == (None, None)
    assert family[1].result.p_value == family[1].raw_p_value == pytest.approx(2 / 2**4)
    shown = words(replace(comparison, measures=family))
    assert "corrected for 1 measure (Holm 1979)" in shown
    assert "corrected (Holm) for 1 line, which decides." in "\n".join(comparison_lines(family))


def test_old_and_new_of_a_note_are_said_in_the_words_of_the_page(comparison):
    sentence = "In these notes “old” is the audit before, and “new” the audit after."
    assert sentence in words(replace(comparison, notes=("results of unicode are only in the audit old",)))
    assert sentence not in words(replace(comparison, notes=("both audits are of the same model",)))


def test_cost_has_queries_before_and_after(comparison):
    shown = words(comparison)
    body = shown[shown.index("Cost What") : shown.index("Won and lost Cases")]
    for report in (comparison.old, comparison.new):
        for section in report.sections:
            for metric in section.metrics:
                if metric.name == "mean_queries" and section.plugin in factory.ATTACKS:
                    assert f"{metric.value:.1f}" in body
    assert "2 min 41 s in both" in body


# --- examples ------------------------------------------------------------------------------------------------------


def test_won_and_lost_are_counted_and_both_shown(comparison, html):
    page = ShownPage(html)
    unicode = next(m for m in comparison.measures if m.attack == "unicode")
    body = page.words[page.words.index("Won and lost Cases") :]
    assert "as written: 1 lost, 0 won " in body
    assert "pruthi: 4 lost, 0 won" in body
    assert f"unicode: 0 lost, {unicode.result.only_right} won" in body
    total = 5 + unicode.result.only_right
    assert f"Showing 40 of {total}" in body
    shown = [value for name, value in page.values if name == "data-change"]
    assert shown == ["lost"] * 5 + ["won"] * 35


def test_what_the_attack_made_of_a_text_stands_before_and_after(comparison):
    shown = words(comparison)
    assert re.search(r"Before right read as \w+ and withstood \d+ quer(y|ies) ", shown)
    assert re.search(
        r"After wrong read as \w+, then as disgust: 1 word changed, \d+ quer(y|ies) may not keep its emotion: "
        r"a negation came or went",
        shown,
    )
    assert re.search(r"After right read as \w+ and withstood \d+ queries, after which the attack had none left", shown)
    assert re.search(r"as written \S+ Original.* Before right read as \w+ After wrong read as surprise", shown)


def test_no_group_fills_the_list_alone(comparison):
    page = ShownPage(ComparisonHtml(max_examples=6).render(comparison).decode())
    shown = [value for name, value in page.values if name == "data-attack"]
    assert sorted(set(shown)) == ["as written", "pruthi", "unicode"]
    assert max(map(shown.count, shown)) <= 3


def test_where_nothing_changed_sides_that_is_said(comparison):
    same = replace(
        comparison,
        texts=tuple(replace(t, right=dict.fromkeys(t.right, (True, True))) for t in comparison.texts),
    )
    assert "No text is right in one audit and wrong in the other." in words(same)


def test_a_standard_ensemble_shows_the_worst_case(tmp_path):
    before = factory.survivors(factory.make_outcomes())
    after = factory.survivors(better_model(factory.make_outcomes()))
    comparison = compared(
        tmp_path,
        (factory.make_report(before, standard=True), before),
        (of_model(factory.make_report(after, standard=True), "feedback-hard"), after),
    )
    page = ShownPage(ComparisonHtml().render(comparison).decode())
    assert {value for name, value in page.values if name == "data-attack"} <= {"as written", "all attacks together"}
    assert "read as" in page.words
    assert re.search(r"then by \w+ as \w+", page.words)
    assert "and withstood every attack" in page.words
    assert "the line is an upper bound" in page.words
    assert page.words.count("ran only on what earlier attacks had left, which are not the same texts") == 4


# --- in Chinese ----------------------------------------------------------------------------------------------------


def test_in_chinese_the_page_says_the_same_and_filters_by_the_same_keys(comparison, html):
    chinese = ComparisonHtml(language="zh").render(comparison).decode()
    page, english = ShownPage(chinese), ShownPage(html)
    assert "7 项指标中 2 项变好" in page.words
    assert "unicode 攻击下" in page.words
    for key in ("data-attack", "data-change", "data-emotion"):
        assert [value for name, value in page.values if name == key] == [
            value for name, value in english.values if name == key
        ]
    assert '<option value="as written">原文</option>' in chinese
    assert not re.search(r"Before|After|withstood|read as|lost|won|points", page.words)


def test_what_the_audits_say_is_marked_as_english_on_a_chinese_page(comparison):
    noted = replace(comparison, notes=("only the old audit <b> has it",))
    chinese = ComparisonHtml(language="zh").render(noted).decode()
    assert '<span lang="en">Only the old audit &lt;b&gt; has it.</span>' in chinese
    assert 'lang="en">Only' not in ComparisonHtml().render(noted).decode()


# --- what is missing -----------------------------------------------------------------------------------------------


def test_a_section_of_one_audit_is_named_and_not_compared(comparison):
    privacy = replace(comparison.new.sections[0], kind="privacy", plugin="membership", metrics=(
        Metric("membership_auc", 0.61, 0.55, 0.67, 400, 0.95, False),))  # fmt: skip
    one = replace(comparison, new=replace(comparison.new, sections=(*comparison.new.sections, privacy)))
    assert "Privacy: membership only in the audit after" in words(one)
    assert "0.610" not in words(one)
    old = replace(privacy, metrics=(replace(privacy.metrics[0], value=0.7),))
    both = replace(one, old=replace(comparison.old, sections=(*comparison.old.sections, old)))
    shown = words(both)
    assert re.search(r"Privacy: membership .*Membership AUC.*0\.700 .*0\.610 .*−0\.090", shown)
    assert "only in the audit" not in shown


def test_a_crashed_section_is_named_and_no_number_of_it_shown(tmp_path):
    before, after = factory.make_outcomes(), better_model(factory.make_outcomes())
    comparison = compared(
        tmp_path,
        (factory.make_report(before), before),
        (of_model(factory.make_report(after, errored=True), "feedback-hard"), after),
    )
    shown = words(comparison)
    assert "Section synonyms did not run to its end (audit after)" in shown
    assert "Results of synonyms are only in the audit old." in shown
    assert "Evasion: synonyms stopped with an error in the audit after: MemoryError" in shown
    assert "Under synonyms" not in shown


def test_null_reads_not_measured_and_never_zero(comparison):
    def blank(section: Section) -> Section:
        metrics = tuple(replace(m, value=None, ci_low=None, ci_high=None, n=0) for m in section.metrics)
        return replace(section, metrics=metrics, curves=())

    empty = changed(changed(comparison, blank), blank, side="old")
    nothing = replace(comparison.measures[0].result, n=0, only_left=0, only_right=0, difference=None, ci_low=None,
                      ci_high=None, p_value=None)  # fmt: skip
    measures = tuple(replace(m, result=nothing, raw_p_value=None, both=0) for m in comparison.measures)
    shown = words(replace(empty, measures=measures))
    assert "Result: Attacked texts: Not measured No text has a result in both audits" in shown
    body = shown[shown.index("Text by text The") : shown.index("Won and lost Cases")]
    assert body.count("not measured") > 20
    assert not re.search(r"\d%|\b0\.\d", body.replace("95%", "").replace("below 0.05", ""))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda run: replace(run, seed=4), "The audits differ in seed, 0 and 4"),
        (lambda run: replace(run, profile="full"), "The audits differ in profile, standard 1 and full 1"),
        (lambda run: replace(run, attacked_examples=90), "differ in the number of attacked texts, 200 and 90"),
        (lambda run: replace(run, data=replace(run.data, sha256="ab" * 32)), "The audits differ in data, sha256 9f2c"),
        (lambda run: replace(run, labels=run.labels[:5]), "The audits differ in labels"),
        (lambda run: replace(run, model_sha256="4be1" * 16), "Both audits are of the same model"),
    ],
)  # fmt: skip
def test_whatever_differs_besides_the_model_is_a_warning(comparison, tmp_path, change, expected):
    sides = [outcomes(comparison, side) for side in ("old", "new")]
    other = replace(comparison.new, run=change(comparison.new.run))
    found = compared(tmp_path, (comparison.old, sides[0]), (other, sides[1]))
    shown = words(found)
    assert expected in shown[: shown.index("Text by text The")]
    if "sha256 9f2c" in expected:
        assert "the audits are of other data" in shown
        assert "not measured alike in both audits" in shown


def test_audits_that_differ_in_nothing_else_have_no_warning(comparison):
    assert comparison.notes == ()


def test_attacks_with_other_arguments_are_named(comparison, tmp_path):
    def other(section: Section) -> Section:
        if section.plugin == "ensemble":
            return replace(section, args={**section.args, "attacks": [*section.args["attacks"]], "changed": True})
        return replace(section, args={"max_candidates": 3}) if section.plugin == "pruthi" else section

    sides = [outcomes(comparison, side) for side in ("old", "new")]
    found = compared(tmp_path, (comparison.old, sides[0]), (changed(comparison, other).new, sides[1]))
    shown = words(found)
    assert "Pruthi: run in another version or with other arguments, so not compared." in shown
    assert "The worst case is over other attacks, so not compared." in shown
    assert "Under pruthi" not in shown


def test_flags_name_the_audit_that_raised_them(comparison):
    def masking(section: Section) -> Section:
        return replace(section, flags=(Flag("randomised_model", True, "9 of 64 texts"),)) if section.flags else section

    top = words(changed(comparison, masking))
    top = top[: top.index("Text by text The")]
    assert "The model answers differently when asked twice (audit after): 9 of 64 texts." in top
    assert "The model is so sure that nothing moves (audit before)" in top


# --- the commands --------------------------------------------------------------------------------------------------


def test_compare_writes_the_page(tiny_model, tmp_path):
    run_audit(
        AuditRequest(str(tiny_model), tmp_path / "old", attacks=("letter-case",), attacked_examples=12, formats=(),
                     sections=("evasion",), cache=False)
    )  # fmt: skip
    page, old = tmp_path / "deep" / "page.html", str(tmp_path / "old")
    result = CliRunner().invoke(main, ["compare", old, old, "--html", str(page)])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == f"Page: {page}"
    shown = ShownPage(page.read_text()).words
    assert "Both are the same audit" in shown
    assert "No difference told" in shown


RECIPE = """
summary = "one step"
[[defence]]
normaliser = "invisibles"
[measure]
profile = "quick"
attacks = ["zero-width"]
examples = 12
"""


def test_harden_writes_the_page_and_survives_one_that_cannot_be_made(tiny_model, tmp_path, monkeypatch):
    recipe = tmp_path / "one.toml"
    recipe.write_text(RECIPE)
    command = ["harden", str(tiny_model), "--recipe", str(recipe), "--out", str(tmp_path / "hard")]
    result = CliRunner().invoke(main, [*command, "--json"], standalone_mode=False)
    page = tmp_path / "hard-hardening" / "comparison.html"
    assert result.return_value == ExitCode.PASS
    assert json.loads(result.stdout)["page"] == str(page)
    assert "Under zero-width" in ShownPage(page.read_text()).words

    def crash(*_):
        raise KeyError("ink")

    monkeypatch.setattr(ComparisonHtml, "render", crash)
    result = CliRunner().invoke(main, [*command, "--resume"], standalone_mode=False)
    assert result.return_value == ExitCode.INCONCLUSIVE
    assert "incomplete: report 'html' of the comparison crashed: KeyError: 'ink'" in result.output
    assert "accuracy_under_attack: zero-width" in result.output
    assert not page.exists()  # the earlier one does not stand for this one
