"""What a reader takes away from the report in a real browser: a sign-off and the tables."""

import csv
import json
import time
from pathlib import Path

import pytest
from browser_pages import everything
from robust_emo_reports.json import dump_report

pytestmark = pytest.mark.model_free


def _downloaded(tab, folder: Path, button: str) -> bytes:
    """What the browser saves when a button is pressed."""
    tab.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    tab.evaluate(f"document.getElementById('{button}').click()")
    for _ in range(200):
        if files := [file for file in folder.iterdir() if file.suffix in (".json", ".csv")]:
            return files[0].read_bytes()
        time.sleep(0.05)
    raise AssertionError("nothing was saved")


def _fill_in(tab, **values: str) -> None:
    for name, value in values.items():
        find = f"document.querySelector('[data-field={name}]')"
        tab.evaluate(f"{find}.value = {json.dumps(value)}")


def test_the_exported_sign_off_is_verified(tab, pages, tmp_path, cli):
    tab.open(pages("report"), 1280)
    folder = tmp_path / "saved"
    folder.mkdir()
    name = 'Mira "M" </script><b>\u202e'
    _fill_in(tab, name=name, role=" Model risk ", date="2026-03-04", comment="Only behind\na person.")
    tab.evaluate("document.querySelectorAll('[data-field=decision]')[1].click()")
    signed = json.loads(_downloaded(tab, folder, "export-sign-off"))
    assert (signed["name"], signed["role"]) == (name, "Model risk")
    assert signed["comment"] == "Only behind\na person."
    assert tab.evaluate("document.getElementById('exported').textContent").startswith("Handed to your browser")
    report, _ = everything()
    (tmp_path / "audit.json").write_bytes(dump_report(report))
    ended = cli("signoff", "verify", tmp_path, folder / "sign-off.json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("valid, of an audit that says fail: approve with conditions")
    assert tab.complaints() == []


_SWITCHED = """
new Promise((done) => {
  const before = document.documentElement.lang;
  const look = () => document.documentElement.lang === before ? setTimeout(look, 10) : done();
  document.querySelector("button.language").click();
  look();
})
"""
_FIELDS = (
    "[...document.querySelectorAll('[data-field]')].map((each) => each.type === 'radio' ? each.checked : each.value)"
)


def test_a_switch_of_the_language_keeps_what_was_filled_in(tab, pages):
    tab.open(pages("report"), 1280)
    _fill_in(tab, name="Mira", role="Model risk", date="2026-03-04", comment="Only behind\na person.")
    tab.evaluate("document.querySelectorAll('[data-field=decision]')[1].click()")
    filled = ["Mira", "Model risk", "2026-03-04", False, True, False, "Only behind\na person."]
    tab.evaluate(_SWITCHED)
    assert tab.evaluate(_FIELDS) == filled
    tab.evaluate("document.querySelectorAll('[data-field=decision]')[2].click()")
    _fill_in(tab, comment="")
    tab.evaluate(_SWITCHED)
    assert tab.evaluate(_FIELDS) == [*filled[:3], False, False, True, ""]
    assert tab.complaints() == []


def test_a_browser_that_cannot_unpack_has_no_switch(tab, pages):
    tab.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream")
    tab.open(pages("report"), 1280)
    assert tab.evaluate("getComputedStyle(document.querySelector('button.language')).display") == "none"


def test_an_unfinished_sign_off_is_not_exported(tab, pages):
    tab.open(pages("report"), 1280)
    tab.evaluate("URL.createObjectURL = () => { window.saved = true; return ''; }")
    press = "document.getElementById('export-sign-off').click(); window.saved === true"
    assert not tab.evaluate(press)
    _fill_in(tab, name="Mira", role="Model risk", date="2026-03-04")
    assert not tab.evaluate(press)  # no decision
    tab.evaluate("document.querySelectorAll('[data-field=decision]')[1].click()")
    assert not tab.evaluate(press)  # no conditions
    _fill_in(tab, name="  ", comment="Only behind a person.")
    assert not tab.evaluate(press)
    _fill_in(tab, name="Mira")
    assert tab.evaluate(press)


def test_tables_are_exported_whole_and_run_no_formula(tab, pages, tmp_path):
    tab.open(pages("report"), 1280)
    folder = tmp_path / "saved"
    folder.mkdir()
    tab.evaluate("document.querySelector('table.metrics tbody th').textContent = '=1+1;-2'")
    rows = list(csv.reader(_downloaded(tab, folder, "export-tables").decode("utf-8-sig").splitlines()))
    assert ["All requirements", "Requirement", "Threshold", "Found", "Result"] in rows
    assert any(row[1:2] == ["'=1+1;'-2"] for row in rows)
    gaps = [row for row in rows if row and row[0].startswith("Known gaps")]
    assert {len(row) for row in gaps} == {4}  # cells over several rows and columns do not shift the others
    names = tab.evaluate("[...document.querySelectorAll('main table caption')].map((e) => e.textContent)")
    assert {row[0] for row in rows if row} == set(names)


def test_a_sign_off_can_be_filled_in_and_printed_without_scripts(tab, pages):
    tab.open(pages("report"), 1280, scripts=False)
    tab.call("DOM.enable")
    tab.call("CSS.enable")
    root = tab.call("DOM.getDocument")["root"]["nodeId"]

    def display(selector: str) -> str:
        node = tab.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        style = tab.call("CSS.getComputedStyleForNode", nodeId=node)["computedStyle"]
        return next(entry["value"] for entry in style if entry["name"] == "display")

    assert display("[data-field=name]") != "none"
    assert display("p:has(> #export-sign-off)") == "none"
    assert display("p:has(> #export-tables)") == "none"
    assert display(".signature") == "none"
    tab.call("Emulation.setEmulatedMedia", media="print")
    assert display(".signature") == "block"
