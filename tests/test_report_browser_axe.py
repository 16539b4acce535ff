"""Every page under axe-core: no serious or critical issue on wide and narrow screens, in light and dark.

axe-core comes with a package and is only read from it: https://github.com/dequelabs/axe-core
"""

import json
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from browser_pages import PAGES

pytestmark = pytest.mark.model_free

_ISSUES = """
axe.run(document, OPTIONS).then(({ violations }) => violations.filter((each) => each.impact !== "minor")
  .flatMap((each) => each.nodes.map((node) =>
    `${each.impact} ${each.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`)))
"""
_UNFOLD = "for (const node of document.querySelectorAll('details')) node.open = true"
_CONTRAST = "color-contrast"

# axe takes milliseconds for the contrast of an element: of things that are laid out alike it sees the first three.
_THIN_OUT = """
document.querySelectorAll(":is(.example, .explained-text, .w, tr, tbody, dl > div, svg *):nth-child(n+4)")
  .forEach((node) => node.remove())
"""

# axe does not judge single digits, nor text on a gradient or beyond the edge of a scrolling table. So here is contrast
# (WCAG 2.2, 1.4.3) of every text with the plain backgrounds behind it.
_LOW_CONTRAST = """
(() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const luminance = (...layers) => {
    const name = layers.join();
    if (known.has(name)) return known.get(name);
    pen.clearRect(0, 0, 1, 1);
    for (const layer of layers) { pen.fillStyle = layer; pen.fillRect(0, 0, 1, 1); }
    const light = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    known.set(name, light);
    return light;
  };
  const low = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("svg,.vh,script,style") || !node.checkVisibility()) continue;
    const layers = ["white"];
    for (let at = node; at; at = at.parentElement) layers.splice(1, 0, getComputedStyle(at).backgroundColor);
    const back = luminance(...layers);
    const front = luminance(...layers, getComputedStyle(node).color);
    const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    if (ratio < 4.5) low.add(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
  }
  return [...low];
})()
"""


@cache
def _axe() -> str:
    try:
        files = distribution("axe-playwright-python").files or ()
    except PackageNotFoundError:
        pytest.skip("axe-core is not installed: pip install axe-playwright-python")
    return next(file for file in files if file.name == "axe.min.js").read_text(encoding="utf-8")


def _issues(tab, **options) -> list[str]:
    """A line per issue: its impact, rule, place and what axe says of it."""
    tab.evaluate(_axe())
    return tab.evaluate(_ISSUES.replace("OPTIONS", json.dumps(options)))


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_that_matters(tab, pages, name, width):
    tab.open(pages(name), width)
    tab.evaluate(_UNFOLD)
    assert _issues(tab, rules={_CONTRAST: {"enabled": False}}) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_enough_contrast(tab, pages, name, width, theme):
    """The dark page is that of the page's own switch."""
    tab.open(pages(name), width)
    tab.evaluate(_UNFOLD)
    tab.evaluate(_THIN_OUT)
    if theme == "dark":
        tab.evaluate("document.getElementById('theme').click()")
        assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert _issues(tab, runOnly=[_CONTRAST]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_has_enough_contrast(tab, pages, name, scheme):
    """By what the system prefers, on the screen and on paper."""
    tab.open(pages(name), 1280, scheme)
    tab.evaluate(_UNFOLD)
    assert tab.evaluate(_LOW_CONTRAST) == []
    tab.media(scheme, "print")
    assert tab.evaluate(_LOW_CONTRAST) == []


def test_issues_would_be_found(tab, pages):
    tab.open(pages("standard"), 1280)
    tab.evaluate(_THIN_OUT)
    tab.evaluate("document.querySelector('.lead').style.color = 'silver'")
    tab.evaluate("document.getElementById('find').placeholder = ''")
    tab.evaluate("document.getElementById('find').closest('label').before(document.getElementById('find'))")
    assert {issue.split(":")[0] for issue in _issues(tab)} == {"serious color-contrast", "critical label"}
    assert tab.evaluate(_LOW_CONTRAST)
