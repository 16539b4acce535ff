"""The report's part on explanations: whether to believe them comes first, nothing is lost, and texts stay texts."""

import re
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise

import explanation_factory as factory
import pytest
from report_factory import make_outcomes, make_report
from robust_emo_reports.attributed_spans import spans_of
from robust_emo_reports.attribution_levels import LEVELS, shade_of
from robust_emo_reports.embedding_plot import map_view
from robust_emo_reports.explanation_charts import histogram_view
from robust_emo_reports.explanation_names import EXPLANATION_NAMES
from robust_emo_reports.glossary import EXPLANATION_GLOSSARY
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.line_plot import Point, axis_marks, line_plot
from shown_page import HOSTILE, ShownPage

from robust_emo.types import (
    AttackedPair,
    CountedBin,
    Explanation,
    ExplanationFindings,
    MapPoint,
    Trust,
    WordAttribution,
)

pytestmark = pytest.mark.model_free

REPORT = replace(make_report(make_outcomes(examples=12)), verdicts=())


def page(*sections, mask=True) -> str:
    report = replace(REPORT, sections=(*REPORT.sections, *sections))
    return HtmlReporter(mask=mask).render(report, ()).decode()


def part(html: str) -> str:
    """Words of the part on explanations."""
    words = ShownPage(html).words
    return words[words.index("Explanations Which words moved the model") : words.index("Provenance What")]


@pytest.fixture(scope="module")
def html() -> str:
    return page(factory.make_section())


def changed(**metrics) -> object:
    """The section with other values of some metrics; None leaves one out."""
    section = factory.make_section()
    own = [
        replace(m, value=metrics[m.name], ci_low=metrics[m.name] - 0.05, ci_high=metrics[m.name] + 0.05)
        if metrics.get(m.name) is not None and m.label is None
        else m
        for m in section.metrics
        if metrics.get(m.name, 0) is not None
    ]
    return replace(section, metrics=tuple(own))


# --- in Chinese -----------------------------------------------------------------------------------------------------


def test_in_chinese_every_sentence_of_the_part_is_chinese_and_the_reasons_are_marked_as_english():
    reasons = ("no better than <i> words",)
    shown = tuple(replace(each, reasons=reasons) for each in factory.make_findings().shown)
    section = factory.make_section(replace(factory.make_findings(), reasons=reasons, shown=shown))
    report = replace(REPORT, sections=(*REPORT.sections, section))
    chinese = HtmlReporter(language="zh").render(report, ()).decode()
    own = chinese[chinese.index('<section id="explanations"') : chinese.index('<section id="provenance"')]
    words = ShownPage(own).words
    for text in ("这些热力图可信吗？", "200 条文本的热力图中，124 张可信", "预测为 joy", "归因最高的词（掩码）"):
        assert text in words
    assert not re.search(r"May they be believed|No heat map|Left out:|Kept alone|speaks for|the table below", words)
    assert '<li><span lang="en">no better than &lt;i&gt; words</span></li>' in chinese


# --- whether the part is there --------------------------------------------------------------------------------------


def test_nothing_of_it_is_there_without_such_a_section():
    html = page()
    assert 'id="explanations"' not in html
    assert "#explanations" not in html


def test_a_section_that_failed_or_found_nothing_is_not_measured():
    failed = part(page(factory.make_section(error="MemoryError: no room for @lena_k")))
    assert "Explanation: not measured" in failed
    assert "MemoryError: no room for @user" in failed
    assert "62.0%" not in failed
    nothing = part(page(replace(factory.make_section(), explanation=None)))
    assert "Heat maps: not measured" in nothing
    assert "62.0%" in nothing  # what was measured stays


def test_empty_findings_are_no_error():
    words = part(page(factory.make_section(ExplanationFindings("occlusion", ()), metrics=())))
    assert "No heat map was made." in words
    assert "The sanity check is undecided" in words
    for title in ("Do the highest words decide", "Stability under", "Map of the texts", "Do methods agree"):
        assert title not in words


def test_it_is_no_other_section(html):
    assert "Other sections" not in ShownPage(html).words


def test_same_findings_give_the_same_bytes(html):
    assert page(factory.make_section()) == html


def test_every_metric_has_a_name_and_a_meaning():
    names = {metric.name for metric in factory.make_section().metrics}
    assert names == set(EXPLANATION_NAMES)
    assert all(EXPLANATION_NAMES[name].meaning for name in names)


# --- may they be believed? ------------------------------------------------------------------------------------------


def test_the_answer_and_its_numbers_come_first(html):
    words = part(html)
    assert words.index("May they be believed? Most of them") < words.index("How good the heat maps are")
    assert "Of the heat maps of 200 texts, 124 may be believed, 50 only with caution, 26 not." in words
    assert "The sanity check is passed" in words


@pytest.mark.parametrize(
    ("section", "answer"),
    [
        (changed(randomisation_correlation=0.7), "No: they hardly depend on what the model has learnt"),
        (changed(unreliable=0.8, trusted=0.1), "Most of them not"),
        (changed(trusted=0.52), "Some of them: look at the mark of each"),
        (changed(randomisation_correlation=0.49), "Some of them: look at the mark of each"),
        (changed(trusted=None), "Not measured over all texts: look at the mark of each"),
    ],
)
def test_the_answer_is_judged_on_whole_intervals(section, answer):
    assert f"May they be believed? {answer} " in part(page(section))


def test_without_shares_the_shown_ones_are_counted_and_called_no_random_choice():
    assert "heat maps below, which are no random choice" in part(page(changed(caution=None)))


# --- heat maps ------------------------------------------------------------------------------------------------------


def test_every_word_of_a_heat_map_is_there_with_its_value(html):
    (explanation,) = [e for e in factory.make_findings().shown if e.example_id == "row-4"]
    words = part(html)
    for word in explanation.words:
        assert f"{word.text}{word.attribution:+.3f}".replace("-", "\u2212") in words


def test_sign_is_told_by_the_line_and_not_by_colour_alone():
    css = page()
    assert re.search(r"\.w:is\(\.g1, .*\) \{[^}]*border-bottom-style: dashed", css)
    widths = [
        float(re.search(rf"\.f{k}, \.g{k}\) \{{[^}}]*border-bottom-width: ([\d.]+)px", css)[1]) for k in range(1, 6)
    ]
    assert widths == sorted(set(widths))


def test_trust_comes_with_its_reasons_and_what_was_predicted(html):
    words = part(html)
    assert "anger unreliable predicted anger · gold sadness · probability of anger" in words
    assert "no better than words ranked at random (p 0.310)" in words
    assert "completeness gap 12.0%" in words
    assert re.search(r"Completeness gap ?does not apply to this method", words)


def test_the_least_trusted_come_first_then_wrong_answers(html):
    items = re.findall(r'data-trust="(\d)" data-answer="(\w+)"', html)
    order = [(int(trust), answer != "wrong") for trust, answer in items]
    assert len(order) == 10
    assert order == sorted(order)


def test_a_text_stands_where_the_map_of_its_answer_puts_it_and_its_switch_tells_what_each_emotion_is():
    own = {"example_id": "x", "label": ("fear",), "predicted": ("joy",)}
    answer = factory.explain("so happy", "joy", trust=Trust.TRUSTED, **own)
    true = factory.explain("so happy", "fear", trust=Trust.UNRELIABLE, **own)
    html = page(factory.make_section(ExplanationFindings("occlusion", (), shown=(answer, true))))
    assert 'data-trust="2" data-answer="wrong"' in html
    assert "<span>joy <small>predicted</small></span>" in html
    assert "<span>fear <small>gold</small></span>" in html


def test_reasons_that_hold_for_all_are_told_once_and_those_of_a_map_beside_it():
    everywhere = ("a model with random weights gets much the same heat maps (rank correlation 0.71)",)
    maps = tuple(
        factory.explain("so happy", trust=Trust.UNRELIABLE, reasons=reasons, example_id=f"r{row}")
        for row, reasons in enumerate(((*everywhere, "fewer than 5 words"), everywhere))
    )
    pairs = (AttackedPair("unicode", maps[1], maps[1]),)
    words = part(page(factory.make_section(ExplanationFindings("o", (), shown=maps, pairs=pairs, reasons=everywhere))))
    assert f"for what holds for all of them: {everywhere[0]}" in words
    assert words.count(everywhere[0]) == 1
    assert words.count("fewer than 5 words") == 1
    assert words.count("The reason holds for all heat maps and stands above.") == 3
    words = part(page(factory.make_section(ExplanationFindings("o", (), shown=maps))))  # as older audits have it
    assert words.count(everywhere[0]) == 2
    assert "holds for all" not in words


def test_several_emotions_of_one_text_share_one_place_and_one_scale(html):
    group = html[html.index('data-name="row-2"') + 9 :].partition("data-name=")[0]
    assert group.count('type="radio"') == 3
    assert group.count('class="map ') == 3
    strong, weak = factory.explain("furious"), factory.explain("furious", "anger")
    both = [
        replace(e, example_id="x", words=(replace(e.words[0], attribution=value),))
        for e, value in ((strong, 2.0), (weak, 0.5))
    ]
    words = page(factory.make_section(ExplanationFindings("occlusion", (), shown=tuple(both))))
    assert 'class="w f5"' in words
    assert re.search(r'class="w f2" tabindex="0">furious<i>\+0.500', words)  # a quarter of the strongest


def test_a_long_text_is_cut_and_its_strongest_words_are_named(html):
    assert re.search(r"\[2,\d\d\d more characters\]", part(html))
    words = tuple(WordAttribution("word", 5 * row, 5 * row + 4, 0.01) for row in range(600))
    last = replace(factory.explain("word " * 600), words=(*words[:-1], replace(words[-1], attribution=3.0)))
    assert "Speaks most for it: “word” (+3.000)" in part(
        page(factory.make_section(ExplanationFindings("occlusion", (), shown=(last,))))
    )


@pytest.mark.parametrize(("share", "level"), [(0, 0), (0.09, 0), (0.1, 1), (0.3, 2), (0.99, LEVELS), (1, LEVELS)])
def test_shades_are_steps_of_the_share_of_the_strongest(share, level):
    for sign in (1, -1):
        shade = shade_of(sign * share * 7.0, 7.0)
        assert (shade.level, shade.against) == (level, sign * share < 0)
    assert shade_of(0.0, 0.0).level == 0


# --- people and hostile texts ---------------------------------------------------------------------------------------


def test_people_are_masked_and_their_words_counted_together(html):
    assert "northline" not in html
    raw = page(factory.make_section(), mask=False)
    assert "northline_trains" in raw
    text = "mail lena.k@example.org, @lena_k2 now"
    pieces = [(0, 4), (5, 9), (9, 10), (10, 11), (11, 23), (23, 24), (25, 26), (26, 33), (34, 37)]
    words = tuple(WordAttribution(text[a:b], a, b, 1.0 + row) for row, (a, b) in enumerate(pieces))
    spans = spans_of(replace(factory.explain(text), words=words), masked=True)
    assert "".join(span.text for span in spans) == "mail [EMAIL], @user now"
    shown = [(span.text, span.attribution) for span in spans if span.attribution is not None]
    assert shown == [("mail", 1.0), ("[EMAIL]", 14.0), (",", 6.0), ("@user", 15.0), ("now", 9.0)]
    assert "".join(span.text for span in spans_of(factory.explain(text), masked=False)) == text


def test_pieces_of_a_name_that_an_attack_broke_are_hidden():
    original = factory.explain("thanks @northline_trains for this", predicted=("joy",))
    perturbed = factory.explain("thanks north line_trains for this", "anger")
    found = ExplanationFindings("occlusion", (), pairs=(AttackedPair("spaces", original, perturbed),))
    words = part(page(factory.make_section(found)))
    assert "line_trains" not in words
    assert "▮▮▮" in words
    assert "line_trains" in part(page(factory.make_section(found), mask=False))


def test_a_pair_shows_both_texts_and_marks_what_differs(html):
    assert re.search(r"<strong>fur</strong>", html)
    assert re.search(r"<strong>reefund</strong>", html)
    words = part(html)
    assert "lоU+043Eve" in words  # a Cyrillic letter among Latin ones is named
    assert words.index("Original anger trusted") < words.index("Attacked joy with caution")


def test_hidden_characters_in_tokens_are_named(html):
    words = part(html)
    for tag in ("U+202E", "U+2066", "U+200B"):
        assert tag in words
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", html)


def hostile(value: object, text: str) -> object:
    """`value` with `text` in every string but trust."""
    if isinstance(value, Trust):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(hostile(item, text) for item in value)
    if isinstance(value, Explanation):
        spelt = f"a {text} b"
        words = tuple(
            WordAttribution(spelt[start:end], start, end, 1.0 - row)
            for row, (start, end) in enumerate(((0, 1), (2, len(spelt) - 2), (len(spelt) - 1, len(spelt))))
        )
        rest = {f.name: hostile(getattr(value, f.name), text) for f in fields(value) if f.name not in ("text", "words")}
        return Explanation(text=spelt, words=words, **rest)
    if is_dataclass(value):
        return type(value)(**{f.name: hostile(getattr(value, f.name), text) for f in fields(value)})
    return value


@pytest.mark.parametrize("text", [*HOSTILE, factory.HOSTILE], ids=range(len(HOSTILE) + 1))
def test_hostile_text_adds_no_markup_and_hides_nothing(html, text):
    plain = ShownPage(html)
    section = factory.make_section(hostile(factory.make_findings(), text), notes=(text,), plugin=text, version=text)
    shown = page(section, mask=False)
    found = ShownPage(shown)
    assert found.elements <= plain.elements | {"span", "b"}
    assert not [name for _, name in found.attributes if name.startswith("on") or name == "style"]
    assert found.code == plain.code
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown
    )
    assert len(shown) <= 700_000


def test_many_findings_stay_a_page_and_what_is_left_out_is_counted():
    made = factory.make_findings()
    many = replace(
        made,
        shown=tuple(replace(made.shown[0], example_id=f"r{row}") for row in range(900)),
        pairs=made.pairs * 300,
        counterfactuals=made.counterfactuals * 300,
        top_words=tuple(replace(made.top_words[0], label=f"l{row % 90}") for row in range(2_000)),
        shares=tuple(replace(share, label=f"l{row}") for row in range(50) for share in made.shares),
        embedding_map=made.embedding_map * 40,
        faithfulness=made.faithfulness * 40,
        sanity=made.sanity * 40,
    )
    html = page(factory.make_section(many))
    assert len(html) <= 900_000
    words = part(html)
    assert re.search(r"\d+ more texts are in audit.json", words)
    assert re.search(r"\d+ more pairs are in audit.json", words)
    assert re.search(r"12,000 texts, 10,500 of them not drawn", words)


def test_terms_of_explanations_are_explained_where_there_are_any(html):
    told = {name for terms, _ in EXPLANATION_GLOSSARY for name in terms.split(", ")}
    assert {"Trust label", "Comprehensiveness", "Sufficiency", "Infidelity", "Completeness gap", "Sanity check"} <= told
    words = ShownPage(html).words
    for term, meaning in EXPLANATION_GLOSSARY:
        assert re.search(re.escape(term) + " ?" + re.escape(meaning), words), term
    assert "Completeness gap" not in ShownPage(page()).words


# --- charts ---------------------------------------------------------------------------------------------------------


def test_what_was_not_measured_is_said_and_what_is_flagged_marked(html):
    words = part(html)
    assert re.search(r"leave-one-out ?kernel-shap ?not measured ?not measured ?0", words)
    assert words.count("the model leans on it") == 6
    assert "leans on 2 of 6 kinds" in words
    assert "low is good" in words
    assert "A projection distorts distances: this plane shows 38.4% of the variance" in words


def test_every_number_stands_beside_what_random_rankings_get(html):
    words = part(html)
    for title, numbers in (
        (
            "Comprehensiveness, masked",
            r"\+0\.371 \+0\.341 . \+0\.40195% interval, bootstrap 200 \+0\.083\+0\.063 . \+0\.103 ",
        ),
        ("Infidelity", r"0\.41 0\.36 . 0\.4695% interval, bootstrap 200 0\.830\.81 . 0\.85 "),
        ("Stability", r"\+0\.710 \+0\.670 . \+0\.75095% interval, bootstrap 200 0on average "),
        (
            "Sensitivity",
            r"0\.21 0\.18 . 0\.2495% interval, bootstrap 200 [A-Z]",
        ),  # of a random ranking it is not defined
    ):
        assert re.search(rf"{title}[A-Z][^\d]* (?:1[^\d]*)?{numbers}", words), title
    assert "of chance" not in words
    metrics = tuple(metric for metric in factory.make_section().metrics if metric.name == "random_comprehensiveness")
    assert "Comprehensiveness of chance" in part(page(factory.make_section(metrics=metrics)))  # not lost by itself


def test_words_deleted_and_masked_stand_side_by_side(html):
    words = part(html)
    assert words.index("Words deleted") < words.index("Words masked") < words.index("Without random ones")
    deleted = r"50%\+0\.470\+0\.172.0\.003\+0\.275200"
    assert re.search(deleted + r"\+0\.394\+0\.144\+0\.043\+0\.250198", words)
    assert "random words, masked" in words
    without = part(page(factory.make_section(replace(factory.make_findings(), faithfulness_masked=()))))
    assert re.search(deleted + "not measured", without)
    assert "random words, masked" not in without


def test_methods_are_compared_by_overlap_too_beside_chance(html):
    assert re.search(r"leave-one-out ?\+0\.570 ?\+0\.510 . \+0\.620 ?71\.0% ?66\.0% . 76\.0% ?26\.2% ?120", part(html))


def test_the_map_says_which_projection_it_is_and_what_that_means(html):
    assert "plane of the two strongest directions (principal components)" in part(html)
    by_umap = part(page(factory.make_section(replace(factory.make_findings(), projection="umap", variance_shown=None))))
    assert "a plane made by UMAP" in by_umap
    assert "Only neighbours mean something here" in by_umap
    assert "principal components" not in by_umap
    assert "variance" not in by_umap[by_umap.index("Map of the texts") :]


def test_few_texts_are_no_chart_and_their_number_is_told():
    made = factory.make_findings()
    few = replace(
        made,
        faithfulness=tuple(replace(point, n=4) for point in made.faithfulness),
        sanity=tuple(replace(point, n=9 - row % 2) for row, point in enumerate(made.sanity)),
        stability=(CountedBin(0.0, 0.5, 2), CountedBin(0.5, 1.0, 5)),
        embedding_map=made.embedding_map[:6],
    )
    html = page(factory.make_section(few))
    words = part(html)
    for n in (4, 8, 7, 6):
        assert f"Too few texts for a chart: n = {n}, and it takes 10." in words
    own = html[html.index('id="explanations"') : html.index('id="provenance"')]
    assert 'class="plot' not in own
    assert "map-of-texts" not in own
    assert "Sanity check Randomised" in words  # the numbers stay
    enough = replace(few, faithfulness=tuple(replace(point, n=10) for point in made.faithfulness))
    assert page(factory.make_section(enough)).count('class="plot budget"') == 2 + page().count('class="plot budget"')


def test_the_axis_of_the_sanity_check_says_what_was_randomised(html):
    words = part(html)
    assert "12%: head25%: head and pooler" in words
    assert "100%: all layers" in words
    assert "Means over 48 texts." in words


def test_an_emotion_that_no_word_speaks_for_is_named():
    made = factory.make_findings()
    word = made.top_words[0]
    without = [label for label in REPORT.run.labels if label != word.label]
    told = part(page(factory.make_section(replace(made, top_words=(word,)))))
    assert f"No word speaks for {', '.join(without)}: none is in enough" in told
    none = part(page(factory.make_section(replace(made, top_words=()))))
    assert "Words that speak for each emotion" in none
    assert f"No word speaks for {', '.join(REPORT.run.labels)}: none is in enough" in none
    every = tuple(replace(word, label=label) for label in REPORT.run.labels)
    assert "none is in enough" not in part(page(factory.make_section(replace(made, top_words=every))))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-0.03, 0.62), (0, 0), (-1, 1), (0.001, 0.002), (-7, 900), (0.1, 0.7)]
)
def test_axis_marks_reach_both_ends_evenly(low, high):
    marks = axis_marks(low, high)
    assert marks[0] <= low
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 8
    steps = {round(b - a, 9) for a, b in pairwise(marks)}
    assert len(steps) == 1
    assert high == low or marks[-1] - marks[0] <= 3 * (high - low)


def test_a_line_stands_where_its_values_are():
    plot = line_plot(("a", "b"), (("one", "c0", (Point(0.0), Point(1.0, 0.5, 1.0))),))
    (line,) = plot.lines
    assert [(dot.x, dot.y, dot.top, dot.bottom) for dot in line.dots] == [
        ("25", "100", None, None),
        ("75", "0", "0", "50"),
    ]
    assert plot.zero is None
    assert [tick.text for tick in plot.y_ticks] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_a_histogram_counts_every_text():
    view = histogram_view((CountedBin(0.0, 0.5, 3), CountedBin(0.5, 1.0, 6)))
    assert [bar.height for bar in view.bars] == ["50", "100"]
    assert view.texts == "9"
    assert histogram_view(()) is None
    assert histogram_view((CountedBin(0.0, 0.5, 0),)) is None


def test_the_map_gives_every_emotion_its_own_mark_and_keeps_one_scale():
    labels = [f"e{row:02}" for row in range(30)]
    points = [MapPoint(row % 7, row % 5 / 10, (labels[row % 30],), (labels[row % 30],)) for row in range(3_000)]
    view = map_view(points, "pca", None)
    assert len(view.series) == 28
    assert view.series[-1].name == "all others"
    assert len({(series.style, series.sample) for series in view.series}) == 28
    paths = [path for series in view.series for path in (*series.right, *series.wrong)]
    assert max(map(len, paths)) <= 1_000  # what a page takes of one string
    assert sum(path.count("M") for path in paths) == 1_500
    assert map_view((), "pca", 0.5) is None
    two = map_view((MapPoint(0, 0, ("a",), ("a",)), MapPoint(10, 1, ("a",), ("b",))), "pca", 0.5)
    places = [re.match(r"M([\d.]+) ([\d.]+)", path).groups() for path in (*two.series[0].right, *two.series[0].wrong)]
    (x1, y1), (x2, y2) = [(float(x), float(y)) for x, y in places]
    assert (x2 - x1) / (y1 - y2) == pytest.approx(10, rel=0.01)


def test_suspected_shortcuts_are_named_and_nothing_is_said_without_any(html):
    assert re.search(r"zorblaxjoy61\.0% 55\.0% . 66\.0%98\.0%41", part(html))
    without = replace(factory.make_findings(), shortcuts=())
    assert "Suspected shortcuts" not in page(factory.make_section(without))


def test_texts_that_were_asked_for_raw_are_shown_raw():
    words = factory.explain("write to @lena_k, so happy")
    findings = replace(factory.make_findings(), shown=(words,), pairs=())
    masked = factory.make_section(findings)
    assert "lena_k" not in page(masked)
    assert "lena_k" in page(replace(masked, args={**masked.args, "show_raw": True}))
