"""Every page in a real browser: nothing is asked for, blocked or cut off, and all of it is there without scripts."""

import pytest
from browser_pages import PAGES

pytestmark = pytest.mark.model_free

# Labels of the axis of budgets that run into each other.
_OVERLAPS = """
[...document.querySelectorAll(".plot.budget")].flatMap((plot) => {
  const boxes = [...plot.querySelectorAll("text.x")].map((node) => [node.textContent, node.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right + 3 && b.left < a.right + 3 && a.top < b.bottom && b.top < a.bottom;
  return boxes.flatMap(([name, box], i) => boxes.slice(i + 1)
    .filter(([, next]) => meet(box, next)).map(([other]) => `${name} ${other}`));
})
"""

# Texts that nobody sees, less those for paper, for scripts and for narrow screens. What is folded a click unfolds.
_UNSEEN = """
(() => {
  const unseen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const other = "script, style, .js-only, .sign, .signature, .narrow, details:not([open]) > :not(summary), svg title";
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const seen = node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (walker.currentNode.data.trim() && !node.closest(other) && !seen) unseen.push(walker.currentNode.data);
  }
  return unseen;
})()
"""


@pytest.mark.parametrize("width", [320, 360, 800, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_for_blocked_or_wider_than_the_screen(tab, pages, name, width):
    tab.open(pages(name), width)
    assert tab.evaluate("location.protocol") == "file:"
    tab.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    scroll, inner = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert inner == width
    assert scroll <= width
    assert tab.evaluate(_OVERLAPS) == []
    assert tab.complaints() == []
    assert tab.requests() == [pages(name).as_uri()]


def test_violations_would_be_seen(tab, pages, tmp_path):
    tampered = tmp_path / "tampered.html"
    bad = b"<body><p style='color:red'><script>console.log(1)</script><img src='http://127.0.0.1:9/'>"
    tampered.write_bytes(pages("report").read_bytes().replace(b"<body>", bad))
    tab.open(tampered, 1280)
    assert len(tab.complaints()) >= 3  # blocked: style, script and picture
    tampered.write_bytes(tampered.read_bytes().replace(b"Content-Security-Policy", b"x"))
    tab.open(tampered, 1280)
    assert tab.requests() == [tampered.as_uri(), "http://127.0.0.1:9/"]
    assert tab.complaints()


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_the_page_is_whole(tab, pages, name):
    tab.open(pages(name), 1280, scripts=False)
    tab.call("Emulation.setScriptExecutionDisabled", value=False)  # for the questions below; the page's never ran
    assert not tab.evaluate("document.documentElement.classList.contains('js')")
    assert tab.evaluate("[...document.querySelectorAll('.js-only')].filter(e => e.checkVisibility()).length") == 0
    assert tab.evaluate(_UNSEEN) == []
    assert tab.evaluate("document.body.innerText.length") > 1000
