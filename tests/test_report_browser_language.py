"""The switch of languages in a real browser: what changes, what stays, and that nothing is asked of anybody."""

import re
from pathlib import Path

import pytest
import report_factory as factory
from robust_emo_reports.html import HtmlReporter

pytestmark = pytest.mark.model_free

_SWITCHED = """
new Promise((done) => {
  const before = document.documentElement.lang;
  const look = () => document.documentElement.lang === before ? setTimeout(look, 10) : done();
  document.querySelector("button.language").click();
  look();
})
"""
_COPIED = """
new Promise((done) => {
  const told = document.getElementById("copied");
  const look = () => told.textContent ? done(told.textContent) : setTimeout(look, 10);
  document.getElementById("copy").click();
  look();
})
"""
_CHOSEN = """
(() => {
  const choice = document.getElementById("by-attack");
  choice.value = "unicode";
  choice.dispatchEvent(new Event("input"));
})()
"""
_ATTACKS = "[...new Set([...document.querySelectorAll('.example:not([hidden])')].map((each) => each.dataset.attack))]"
_HEADINGS = "[...document.querySelectorAll('#verdict h2, #figures h2, #provenance h2')].map((each) => each.textContent)"
_THEME = "[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]"
_WORDS = {
    "en": ("audit of feedback-minilm", ["Requirements", "Key figures", "Provenance"], r"\d+ of 60 shown"),
    "zh": ("feedback-minilm 的审计", ["要求", "关键指标", "来源信息"], r"显示 \d+ / 60"),
}


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, tmp_path_factory) -> Path:
    outcomes = factory.make_outcomes()
    path = tmp_path_factory.mktemp(request.param) / f"{request.param}.html"
    path.write_bytes(HtmlReporter(language=request.param).render(factory.make_report(outcomes), outcomes))
    return path


def test_the_reader_switches_to_the_other_language_and_back(tab, page):
    first = page.stem
    tab.open(page, 1280)
    tab.evaluate("document.getElementById('theme').click()")
    tab.evaluate(_CHOSEN)
    theme = tab.evaluate(_THEME)
    _check(tab, first)
    tab.evaluate(_SWITCHED)
    assert tab.evaluate(_THEME) == theme
    tab.evaluate(_CHOSEN)
    _check(tab, "zh" if first == "en" else "en")
    tab.evaluate(_SWITCHED)
    assert tab.evaluate(_THEME) == theme
    _check(tab, first)  # with the choice made before
    tab.evaluate("document.getElementById('theme').click()")
    assert tab.evaluate(_THEME) != theme
    tab.evaluate(_SWITCHED)
    _check(tab, "zh" if first == "en" else "en")
    assert tab.complaints() == []
    assert tab.requests() == [page.as_uri()]


def _check(tab, language):
    title, headings, found = _WORDS[language]
    assert tab.evaluate("document.documentElement.lang") == language
    assert title in tab.evaluate("document.title")
    assert tab.evaluate(_HEADINGS) == headings
    assert tab.evaluate(_ATTACKS) == ["unicode"]
    assert re.fullmatch(found, tab.evaluate("document.getElementById('found').textContent"))


def test_the_words_of_the_script_are_in_the_language_of_the_page(tab, page):
    tab.open(page, 1280)
    words = {"en": ["Collapse all", "Expand all"], "zh": ["全部收起", "全部展开"]}[page.stem]
    expand = "document.getElementById('expand')"
    for word in words:
        tab.evaluate(f"{expand}.click()")
        assert tab.evaluate(f"{expand}.textContent") == word
    assert tab.evaluate(_COPIED).startswith({"en": "Command ", "zh": "命令已"}[page.stem])
