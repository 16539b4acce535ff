"""Texts by a stranger are text in a real browser: they run nothing, load nothing, hide nothing and reorder nothing."""

import re

import pytest
from browser_pages import LONG, PAGES

pytestmark = pytest.mark.model_free

_STRANGE = [name for name in PAGES if "hostile" in name or name == "long"]

# Elements and attributes that no template writes, and handlers of any kind.
_FOREIGN = """
[...document.querySelectorAll("*")].filter((node) =>
  node.matches("img, iframe, object, embed, base, link, form, body script:not(.other-language), body style, [style]")
  || (node.matches("a:not([href^='#'])") && !/^(audit|outcomes|answers)\\.jsonl?$/.test(node.getAttribute("href")))
  || [...node.attributes].some((each) => each.name.startsWith("on"))).map((node) => node.outerHTML)
"""


@pytest.mark.parametrize("name", _STRANGE)
def test_nothing_runs_and_nothing_is_loaded(tab, pages, name):
    tab.call("Page.addScriptToEvaluateOnNewDocument", source="window.alert = () => console.error('it ran')")
    tab.open(pages(name), 1280)
    tab.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    tab.evaluate("for (const node of document.querySelectorAll('body *')) node.dispatchEvent(new Event('mouseover'))")
    assert tab.evaluate(_FOREIGN) == []
    assert tab.complaints() == []
    assert tab.requests() == [pages(name).as_uri()]


@pytest.mark.parametrize("name", ["hostile", "hostile-comparison"])
def test_markup_is_read_as_it_was_written_and_what_is_invisible_is_named(tab, pages, name):
    tab.open(pages(name), 1280)
    text = tab.evaluate("document.body.textContent")
    for shown in ("</script><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "{{7*7}}", "<!-- ]]> &amp;"):
        assert shown in text
    for code in ("U+0000", "U+001B", "U+202E", "U+2066", "U+200B", "U+2060", "U+FEFF"):
        assert code in text
    assert ("U+D800" in text) == (name == "hostile")  # the files of a comparison have U+FFFD in its place
    hidden = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
    assert re.findall(hidden, text) == []


@pytest.mark.parametrize("name", ["hostile", "hostile-comparison"])
def test_a_text_keeps_its_direction_to_itself(tab, pages, name):
    tab.open(pages(name), 1280)
    bidi = "[...document.querySelectorAll('.side p, .words')].map(e => getComputedStyle(e).unicodeBidi)"
    assert set(tab.evaluate(bidi)) == {"isolate"}


def test_a_line_of_100_kb_is_cut_and_says_so(tab, pages):
    tab.open(pages("long"), 360)
    text = tab.evaluate("document.body.textContent")
    assert LONG not in text
    assert re.search(r"\[\d[\d,]* more characters\]", text)
    assert tab.evaluate("[...document.querySelectorAll('.example, .explained-text')].every(e => e.scrollWidth <= 360)")
