"""Every page on paper: all of it can be read, nothing is cut, and nothing is there that only a screen can use."""

import base64
import io
import re

import pytest
from browser_pages import PAGES

pytestmark = pytest.mark.model_free

pypdf = pytest.importorskip("pypdf", reason="pypdf reads the printed pages: pip install pypdf")

# Of A4 less the margins, in pixels of CSS.
_PAPER = 695
_TOO_WIDE = """
[...document.querySelectorAll("main *")].filter((node) => !node.closest("svg, .vh") && node.checkVisibility()
  && node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def printed(chromium, pages):
    """Page name to its PDF, printed once from a dark screen with everything folded."""
    from browser import Tab

    found = {}
    for name in PAGES:
        tab = Tab(chromium)
        tab.open(pages(name), 1280, "dark")
        tab.evaluate("document.documentElement.dataset.theme = 'dark'")
        made = tab.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True, generateTaggedPDF=True)
        found[name] = pypdf.PdfReader(io.BytesIO(base64.b64decode(made["data"])))
        tab.close()
    return found


def _text(sheet) -> str:
    return re.sub(r"\s+", " ", sheet.extract_text())


def _elements(node, kind: str):
    """Elements of the structure tree with this tag, such as TR."""
    node = node.get_object()
    if not isinstance(node, pypdf.generic.DictionaryObject):
        return
    if node.get("/S") == f"/{kind}":
        yield node
    for child in _children(node):
        yield from _elements(child, kind)


def _children(node):
    inside = node.get("/K", [])
    return inside if isinstance(inside, list) else [inside]


def _sheets(node, own=None) -> set:
    """Numbers of the objects of the sheets on which content of an element stands."""
    node = node.get_object()
    if not isinstance(node, pypdf.generic.DictionaryObject):
        return {own} if own else set()
    own = node.raw_get("/Pg").idnum if "/Pg" in node else own
    return set().union(*(_sheets(child, own) for child in _children(node)))


@pytest.mark.parametrize("name", PAGES)
def test_every_sheet_is_white_a4_with_text_and_the_last_one_takes_a_signature(printed, name):
    sheets = printed[name].pages
    assert 3 <= len(sheets) <= 120
    assert {(round(s.mediabox.width), round(s.mediabox.height)) for s in sheets} == {(595, 842)}
    assert all(len(_text(sheet)) > 40 for sheet in sheets)
    assert "The page loads nothing from anywhere." in _text(sheets[-1])
    assert ("Date" in _text(sheets[-1])) == (name != "history")


@pytest.mark.parametrize("name", PAGES)
def test_all_parts_are_printed_and_controls_are_not(tab, pages, printed, name):
    tab.open(pages(name), 1280)
    text = " ".join(map(_text, printed[name].pages))
    for title in tab.evaluate("[...document.querySelectorAll('h2')].map(e => e.innerText)"):
        assert re.sub(r"\s+", " ", title) in text
    folded = tab.evaluate("[...document.querySelectorAll('details th:first-child')].map(e => e.firstChild.textContent)")
    for heading in filter(str.isalpha, folded):
        assert heading in text
    for control in ("Theme", "Expand all", "Skip to the report", "find in examples", "Gold emotion", "fewest words"):
        assert control not in text


@pytest.mark.parametrize("name", PAGES)
def test_no_row_of_a_table_is_cut_by_the_end_of_a_sheet(printed, name):
    rows = list(_elements(printed[name].trailer["/Root"]["/StructTreeRoot"], "TR"))
    on = [len(_sheets(row)) for row in rows]
    assert on.count(1) > 20
    assert max(on) == 1


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_paper_and_the_paper_is_white(tab, pages, name):
    tab.open(pages(name), _PAPER, "dark")
    tab.evaluate("document.getElementById('theme').click()")
    tab.evaluate("document.getElementById('theme').click()")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.media("dark", "print")
    tab.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    assert tab.evaluate(_TOO_WIDE) == []
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    controls = "[...document.querySelectorAll('button, select, input:not(.signing *)')]"
    assert tab.evaluate(f"{controls}.filter(e => e.checkVisibility()).length") == 0
