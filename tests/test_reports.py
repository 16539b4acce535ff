"""report.html: self-contained, safe whatever the audited texts hold, honest about what is missing."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest
import report_factory as factory
from hostile_audit import hostile_audit
from robust_emo_reports.attack_summaries import attack_summary
from robust_emo_reports.budget_chart import MOST_LINES, line_styles
from robust_emo_reports.charts import broken_line
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.invalid_reasons import REASON_WORDS
from robust_emo_reports.metric_names import METRIC_NAMES
from shown_page import HOSTILE, ShownPage

from robust_emo.types import AttackOutcome, AuditReport, CalibrationBin, Flag, Learnt, Metric, Status
from robust_emo.validity.result import Reason

pytestmark = pytest.mark.model_free


@pytest.fixture(scope="module")
def outcomes() -> list[AttackOutcome]:
    return factory.make_outcomes() + factory.make_reductions()


@pytest.fixture(scope="module")
def report(outcomes) -> AuditReport:
    return factory.make_report(outcomes)


@pytest.fixture(scope="module")
def standard() -> tuple[AuditReport, list[AttackOutcome]]:
    """The audit of a standard ensemble."""
    met = factory.survivors(factory.make_outcomes())
    return factory.make_report(met, standard=True), met


@pytest.fixture(scope="module")
def html(report, outcomes) -> str:
    return HtmlReporter().render(report, outcomes).decode()


def test_page_loads_nothing_and_stays_small(html):
    page = ShownPage(html)
    assert len(html.encode()) <= 600_000
    assert not page.elements & {"link", "img", "iframe", "object", "embed", "base", "audio", "video", "form", "image"}
    loading = {"src", "srcset", "data", "action", "xlink:href", "background", "poster", "style"}
    assert not {name for _, name in page.attributes} & loading
    beside = {"audit.json", "outcomes.jsonl", "answers.jsonl"}
    links = {value for name, value in page.values if name == "href"}
    assert all(link.startswith("#") for link in links - beside)
    assert {link[1:] for link in links - beside} <= {value for name, value in page.values if name == "id"}
    code = "".join(page.inline["style"] + page.inline["script"])
    assert not re.search(r"url\(|@import|https?:|//[a-z]+\.|fetch|XMLHttp|import\(", code)


def test_policy_admits_exactly_the_inline_blocks(html):
    page = ShownPage(html)
    policy = next(value for name, value in page.values if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (code,) = page.inline[kind]
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not [name for _, name in page.attributes if name.startswith("on")]


def test_same_audit_gives_the_same_bytes(report, outcomes, html):
    assert HtmlReporter().render(report, outcomes).decode() == html


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_adds_no_markup_and_hides_nothing(report, outcomes, html, text):
    plain = ShownPage(html)
    hostile = HtmlReporter(mask=False).render(*hostile_audit(report, outcomes, text)).decode()
    page = ShownPage(hostile)
    (other,) = page.in_other_languages()
    for shown in (page, other):
        assert shown.elements <= plain.elements | {"span", "b", "h4"}
        assert not [name for _, name in shown.attributes if name.startswith("on")]
        assert shown.code == plain.code
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", hostile
    )
    assert len(hostile) <= 600_000
    if text == "{{7*7}}{% raw %}{#":
        assert text in page.words
        assert "49{% raw" not in page.words


def test_hidden_characters_are_named(report, outcomes):
    page = ShownPage(HtmlReporter().render(*hostile_audit(report, outcomes, HOSTILE[4])).decode())
    assert "⟨U+202E⟩" in page.words
    assert "U+2066" in page.words


def test_verdict_comes_first_and_failures_lead(html):
    words = ShownPage(html).words
    assert words.index("Overall verdict: Fail") < words.index("Requirements") < words.index("How well the model reads")
    order = [words.index(f"{word}", words.index("Requirements")) for word in ("Fail", "Inconclusive", "Not measured")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda r: factory.whole(replace(r, verdicts=())), "Not judged"),
        (lambda r: factory.whole(factory.passing(r)), "Pass"),
        (factory.passing, "Inconclusive"),
        (lambda r: replace(r, verdicts=tuple(v for v in r.verdicts if v.status != "fail")), "Inconclusive"),
        (lambda r: replace(r, verdicts=r.verdicts[:1] + r.verdicts[-1:]), "Inconclusive"),
    ],
)
def test_overall_verdict(report, outcomes, change, expected):
    words = ShownPage(HtmlReporter().render(change(report), outcomes).decode()).words
    assert f"Overall verdict: {expected}" in words


def test_a_crashed_section_keeps_a_report_from_passing(outcomes):
    report = factory.make_report(outcomes, errored=True)
    report = replace(report, verdicts=tuple(v for v in report.verdicts if v.status == "pass"))
    words = ShownPage(HtmlReporter().render(report, outcomes).decode()).words
    assert "Overall verdict: Inconclusive" in words
    assert "cannot allocate the neighbour table" in words
    assert "Evasion: synonyms: not measured" in words


def test_a_crashed_section_without_a_policy_reads_as_the_exit_code_says(outcomes):
    report = replace(factory.make_report(outcomes, errored=True), verdicts=())
    assert "Overall verdict: Inconclusive" in ShownPage(HtmlReporter().render(report, outcomes).decode()).words


def test_what_a_crashed_section_left_behind_is_not_shown(report, outcomes):
    sections = tuple(replace(s, error="KeyError: 'x'") if s.plugin == "pruthi" else s for s in report.sections)
    words = ShownPage(HtmlReporter().render(replace(report, sections=sections, verdicts=()), outcomes).decode()).words
    rate = next(m for m in sections[2].metrics if m.name == "attack_success_rate")
    assert f"{100 * rate.value:.1f}%" not in words
    assert "pruthi not measured" in words


def test_null_reads_not_measured_and_never_zero(report, outcomes):
    def blank(metric: Metric) -> Metric:
        return replace(metric, value=None, ci_low=None, ci_high=None, n=0)

    sections = tuple(
        replace(
            s,
            metrics=tuple(blank(m) for m in s.metrics),
            counts={},
            calibration=(),
            confusion=None,
            curves=(),
            comparisons=(),
            flags=(),
        )
        for s in report.sections
    )
    words = ShownPage(HtmlReporter().render(replace(report, sections=sections, verdicts=()), []).decode()).words
    body = words[words.index("Key figures", words.index("Overall verdict")) : words.index("Provenance What")]
    assert body.count("not measured") > 20
    assert not re.search(r"\d%|\b0\.\d|n = \d", body.replace("80%", ""))


def test_every_number_of_the_audit_has_a_place(report, html):
    words = ShownPage(html).words
    for expected in (
        "0.793",
        "0.769 – 0.817",
        "Macro-F1",
        "Worst case, at most 3 words",
        "Keeping the emotion",
        report.run.model_sha256,
    ):
        assert expected in words
    for label in report.run.labels:
        assert label in words
    assert "14 of 1,200 audited texts also stand in the training data" in words


def test_bars_of_few_texts_are_hollow_and_said_to_be_uncertain(report, outcomes, html):
    assert 'class="bar few"' not in html
    assert "A hollow bar" not in ShownPage(html).words
    bins = (CalibrationBin(0.0, 0.5, 0, None, None), CalibrationBin(0.5, 0.7, 1, 0.6, 1.0))
    bins += (CalibrationBin(0.7, 0.8, 9, 0.75, 0.5), CalibrationBin(0.8, 1.0, 10, 0.9, 0.8))
    sections = tuple(replace(s, calibration=bins) if s.kind == "clean" else s for s in report.sections)
    page = HtmlReporter().render(replace(report, sections=sections), outcomes).decode()
    assert page.count('class="bar few"') == 2
    assert page.count('class="bar"') == 2  # one of them is the page's head
    words = ShownPage(page).words
    assert "A hollow bar rests on fewer than 10 texts: too few to tell how often it is right." in words
    for row in ("50% – 70% mean 60.0% 100.0% too few texts 1", "70% – 80% mean 75.0% 50.0% too few texts 9"):
        assert row in words
    assert "80% – 100% mean 90.0% 80.0% 10" in words


def test_multi_label_has_micro_f1_and_no_confusions():
    outcomes = factory.make_outcomes(examples=40, multi_label=True)
    words = ShownPage(HtmlReporter().render(factory.make_report(outcomes, multi_label=True), outcomes).decode()).words
    assert "Micro-F1, clean" in words
    assert "Confusions" not in words


def test_nothing_succeeded():
    outcomes = factory.make_outcomes(examples=40, all_failed=True)
    words = ShownPage(HtmlReporter().render(factory.make_report(outcomes, judged=False), outcomes).decode()).words
    assert "No attack succeeded on any text" in words
    assert "Overall verdict: Not judged" in words
    robustness = words[words.index("Weakest emotion: none.") : words.index("Worst examples No attack succeeded")]
    assert "not measured" not in robustness.replace("it nothing is measured", "")
    assert "Words that the successful attacks changed, per text. no attack succeeded" in robustness
    assert "No attack succeeded, so there is no changed text of which to ask" in robustness
    assert "read the examples below" not in robustness
    assert robustness.count("no attack succeeded") >= len(factory.ATTACKS) + 3


def test_what_was_not_tried_is_not_measured_even_if_nothing_succeeded(report):
    """Every text was wrong before the attacks: nobody tried to break one."""
    skipped = [
        replace(o, status=Status.SKIPPED, perturbed=None, predicted_after=None, words_perturbed=None, valid=None)
        for o in factory.make_outcomes(examples=40)
    ]
    words = ShownPage(HtmlReporter().render(factory.make_report(skipped, judged=False), skipped).decode()).words
    assert "no attack succeeded" not in words


def test_shown_examples_are_the_worst_and_their_number_is_stated(report, outcomes):
    successes = [o for o in outcomes if o.status is Status.SUCCEEDED]
    page = ShownPage(HtmlReporter(max_examples=8).render(report, outcomes).decode())
    assert f"Showing 8 of {len([o for o in successes if o.plugin != factory.REDUCER])}" in page.words
    shown = [value for name, value in page.values if name == "data-attack"]
    assert set(shown) == set(factory.ATTACKS)  # none fills the list alone
    assert page.words.count("may not keep its emotion: ") == 2  # to judge the check by
    words = [int(value) for name, value in page.values if name == "data-words"]
    validity = [int(value) for name, value in page.values if name == "data-validity"]
    order = list(zip(validity, words, strict=True))
    assert order == sorted(order)


# --- robustness -------------------------------------------------------------------------------------------------


def _words(report: AuditReport, outcomes: list[AttackOutcome]) -> str:
    return ShownPage(HtmlReporter().render(report, outcomes).decode()).words


def _ensemble(report: AuditReport, **changes: object) -> AuditReport:
    """The report with another section of the worst case."""
    return replace(
        report, sections=tuple(replace(s, **changes) if s.plugin == "ensemble" else s for s in report.sections)
    )


def _percent(section, name: str) -> str:
    return next(f"{m.value:.1%}" for m in section.metrics if m.name == name)


def test_every_metric_of_evasion_and_every_reason_is_in_plain_words(report, standard):
    sections = [section for section in (*report.sections, *standard[0].sections) if section.kind == "evasion"]
    names = {metric.name for section in sections for metric in section.metrics}
    assert {name for name in names if name not in METRIC_NAMES or not METRIC_NAMES[name].meaning} == set()
    assert set(REASON_WORDS) == {reason.value for reason in Reason}


def test_the_worst_case_within_three_words_comes_before_the_unlimited_and_the_valid_one(report, html):
    words = ShownPage(html).words
    body = words[words.index("All attacks together") :]
    section = report.sections[-1]
    places = [
        body.index(f"{title} {_percent(section, name)}")
        for title, name in (
            ("Worst case, at most 3 words", "worst_case_accuracy_3_words"),
            ("Worst case, any number of words", "worst_case_accuracy"),
            ("Worst case that keeps the emotion", "valid_worst_case_accuracy"),
        )
    ]
    assert places == sorted(places)
    assert places[-1] < body.index("Attack by attack")


def test_a_standard_ensemble_is_shown_as_what_each_attack_left(standard):
    report, outcomes = standard
    words = _words(report, outcomes)
    body = words[words.index("Attack by attack") : words.index("Which emotions break")]
    steps = [section for section in report.sections if section.plugin in factory.ATTACKS]
    rows = [f"{s.plugin} {attack_summary(s.plugin)} {_percent(s, 'accuracy_left_3_words')}" for s in steps]
    assert [body.index(row) for row in rows] == sorted(map(body.index, rows))
    assert all(_percent(s, "accuracy_left") in body and _percent(s, "survivor_success_rate") in body for s in steps)
    assert "emo-standard-v1" in words
    assert "Attack success rate of the texts" not in words  # rates on survivors do not compare


def test_a_standard_ensemble_draws_one_line_and_says_where_it_is_a_bound(standard, report, outcomes):
    words = _words(*standard)
    body = words[words.index("How few words are enough") : words.index("Provenance What")]
    (ensemble,) = [section for section in standard[0].sections if section.plugin == "ensemble"]
    points = [point for curve in ensemble.curves for point in curve.points]
    bounds = [point for point in points if point.upper_bound]
    assert 0 < len(bounds) < len(points)
    assert all(f"{100 * point.accuracy:.1f}%" in body for point in points)
    assert all(f"≤ {100 * point.accuracy:.1f}%" in body for point in bounds)
    assert body.count("≤") == len(bounds) + 1  # and once where it is explained
    assert "upper bound" in body
    assert "upper bound" not in _words(report, outcomes)


@pytest.mark.parametrize("kind", ["attack by attack", "standard ensemble"])
def test_what_an_attack_learnt_is_named_with_its_half(report, outcomes, standard, kind):
    shown, found = standard if kind == "standard ensemble" else (report, outcomes)
    learnt = (Learnt(1, 43, "joy", "very angry words"), Learnt(2, 1, "anger", "ever\u200bso @lena"))
    sections = tuple(replace(s, learnt=learnt) if s.plugin == "pruthi" else s for s in shown.sections)
    words = _words(replace(shown, sections=sections), found)
    assert "What pruthi learnt" in words
    assert "joy half 1, 43 texts half 2 very angry words" in words
    assert "anger half 2, 1 text half 1 ever⟨U+200B⟩so @user" in words
    assert "What pruthi learnt" not in _words(shown, found)


def test_what_was_changed_of_the_profile_stands_in_the_header(report, outcomes):
    assert "profile standard 1, changed: attacks, examples · seed 0" in _words(report, outcomes)
    for changes, shown in ((), "nothing"), (None, "not recorded"):
        words = _words(replace(report, run=replace(report.run, profile_changes=changes)), outcomes)
        assert "profile standard 1 · seed 0" in words
        assert f"Changed of the profile{shown}" in words


def test_key_figures_say_which_numbers_know_no_limit_of_words(report, html):
    words = ShownPage(html).words
    figures = words[words.index("Key figures Macro-F1") : words.index("By emotion")]
    assert "Attack success rate, any number of words" in figures
    few = next(s for s in report.sections if s.plugin == "unicode")
    assert f"accuracy left, at most 3 words: {_percent(few, 'accuracy_under_attack_3_words')}" in figures


def test_a_reader_of_the_page_alone_is_not_sent_elsewhere(report, outcomes, html):
    words = ShownPage(html).words
    assert "docs/" not in words
    assert "read the examples below" in words
    assert "clean clean" not in words


def test_a_line_that_stops_says_why(report, outcomes):
    assert "A line stops where the attack's own budget ends" not in _words(report, outcomes)
    short = [
        replace(s, curves=tuple(replace(c, points=(*c.points[:1], replace(c.points[1], accuracy=None), *c.points[2:]))
                                for c in s.curves)) if s.plugin == "unicode" else s
        for s in report.sections
    ]  # fmt: skip
    assert "A line stops where the attack's own budget ends" in _words(replace(report, sections=tuple(short)), outcomes)


def test_an_audit_that_stopped_early_does_not_claim_all_texts(standard):
    report, outcomes = standard
    stopped = replace(report, run=replace(report.run, attacked_examples=900))
    assert "200 texts were drawn. For each of them that the model reads right, attacks searched" in _words(
        stopped, outcomes
    )


def test_raised_flags_stand_by_the_verdict_and_every_flag_in_the_list(report, outcomes):
    flags = (*factory.FLAGS, Flag("of_a_stranger", None, "seen nothing"))
    words = _words(_ensemble(report, flags=flags), outcomes)
    top = words[: words.index("Requirements")]
    assert "The model is so sure that nothing moves: 31 of 64 texts" in top
    assert "The model's gradients are zero" not in top
    for shown in (
        "not raised The model answers differently when asked twice",
        "raised The model is so sure that nothing moves",
        "not looked at The model's gradients mislead",
        "not looked at Of a stranger seen nothing",
    ):
        assert shown in words


def test_pairs_of_attacks_are_compared(report, html):
    words = ShownPage(html).words
    for pair in report.sections[-1].comparisons:
        shown = f"{pair.left} and {pair.right}{100 * pair.difference:+.1f}".replace("-", "−")
        assert shown in words.replace(" +", "+").replace(" −", "−")


def test_reduction_stands_apart(report, outcomes, html):
    page = ShownPage(html)
    assert factory.REDUCER not in {value for name, value in page.values if name == "data-attack"}
    body = page.words[page.words.index("Does the model need the text?") :]
    section = next(s for s in report.sections if s.plugin == factory.REDUCER)
    assert f"taken away. {_percent(section, 'reducible_rate')}" in body
    table = page.words[page.words.index("Attack by attack") : page.words.index("Does the model need the text?")]
    assert factory.REDUCER not in table


def test_reasons_of_invalid_successes_are_counted_in_words(outcomes, html):
    words = ShownPage(html).words
    for attack in ("deepwordbug", "pruthi", "synonyms"):
        mine = [o for o in outcomes if o.plugin == attack and o.valid is not None]
        invalid = [o for o in mine if not o.valid]
        assert f"{len(invalid)} of {len(mine)} checked successes may not keep the emotion" in words
        negations = sum("negation" in o.invalid_reasons for o in invalid)
        assert f"a negation came or went ({negations})" in words


def test_examples_say_whether_they_keep_the_emotion(report, outcomes, html):
    words = ShownPage(html).words
    assert "Rules and lexicons then judged" in words
    assert "judged to keep its emotion" in words
    shown = _words(report, [o for o in outcomes if o.valid is not True])
    assert "not checked" in shown
    assert "may not keep its emotion: the feeling turned round or went away, words of one emotion gave way" in shown


def test_an_audit_without_a_validity_check_says_that_nobody_looked(outcomes):
    unchecked = [replace(o, valid=None, invalid_reasons=()) for o in outcomes]
    words = _words(factory.make_report(unchecked), unchecked)
    assert "Nobody checked whether a changed text still expresses its emotion" in words
    assert "Rules and lexicons then judged" not in words


def test_a_line_stops_where_nothing_was_measured():
    line = broken_line([1.0, 0.5, None, 0.25, 0.0])
    assert line.path == "M10 0L30 50M70 75L90 100"
    assert len(line.dots) == 4


def test_budgets_come_from_the_curves_of_the_audit(report, html):
    words = ShownPage(html).words
    for section in report.sections:
        for curve in section.curves:
            cells = [f"{point.accuracy:.1%}" for point in curve.points if point.accuracy is not None]
            name = "all attacks together" if section.plugin == "ensemble" else section.plugin
            assert re.search(rf"{name} ?\d[^a-z]*{'[^a-z]*'.join(map(re.escape, cells))}", words), (name, curve.unit)


def test_of_many_attacks_the_strongest_are_drawn_and_none_looks_like_another(report):
    attack = next(s for s in report.sections if s.plugin == "pruthi")
    many = [
        replace(attack, plugin=f"a{n}", metrics=(Metric("accuracy_under_attack", n / 40, None, None, 9, 0.95, True),))
        for n in range(40)
    ]
    styles = line_styles(many, "ensemble")
    assert set(styles) == {"ensemble", *(f"a{n}" for n in range(MOST_LINES))}
    assert len(set(styles.values())) == MOST_LINES + 1


def test_masking_is_on_by_default(html, report, outcomes):
    assert "example.com" not in html
    assert "northline_trains" not in html
    assert "mira_builds" not in html
    assert "7946" not in html
    assert "lena" not in html
    named = [outcome for outcome in outcomes if "northline" in outcome.original]
    assert "northline" in HtmlReporter(mask=False).render(report, named).decode()
