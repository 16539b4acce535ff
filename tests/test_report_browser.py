"""The pages in a real browser: nothing overflows, nothing is blocked, everything can be read and used."""

from dataclasses import replace
from pathlib import Path

import explanation_factory as explanations
import pytest
import report_factory as factory
from chromium import CHROMIUM, complaints, open_page
from compared_audits import better_model, compared, of_model
from robust_emo_reports.comparison_html import ComparisonHtml
from robust_emo_reports.html import HtmlReporter

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install -y chromium")

# Contrast (WCAG 2.2, 1.4.3) of every text with the nearest plain background behind it.
_LOW_CONTRAST = """
(() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (...layers) => {
    pen.clearRect(0, 0, 1, 1);
    for (const layer of layers) { pen.fillStyle = layer; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color) => color.map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const low = new Set();
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("svg,.vh,script,style") || !node.checkVisibility()) continue;
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    const back = luminance(rgb("white", ...layers));
    const front = luminance(rgb("white", ...layers, getComputedStyle(node).color));
    const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    if (ratio < 4.5) low.add(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
  }
  return [...low];
})()
"""


# Labels of the axis of budgets that run into each other.
_OVERLAPS = """
[...document.querySelectorAll(".plot.budget")].flatMap((plot) => {
  const boxes = [...plot.querySelectorAll("text.x")].map((node) => [node.textContent, node.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right + 3 && b.left < a.right + 3 && a.top < b.bottom && b.top < a.bottom;
  return boxes.flatMap(([name, box], i) => boxes.slice(i + 1)
    .filter(([, next]) => meet(box, next)).map(([other]) => `${name} ${other}`));
})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    outcomes = factory.make_outcomes() + factory.make_reductions()
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(HtmlReporter().render(factory.defended(factory.make_report(outcomes, errored=True)), outcomes))
    return path


@pytest.fixture(scope="module")
def standard_page(tmp_path_factory) -> Path:
    outcomes = factory.survivors(factory.make_outcomes())
    path = tmp_path_factory.mktemp("standard") / "report.html"
    path.write_bytes(HtmlReporter().render(factory.defended(factory.make_report(outcomes, standard=True)), outcomes))
    return path


@pytest.fixture(scope="module")
def explanation_page(tmp_path_factory) -> Path:
    report = factory.make_report(factory.make_outcomes(examples=20))
    report = replace(report, sections=(*report.sections, explanations.make_section()))
    path = tmp_path_factory.mktemp("explanations") / "report.html"
    path.write_bytes(HtmlReporter().render(report, ()))
    return path


@pytest.fixture(scope="module")
def comparison_page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("comparison")
    before = factory.make_outcomes()
    after = better_model(before)
    comparison = compared(
        folder,
        (factory.make_report(before), before),
        (of_model(factory.defended(factory.make_report(after, errored=True)), "feedback-hard"), after),
    )
    path = folder / "comparison.html"
    path.write_bytes(ComparisonHtml().render(comparison))
    return path


@pytest.mark.parametrize("width", [320, 375, 800, 1280])
def test_nothing_overflows_and_nothing_is_blocked(
    browser, page, standard_page, comparison_page, explanation_page, width
):
    for shown in (page, standard_page, comparison_page, explanation_page):
        open_page(browser, shown, width)
        browser.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
        scroll, inner = browser.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert inner == width
        assert scroll <= width
        assert browser.evaluate(_OVERLAPS) == []
        assert complaints(browser) == []


def test_violations_would_be_seen(browser, page, tmp_path):
    tampered = tmp_path / "tampered.html"
    tampered.write_bytes(page.read_bytes().replace(b"<body>", b"<body><p style='color:red'><script>alert(1)</script>"))
    open_page(browser, tampered, 1280)
    browser.evaluate("1")
    assert len(complaints(browser)) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser, page, comparison_page, explanation_page, scheme):
    for shown in (page, comparison_page, explanation_page):
        open_page(browser, shown, 1280, scheme)
        assert browser.evaluate(_LOW_CONTRAST) == []


@pytest.mark.parametrize("name", ["page", "comparison_page"])
def test_without_scripts_the_report_is_whole(browser, request, name):
    open_page(browser, request.getfixturevalue(name), 1280, scripts=False)
    text = browser.call("DOM.getDocument")["root"]["nodeId"]
    body = browser.call("DOM.querySelector", nodeId=text, selector="#found")["nodeId"]
    assert body
    controls = browser.call("DOM.querySelector", nodeId=text, selector=".filters")["nodeId"]
    browser.call("DOM.enable")
    browser.call("CSS.enable")
    style = browser.call("CSS.getComputedStyleForNode", nodeId=controls)["computedStyle"]
    assert {"name": "display", "value": "none"} in style
    example = browser.call("DOM.querySelector", nodeId=text, selector=".example .side")["nodeId"]
    style = browser.call("CSS.getComputedStyleForNode", nodeId=example)["computedStyle"]
    assert {"name": "display", "value": "grid"} in style


def test_filter_sort_and_theme(browser, page):
    open_page(browser, page, 1280)
    choose = "(id, to) => { const n = document.getElementById(id); n.value = to; n.dispatchEvent(new Event('input')); }"
    browser.evaluate(f"({choose})('by-attack', 'unicode')")
    shown = browser.evaluate("[...document.querySelectorAll('.example:not([hidden])')].map(e => e.dataset.attack)")
    assert set(shown) == {"unicode"}
    assert browser.evaluate("document.getElementById('found').textContent") == f"{len(shown)} of 60 shown"
    browser.evaluate(f"({choose})('by-validity', 'invalid')")
    assert browser.evaluate("document.querySelectorAll('.example:not([hidden])').length") == 0  # unicode's are valid
    browser.evaluate(f"({choose})('by-attack', '')")
    kept = browser.evaluate("[...document.querySelectorAll('.example:not([hidden])')].map(e => e.dataset.kept)")
    assert len(kept) >= 15
    assert set(kept) == {"invalid"}
    browser.evaluate(f"({choose})('order', 'queries')")
    queries = browser.evaluate("[...document.querySelectorAll('.example')].map(e => +e.dataset.queries)")
    assert queries == sorted(queries)
    browser.evaluate(f"({choose})('order', 'validity')")
    ranks = browser.evaluate("[...document.querySelectorAll('.example')].map(e => +e.dataset.validity)")
    assert ranks == sorted(ranks)
    background = "getComputedStyle(document.body).backgroundColor"
    before = browser.evaluate(background)
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.evaluate(background) != before
    assert complaints(browser) == []


def test_won_and_lost_are_filtered(browser, comparison_page):
    open_page(browser, comparison_page, 1280)
    choose = "(by, to) => { const n = document.querySelector(`[data-by=${by}]`); n.value = to; "
    choose += "n.dispatchEvent(new Event('input')); }"
    shown = (
        "[...document.querySelectorAll('.example:not([hidden])')].map(e => e.dataset.change + ' ' + e.dataset.attack)"
    )
    browser.evaluate(f"({choose})('change', 'lost')")
    assert set(browser.evaluate(shown)) == {"lost pruthi", "lost as written"}
    browser.evaluate(f"({choose})('attack', 'unicode')")
    assert browser.evaluate(shown) == []
    browser.evaluate(f"({choose})('change', '')")
    assert set(browser.evaluate(shown)) == {"won unicode"}
    assert browser.evaluate("document.getElementById('found').textContent").endswith("of 40 shown")
    assert complaints(browser) == []


# --- explanations ---------------------------------------------------------------------------------------------------

_SEEN = "[...document.querySelectorAll('.explained-text[data-trust]')].filter(e => e.checkVisibility())"


def test_a_hostile_token_is_text(browser, explanation_page):
    open_page(browser, explanation_page, 1280)
    texts = "[...document.querySelectorAll('.words')].map(e => { const c = e.cloneNode(true);"
    texts += "for (const i of c.querySelectorAll('i')) i.remove(); return c.textContent; })"
    assert any("<img src=x onerror=alert(1)>" in text for text in browser.evaluate(texts))
    assert browser.evaluate("document.querySelectorAll('img, main script').length") == 0
    assert not [event for event in browser.seen if event.get("method") == "Page.javascriptDialogOpening"]
    assert complaints(browser) == []


def test_a_word_tells_its_value_when_pointed_at_or_reached_by_key(browser, explanation_page):
    open_page(browser, explanation_page, 1280)
    value = "[...document.querySelectorAll('.explained-text .w > i')].map(e => e.getBoundingClientRect().width > 20)"
    assert not any(browser.evaluate(value))
    browser.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    browser.evaluate("document.querySelector('.explained-text .w').focus()")
    assert browser.evaluate(value)[:2] == [True, False]
    browser.call(
        "Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39
    )
    assert browser.evaluate(value)[:3] == [False, True, False]
    x, y = browser.evaluate(
        "(() => { const e = document.querySelectorAll('.explained-text .w')[2];"
        "e.scrollIntoView({ block: 'center', behavior: 'instant' }); const r = e.getBoundingClientRect();"
        "return [r.left + r.width / 2, r.top + r.height / 2]; })()"
    )
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert browser.evaluate(value)[2]
    stops = "[...document.querySelectorAll('.map .words')].map(e => e.querySelectorAll('[tabindex=\"0\"]').length)"
    assert set(browser.evaluate(stops)) == {1}  # a heat map is one stop, not one per word


def test_the_sign_is_seen_without_colour(browser, explanation_page):
    open_page(browser, explanation_page, 1280)
    line = "(e => [getComputedStyle(e).borderBottomStyle, parseFloat(getComputedStyle(e).borderBottomWidth)])"
    for sign, style in (("f", "solid"), ("g", "dashed")):
        thick = browser.evaluate(f"[1, 2, 3, 4, 5].map(k => {line}(document.querySelector(`.w.{sign}${{k}}`)))")
        assert {name for name, _ in thick} == {style}
        widths = [width for _, width in thick]
        assert widths == sorted(widths)
        assert widths[-1] >= widths[0] + 2


def test_heat_maps_are_filtered_sorted_and_switched(browser, explanation_page):
    open_page(browser, explanation_page, 1280)
    choose = "(by, to) => { const n = document.querySelector(by); n.value = to; n.dispatchEvent(new Event('input')); }"
    everything = browser.evaluate(f"{_SEEN}.length")
    browser.evaluate(f"({choose})('[data-choose=trust]', '0')")
    assert set(browser.evaluate(f"{_SEEN}.map(e => e.dataset.trust)")) == {"0"}
    browser.evaluate(f"({choose})('[data-choose=trust]', '')")
    browser.evaluate(f"({choose})('[data-choose=answer]', 'wrong')")
    wrong = browser.evaluate(f"{_SEEN}.map(e => e.dataset.answer)")
    assert set(wrong) == {"wrong"}
    assert browser.evaluate("document.querySelector('.found').textContent") == f"{len(wrong)} of {everything} shown"
    browser.evaluate(f"({choose})('[data-choose=answer]', '')")
    name = browser.evaluate("document.querySelector('[data-choose=emotions] option:nth-child(2)').value")
    browser.evaluate(f"({choose})('[data-choose=emotions]', '{name}')")
    emotions = browser.evaluate(f"{_SEEN}.map(e => e.dataset.emotions.split(' '))")
    assert 0 < len(emotions) < everything
    assert all(name in own for own in emotions)
    browser.evaluate(f"({choose})('[data-choose=emotions]', '')")
    browser.evaluate(f"({choose})('[data-sort]', 'answer')")
    answers = browser.evaluate(f"{_SEEN}.map(e => ['wrong', 'unknown', 'right'].indexOf(e.dataset.answer))")
    assert answers == sorted(answers)
    assert len(answers) == everything
    maps = "[...document.querySelectorAll('[data-name=row-2] .map')].map(e => e.checkVisibility())"
    assert browser.evaluate(maps) == [True, False, False]
    browser.evaluate("document.querySelectorAll('[data-name=row-2] .switch input')[2].click()")
    assert browser.evaluate(maps) == [False, False, True]
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.evaluate(maps) == [True, True, True]
    assert complaints(browser) == []


def test_without_scripts_every_heat_map_is_there(browser, explanation_page):
    open_page(browser, explanation_page, 1280, scripts=False)
    browser.call("DOM.enable")
    browser.call("CSS.enable")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]

    def displays(selector: str) -> set[str]:
        nodes = browser.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
        assert nodes
        styles = [browser.call("CSS.getComputedStyleForNode", nodeId=node)["computedStyle"] for node in nodes]
        return {entry["value"] for style in styles for entry in style if entry["name"] == "display"}

    assert displays(".explained .filters, .explained .switch") == {"none"}
    assert displays(".explained-text .map") == {"block"}
