"""Heat maps in a real browser: read by mouse, by key and without colour, filtered, sorted and switched."""

import pytest

pytestmark = pytest.mark.model_free

_SEEN = "[...document.querySelectorAll('.explained-text[data-trust]')].filter(e => e.checkVisibility())"


def test_a_word_tells_its_value_when_pointed_at_or_reached_by_key(tab, pages):
    tab.open(pages("report"), 1280)
    value = "[...document.querySelectorAll('.explained-text .w > i')].map(e => e.getBoundingClientRect().width > 20)"
    assert not any(tab.evaluate(value))
    tab.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    tab.evaluate("document.querySelector('.explained-text .w').focus()")
    assert tab.evaluate(value)[:2] == [True, False]
    tab.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
    assert tab.evaluate(value)[:3] == [False, True, False]
    x, y = tab.evaluate(
        "(() => { const e = document.querySelectorAll('.explained-text .w')[2];"
        "e.scrollIntoView({ block: 'center', behavior: 'instant' }); const r = e.getBoundingClientRect();"
        "return [r.left + r.width / 2, r.top + r.height / 2]; })()"
    )
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert tab.evaluate(value)[2]
    stops = "[...document.querySelectorAll('.map .words')].map(e => e.querySelectorAll('[tabindex=\"0\"]').length)"
    assert set(tab.evaluate(stops)) == {1}  # a heat map is one stop, not one per word


def test_the_sign_is_seen_without_colour(tab, pages):
    tab.open(pages("report"), 1280)
    line = "(e => [getComputedStyle(e).borderBottomStyle, parseFloat(getComputedStyle(e).borderBottomWidth)])"
    for sign, style in (("f", "solid"), ("g", "dashed")):
        thick = tab.evaluate(f"[1, 2, 3, 4, 5].map(k => {line}(document.querySelector(`.w.{sign}${{k}}`)))")
        assert {name for name, _ in thick} == {style}
        widths = [width for _, width in thick]
        assert widths == sorted(widths)
        assert widths[-1] >= widths[0] + 2


def test_heat_maps_are_filtered_sorted_and_switched(tab, pages):
    tab.open(pages("report"), 1280)
    choose = "(by, to) => { const n = document.querySelector(by); n.value = to; n.dispatchEvent(new Event('input')); }"
    everything = tab.evaluate(f"{_SEEN}.length")
    tab.evaluate(f"({choose})('[data-choose=trust]', '0')")
    assert set(tab.evaluate(f"{_SEEN}.map(e => e.dataset.trust)")) == {"0"}
    tab.evaluate(f"({choose})('[data-choose=trust]', '')")
    tab.evaluate(f"({choose})('[data-choose=answer]', 'wrong')")
    wrong = tab.evaluate(f"{_SEEN}.map(e => e.dataset.answer)")
    assert set(wrong) == {"wrong"}
    assert tab.evaluate("document.querySelector('.found').textContent") == f"{len(wrong)} of {everything} shown"
    tab.evaluate(f"({choose})('[data-choose=answer]', '')")
    name = tab.evaluate("document.querySelector('[data-choose=emotions] option:nth-child(2)').value")
    tab.evaluate(f"({choose})('[data-choose=emotions]', '{name}')")
    emotions = tab.evaluate(f"{_SEEN}.map(e => e.dataset.emotions.split(' '))")
    assert 0 < len(emotions) < everything
    assert all(name in own for own in emotions)
    tab.evaluate(f"({choose})('[data-choose=emotions]', '')")
    tab.evaluate(f"({choose})('[data-sort]', 'answer')")
    answers = tab.evaluate(f"{_SEEN}.map(e => ['wrong', 'unknown', 'right'].indexOf(e.dataset.answer))")
    assert answers == sorted(answers)
    assert len(answers) == everything
    maps = "[...document.querySelectorAll('[data-name=row-2] .map')].map(e => e.checkVisibility())"
    assert tab.evaluate(maps) == [True, False, False]
    tab.evaluate("document.querySelectorAll('[data-name=row-2] .switch input')[2].click()")
    assert tab.evaluate(maps) == [False, False, True]
    tab.media("light", "print")
    assert tab.evaluate(maps) == [True, True, True]
    assert tab.complaints() == []


def test_without_scripts_every_heat_map_is_there(tab, pages):
    tab.open(pages("report"), 1280, scripts=False)
    tab.call("Emulation.setScriptExecutionDisabled", value=False)
    shown = "[...document.querySelectorAll('SELECTOR')].map(e => e.checkVisibility())"
    assert set(tab.evaluate(shown.replace("SELECTOR", ".explained .filters, .explained .switch"))) == {False}
    assert set(tab.evaluate(shown.replace("SELECTOR", ".explained-text .map"))) == {True}
