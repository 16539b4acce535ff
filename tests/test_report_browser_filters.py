"""Every filter, order and switch of every page, in a real browser."""

import json

import pytest
from browser_pages import PAGES

pytestmark = pytest.mark.model_free

# What a reader does: choose, and see what is left. Items are told by their place in the page as it was opened.
_TOOLS = """
window.boxes = [...document.querySelectorAll(".filters")].map((box) => {
  const list = box.parentElement.querySelector("#example-list, .explained-list");
  return { box, list, items: [...list.children] };
});
window.choose = (number, selector, value) => {
  const { box, list, items } = boxes[number];
  const control = box.querySelectorAll("select, input")[selector];
  control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  return {
    shown: [...list.children].filter((item) => item.checkVisibility()).map((item) => items.indexOf(item)),
    said: box.querySelector("[aria-live]").textContent,
  };
};
"""
_CONTROLS = """
boxes.map(({ box, items }) => ({
  controls: [...box.querySelectorAll("select, input")].map((control) => ({
    of: control.dataset.by ?? control.dataset.choose ?? "",
    search: control.type === "search",
    values: [...(control.options ?? [])].map((option) => option.value),
  })),
  items: items.map((item) => ({ data: { ...item.dataset }, text: item.textContent.toLowerCase() })),
}))
"""


def _choose(tab, box: int, control: int, value: str) -> list[int]:
    """Items still shown, in the order of the page; what the page says of their number is checked."""
    found = tab.evaluate(f"choose({box}, {control}, {json.dumps(value)})")
    shown, count = found["said"].split(" of ")
    assert int(shown) == len(found["shown"])
    assert count == f"{tab.evaluate(f'boxes[{box}].items.length')} shown"
    return found["shown"]


def _has(item: dict, of: str, value: str) -> bool:
    """Whether an item is of this value; heat maps are of several emotions."""
    own = item["data"][of]
    return value in own.split(" ") if of == "emotions" else own == value


@pytest.mark.parametrize("name", PAGES)
def test_every_choice_leaves_what_it_names_and_no_other(tab, pages, name):
    tab.open(pages(name), 1280)
    tab.evaluate(_TOOLS)
    boxes = tab.evaluate(_CONTROLS)
    assert bool(boxes) == (name != "history")
    for number, box in enumerate(boxes):
        everything = list(range(len(box["items"])))
        for control, each in enumerate(box["controls"]):
            for value in filter(None, each["values"]) if each["of"] else ():
                left = [i for i in everything if _has(box["items"][i], each["of"], value)]
                assert _choose(tab, number, control, value) == left, (name, each["of"], value)
            if each["of"]:
                assert _choose(tab, number, control, "") == everything
    assert tab.complaints() == []


@pytest.mark.parametrize("name", PAGES)
def test_every_search_finds_what_holds_the_words(tab, pages, name):
    tab.open(pages(name), 1280)
    tab.evaluate(_TOOLS)
    for number, box in enumerate(tab.evaluate(_CONTROLS)):
        (control,) = (i for i, each in enumerate(box["controls"]) if each["search"])
        for words in ("I ", "JOY", "no such words"):
            left = [i for i, item in enumerate(box["items"]) if words.strip().lower() in item["text"]]
            assert _choose(tab, number, control, words) == left
        assert _choose(tab, number, control, "no such words") == []


@pytest.mark.parametrize("name", PAGES)
def test_an_order_shows_every_item_once(tab, pages, name):
    tab.open(pages(name), 1280)
    tab.evaluate(_TOOLS)
    for number, box in enumerate(tab.evaluate(_CONTROLS)):
        for control, each in enumerate(box["controls"]):
            for value in () if each["of"] or each["search"] else each["values"]:
                assert sorted(_choose(tab, number, control, value)) == list(range(len(box["items"])))


def _set(tab, selector: str, value: str) -> None:
    control = f"document.querySelector({json.dumps(selector)})"
    tab.evaluate(f"{control}.value = {json.dumps(value)}; {control}.dispatchEvent(new Event('input'))")


def test_choices_of_examples_add_up_and_orders_sort(tab, pages):
    tab.open(pages("report"), 1280)
    _set(tab, "#by-attack", "unicode")
    shown = "[...document.querySelectorAll('.example:not([hidden])')]"
    assert set(tab.evaluate(f"{shown}.map(e => e.dataset.attack)")) == {"unicode"}
    _set(tab, "#by-validity", "invalid")
    assert tab.evaluate(f"{shown}.length") == 0  # unicode's are valid
    _set(tab, "#by-attack", "")
    assert set(tab.evaluate(f"{shown}.map(e => e.dataset.kept)")) == {"invalid"}
    for order in ("queries", "words", "validity"):
        _set(tab, "#order", order)
        keys = tab.evaluate(f"[...document.querySelectorAll('.example')].map(e => +e.dataset.{order})")
        assert keys == sorted(keys)
    assert tab.complaints() == []


def test_won_and_lost_are_filtered(tab, pages):
    tab.open(pages("comparison"), 1280)
    shown = (
        "[...document.querySelectorAll('.example:not([hidden])')].map(e => e.dataset.change + ' ' + e.dataset.attack)"
    )
    _set(tab, "[data-by=change]", "lost")
    assert set(tab.evaluate(shown)) == {"lost pruthi", "lost as written"}
    _set(tab, "[data-by=attack]", "unicode")
    assert tab.evaluate(shown) == []
    _set(tab, "[data-by=change]", "")
    assert set(tab.evaluate(shown)) == {"won unicode"}


@pytest.mark.parametrize("name", PAGES)
def test_the_theme_is_switched_and_kept(tab, pages, name):
    background = "getComputedStyle(document.body).backgroundColor"
    tab.open(pages(name), 1280)
    light = tab.evaluate(background)
    tab.evaluate("document.getElementById('theme').click()")
    dark = tab.evaluate(background)
    assert dark != light
    tab.open(pages(name), 1280)
    assert tab.evaluate(background) == dark
    tab.evaluate("document.getElementById('theme').click()")
    assert tab.evaluate(background) == light
    assert tab.complaints() == []
