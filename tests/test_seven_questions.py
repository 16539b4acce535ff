"""A reviewer who has never seen the tool: each of the seven questions is answered at the top of its section."""

import re
from dataclasses import replace
from pathlib import Path

import explanation_factory as explanations
import pytest
import report_factory as factory
from compared_audits import better_model, of_model
from privacy_factory import membership_section
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.repeated_command import command_with
from shown_page import ShownPage

from robust_emo.baseline_audit import BaselineAudit
from robust_emo.since_baseline import since_baseline
from robust_emo.types import Status

pytestmark = pytest.mark.model_free

QUESTIONS = Path(__file__).parents[1] / "docs" / "seven_questions.md"
ANSWERS = {
    "answer-passed": "verdict",
    "answer-why": "verdict",
    "answer-changed": "since",
    "answer-weakest": "robustness",
    "answer-attack": "robustness",
    "answer-leaks": "privacy",
    "answer-trust": "explanations",
}

# Pixels from the top of the section to the end of the answer's first sentence, and to its own end.
_OFFSETS = """
((id, section) => {
  const top = document.getElementById(section).getBoundingClientRect().top;
  const answer = document.getElementById(id);
  const first = answer.querySelector("p,li") ?? answer;
  return [first.getBoundingClientRect().bottom - top, answer.getBoundingClientRect().bottom - top];
})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """An audit with all parts, which fails, beside a baseline."""
    before = factory.make_outcomes()
    after = better_model(before)
    first, second = factory.make_report(before), of_model(factory.make_report(after), "feedback-hard")
    sections = (*second.sections, membership_section(), explanations.make_section())
    second = replace(factory.defended(second), sections=sections)
    beside = BaselineAudit(first, tuple(before)).beside(second, after)
    path = tmp_path_factory.mktemp("questions") / "report.html"
    path.write_bytes(HtmlReporter().render(replace(second, since_baseline=since_baseline(beside, second)), after))
    return path


def answer(html: str, name: str) -> str:
    """The words from an answer's first tag on."""
    return ShownPage("<p" + html.partition(f'id="{name}"')[2][:4000]).words


def contents(html):
    """Entries of the contents, each with what it links to."""
    nav = re.search(r'<nav class="toc".*?</nav>', html, re.DOTALL)[0]
    found = re.findall(r'<a href="#([\w-]+)">(.*?)</a>', nav, re.DOTALL)
    return [(" ".join(re.sub(r"<[^>]+>", " ", name).split()), target) for target, name in found]


def test_every_question_is_answered_in_words(page):
    html = page.read_text()
    assert answer(html, "answer-passed").strip(" >").startswith("Overall verdict: Fail")
    assert "Fail: Worst case, at most 3 words · ensemble, 13.6%" in answer(html, "answer-why")
    assert "(required: at least 50.0%" in answer(html, "answer-why")
    changed = answer(html, "answer-changed")
    assert "Better: Worst case, at most 3 words +5.5 points (" in changed
    assert "Cannot be told: " in changed
    assert re.search(
        r"Weakest emotion: \w+\. Attacks that changed at most three words turned \d+ of its \d+ texts",
        answer(html, "answer-weakest"),
    )
    assert re.search(r"Strongest attack on it: \w+\. It turned \d+ of them wrong", answer(html, "answer-attack"))
    assert "The model leaks who it was trained on" in answer(html, "answer-leaks")
    assert "May they be believed?" in answer(html, "answer-trust")


def test_no_emotion_is_weakest_only_where_nothing_broke():
    outcomes = factory.make_outcomes(all_failed=True)
    report = factory.make_report(outcomes)
    said = answer(HtmlReporter().render(report, outcomes).decode(), "answer-weakest")
    assert "none. No attack turned a text wrong by changing at most three words." in said
    few = [replace(each, label=("envy",)) if each.example_id == "row-2" else each for each in outcomes]
    broken = [
        replace(each, status=Status.SUCCEEDED, perturbed="x", predicted_after=("joy",), words_perturbed=1)
        if each.label == ("envy",)
        else each
        for each in few
    ]
    said = answer(HtmlReporter().render(report, broken).decode(), "answer-weakest")
    assert "No attack turned a text wrong" not in said
    assert "none of those with 10 attacked texts or more that the model reads right: no attack turned one of" in said
    assert "Of emotions with fewer texts, texts turned wrong: 1." in said


def test_an_emotion_is_not_weakest_among_one():
    outcomes = factory.make_outcomes()
    known = sorted({each.label[0] for each in outcomes})
    texts = {label: list(dict.fromkeys(o.example_id for o in outcomes if o.label == (label,))) for label in known}
    kept = {text for label in known for text in texts[label][: None if label == known[0] else 3]}
    few = [each for each in outcomes if each.example_id in kept]
    said = answer(HtmlReporter().render(factory.make_report(few), few).decode(), "answer-weakest")
    assert f"Weakest emotion: cannot be told. Only {known[0]} has 10 attacked texts or more" in said
    assert "Too few texts to compare: " in said


def test_what_was_not_measured_says_so_and_how_to_measure_it():
    report = factory.make_report(factory.make_outcomes(examples=20))
    clean = replace(report, sections=report.sections[:1])
    html = HtmlReporter().render(clean, ()).decode()
    for name, command in (
        ("answer-changed", "--baseline EARLIER/audit.json"),
        ("answer-weakest", "robust-emo audit"),
        ("answer-leaks", "robust-emo privacy MODEL"),
        ("answer-trust", "robust-emo audit"),
    ):
        words = answer(html, name)
        assert "not measured" in words[:120]
        assert command in words
    assert "No promise about the training texts is recorded" in answer(html, "answer-leaks")
    measured = replace(report, sections=(*report.sections, membership_section()), run=replace(report.run, privacy=None))
    assert "Promised by the training: nothing is recorded." in HtmlReporter().render(measured, ()).decode()
    for name in ANSWERS:
        assert html.count(f'id="{name}"') == 1


def test_the_command_for_what_is_missing_has_enough_texts_and_leaves_the_audit():
    report = factory.make_report(factory.make_outcomes(examples=20))
    clean = replace(report, sections=report.sections[:1])  # its policy asks for 100 texts, of which 20 were drawn
    words = ShownPage(HtmlReporter().render(clean, ()).decode()).words
    model, own = report.run.model, "--profile standard --policy release.toml --seed 0 --sections clean"
    assert f"robust-emo audit {model} {own},evasion --examples 100 --out {model}-audit-evasion" in words
    assert f"robust-emo audit {model} {own},explanation --out {model}-audit-explanation" in words
    for given, wanted in ((50, 100), (500, 500)):
        command = f"robust-emo audit m --sections clean --examples {given} --out 'my audit' --stop-when-certain"
        other = replace(clean, run=replace(clean.run, command=command))
        assert command_with(other, "evasion") == (
            f"robust-emo audit m --sections clean,evasion --examples {wanted} --out 'my audit-evasion' "
            "--stop-when-certain"
        )
    for other in ("robust-emo privacy m --out x", "it's", ""):
        found = command_with(replace(clean, run=replace(clean.run, model="my m", command=other)), "evasion")
        assert found == (
            "robust-emo audit 'my m' --seed 0 --sections clean,evasion --examples 100 --out 'my m-audit-evasion'"
        )


@pytest.mark.parametrize("given", [".", "..", "/", "a/.."])
def test_the_command_for_what_is_missing_names_no_hidden_directory(given):
    report = factory.make_report(())
    run = replace(report.run, command=f"robust-emo audit m --out {given}")
    assert command_with(replace(report, run=run), "explanation").startswith(
        f"robust-emo audit m --out {run.model}-audit-explanation "
    )


def test_the_command_for_what_is_missing_asks_for_each_section_once():
    report = factory.make_report(())
    run = replace(report.run, command="robust-emo audit m --sections=clean,evasion --examples=500 --out=a")
    found = command_with(replace(report, run=run, sections=report.sections[:1]), "clean")
    assert found == "robust-emo audit m --sections clean --examples 500 --out a-clean"


def test_the_contents_list_what_was_not_measured_at_its_place(page):
    report = factory.make_report(factory.make_outcomes(examples=20))
    html = HtmlReporter().render(replace(report, sections=report.sections[:1]), ()).decode()
    listed = dict(contents(html))
    assert list(listed) == [
        "Verdict", "Scope", "Key figures", "Since the baseline", "Clean performance", "Robustness not measured",
        "Privacy not measured", "Explanations not measured", "Not measured", "Provenance", "How to read this",
        "AI Act and AI RMF", "Appendix", "Sign-off",
    ]  # fmt: skip
    for name, target in (("Robustness", "weakest"), ("Privacy", "leaks"), ("Explanations", "trust")):
        assert listed[f"{name} not measured"] == f"answer-{target}"
    assert all(f'id="{target}"' in html for target in listed.values())
    measured = dict(contents(page.read_text()))
    assert measured["Privacy"] == "privacy"
    assert not [name for name in measured if "not measured" in name]


def test_the_document_names_every_answer():
    text = QUESTIONS.read_text(encoding="utf-8")
    for name, section in ANSWERS.items():
        assert f"`#{name}`" in text
        assert f"`#{section}`" in text


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_every_answer_is_in_the_first_screenful_of_its_section(tab, page, width, height):
    tab.open(page, width, height=height)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    bar = tab.evaluate("document.querySelector('.bar').getBoundingClientRect().height")
    for name, section in ANSWERS.items():
        first, end = tab.evaluate(f"{_OFFSETS}('{name}', '{section}')")
        assert first <= height - bar, name
        if width >= 1280:
            assert end <= height - bar, name
