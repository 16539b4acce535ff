"""The switch of languages in a real browser: what changes, what stays, and that nothing is asked of anybody."""

import re
from pathlib import Path

import pytest
import report_factory as factory
import test_report_browser as client
from robust_emo_reports.html import HtmlReporter

pytestmark = client.pytestmark
browser = client.browser

_SWITCHED = """
new Promise((done) => {
  const before = document.documentElement.lang;
  const look = () => document.documentElement.lang === before ? setTimeout(look, 10) : done();
  document.querySelector("button.language").click();
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


def test_the_reader_switches_to_the_other_language_and_back(browser, page):
    first = page.stem
    client._open(browser, page, 1280)
    browser.call("Network.enable")
    browser.evaluate("document.getElementById('theme').click()")
    browser.evaluate(_CHOSEN)
    theme = browser.evaluate(_THEME)
    _check(browser, first)
    browser.evaluate(_SWITCHED)
    assert browser.evaluate(_THEME) == theme
    browser.evaluate(_CHOSEN)
    _check(browser, "zh" if first == "en" else "en")
    browser.evaluate(_SWITCHED)
    assert browser.evaluate(_THEME) == theme
    _check(browser, first)  # with the choice made before
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(_THEME) != theme
    browser.evaluate(_SWITCHED)
    _check(browser, "zh" if first == "en" else "en")
    assert client._complaints(browser) == []
    assert [event for event in browser.seen if event.get("method") == "Network.requestWillBeSent"] == []


def _check(browser, language):
    title, headings, found = _WORDS[language]
    assert browser.evaluate("document.documentElement.lang") == language
    assert title in browser.evaluate("document.title")
    assert browser.evaluate(_HEADINGS) == headings
    assert browser.evaluate(_ATTACKS) == ["unicode"]
    assert re.fullmatch(found, browser.evaluate("document.getElementById('found').textContent"))


def test_the_words_of_the_script_are_in_the_language_of_the_page(browser, page):
    client._open(browser, page, 1280)
    words = {"en": ["Collapse all", "Expand all"], "zh": ["全部收起", "全部展开"]}[page.stem]
    expand = "document.getElementById('expand')"
    for word in words:
        browser.evaluate(f"{expand}.click()")
        assert browser.evaluate(f"{expand}.textContent") == word
    browser.evaluate("document.getElementById('copy').click()")
    told = {"en": "Command ", "zh": "命令已"}[page.stem]
    assert browser.evaluate("document.getElementById('copied').textContent").startswith(told)
