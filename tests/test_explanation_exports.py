"""Explanations as files: what is in them is all there, runs nowhere, and is the same every time."""

import csv
import io
import json
import re
import struct
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, replace
from itertools import pairwise

import explanation_factory as factory
import pytest
from robust_emo_reports.heat_map_html import heat_map_html
from robust_emo_reports.heat_map_layout import MARGIN, WIDTH, heat_map_layout
from robust_emo_reports.heat_map_png import _Pen, heat_map_png
from robust_emo_reports.heat_map_svg import heat_map_svg
from robust_emo_reports.text_width import text_width
from shown_page import HOSTILE, ShownPage

from robust_emo.errors import InputError, PrerequisiteError, RobustEmoError
from robust_emo.plugins import available, load
from robust_emo.types import Explanation, Trust, WordAttribution

pytestmark = pytest.mark.model_free

SVG = "{http://www.w3.org/2000/svg}"
ONE = factory.explain(
    "I am not furious, I love this", "joy", trust=Trust.CAUTION, example_id="row-1", label=("anger", "joy")
)


def spelt(text: str) -> Explanation:
    """Explained as one word."""
    return replace(ONE, text=text, words=(WordAttribution(text, 0, len(text), 1.0),), target=text, method=text,
                   predicted=(text,), label=(text,), reasons=(text,), example_id=text)  # fmt: skip


def rows(explanations) -> list[dict[str, str]]:
    content = load("explanation_reporters", "csv").render(explanations).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


@pytest.mark.parametrize("name", ["csv", "html", "json", "png", "svg"])
def test_each_comes_through_its_entry_point_and_is_repeatable(name):
    assert name in available("explanation_reporters")
    reporter = load("explanation_reporters", name)
    assert reporter.suffix == f".{name}"
    made = reporter.render([ONE, spelt("so happy")])
    assert isinstance(made, bytes)
    assert made == load("explanation_reporters", name).render([ONE, spelt("so happy")])
    assert load("explanation_reporters", name).render([]) is not None


# --- SVG ------------------------------------------------------------------------------------------------------------


def test_svg_holds_title_trust_words_and_signs():
    root = ElementTree.fromstring(heat_map_svg([ONE]))
    texts = [node.text for node in root.iter(f"{SVG}text")]
    assert texts[0] == "What speaks for joy"
    assert texts[1:3] == ["Read this heat map with caution", "small edits change the order of the words"]
    assert [word.text for word in ONE.words if word.text in texts] == [word.text for word in ONE.words]
    values = [node.text for node in root.iter(f"{SVG}title")]
    assert f"{ONE.words[-2].attribution:+.3f}".replace("-", "\u2212") in values
    dashed = [line.get("stroke-dasharray") is not None for line in root.iter(f"{SVG}line")]
    assert True in dashed
    assert False in dashed


@pytest.mark.parametrize("text", [*HOSTILE, factory.HOSTILE], ids=range(len(HOSTILE) + 1))
def test_svg_is_well_formed_and_runs_nothing_whatever_the_text(text):
    root = ElementTree.fromstring(heat_map_svg([spelt(text)]).encode())
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {"svg", "g", "rect", "line", "text", "title"}
    names = {name for node in root.iter() for name in node.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", "".join(root.itertext()))


def test_words_wrap_inside_the_margins_and_below_one_another():
    placed = heat_map_layout(factory.explain("happy words " * 60), lambda text, size, bold: text_width(text, size))
    words = [box for box in placed.boxes if box.value]
    assert len(words) == 120
    assert all(box.x >= MARGIN and box.x + box.width <= WIDTH - MARGIN for box in words)
    assert len({box.y for box in words}) > 3
    assert max(box.y for box in placed.boxes) < placed.height
    for before, after in pairwise(words):
        assert after.y > before.y or after.x > before.x + before.width


def test_texts_that_run_to_the_left_do_so_in_the_picture():
    placed = heat_map_layout(factory.explain("أنا سعيد جدا"), lambda text, size, bold: text_width(text, size))
    xs = [box.x for box in placed.boxes if box.value]
    assert xs == sorted(xs, reverse=True)


def test_a_picture_of_a_very_long_text_says_what_it_leaves_out():
    assert "[300 more words]" in heat_map_svg([factory.explain("word " * 700)])


@pytest.mark.parametrize("trust", Trust)
def test_every_picture_of_one_heat_map_carries_its_trust_label(trust, monkeypatch):
    one = factory.explain("so happy", trust=trust)
    words = {"trusted": "is trusted", "caution": "with caution", "unreliable": "is unreliable"}[trust]
    written: list[str] = []
    draw = _Pen._write

    def noted(pen, axes, text, *rest):
        written.append(text)
        draw(pen, axes, text, *rest)

    monkeypatch.setattr(_Pen, "_write", noted)
    assert heat_map_png([one])
    for shown in (heat_map_svg([one]), heat_map_html([one]), "\n".join(written)):
        assert words in shown
        assert all(reason in shown for reason in one.reasons)


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_the_fragment_is_self_contained_and_readable():
    fragment = heat_map_html([ONE])
    found = ShownPage(fragment)
    assert found.elements <= {"div", "b", "p", "span", "bdi"}
    assert "What speaks for joy" in found.words
    assert "Read this heat map with caution: small edits change the order of the words" in found.words
    assert ("title", f"{ONE.words[0].attribution:+.3f}".replace("-", "\u2212")) in found.values
    assert fragment.count('tabindex="0"') == len(ONE.words)
    assert "dashed" in fragment
    page = load("explanation_reporters", "html").render([ONE]).decode()
    assert page.lstrip().startswith("<!doctype html>")
    assert fragment in page
    assert load("explanation_reporters", "html", page=False).render([ONE]).decode() == fragment


@pytest.mark.parametrize("text", [*HOSTILE, factory.HOSTILE], ids=range(len(HOSTILE) + 1))
def test_the_fragment_keeps_texts_texts(text):
    found = ShownPage(heat_map_html([spelt(text)]))
    assert found.elements <= {"div", "b", "p", "span", "bdi"}
    assert {name for _, name in found.attributes} <= {"style", "title", "tabindex", "dir", "class"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "".join(found.text))


def test_pictures_speak_chinese_where_that_is_asked_for():
    fragment = heat_map_html([ONE], language="zh")
    assert "哪些词支持 joy" in fragment
    assert f'<span lang="en">{ONE.reasons[0]}</span>' in fragment
    picture = load("explanation_reporters", "svg", language="zh").render([ONE]).decode()
    assert "请谨慎解读这张热力图" in picture
    assert "Read this heat map" not in picture
    assert '<html lang="zh">' in load("explanation_reporters", "html", language="zh").render([ONE]).decode()
    assert size_of(load("explanation_reporters", "png", language="zh").render([ONE]))[0] == 2 * WIDTH
    assert "What speaks for joy" in heat_map_html([ONE])  # the language chosen before is forgotten


# --- CSV ------------------------------------------------------------------------------------------------------------


def test_csv_has_a_row_per_word():
    found = rows([ONE, ONE])
    assert len(found) == 2 * len(ONE.words)
    assert found[0] == {
        "example_id": "row-1", "text": ONE.text, "method": "integrated-gradients", "target": "joy", "predicted": "joy",
        "label": "anger;joy", "trust": "caution", "word": "I", "start": "0", "end": "1",
        "attribution": repr(round(ONE.words[0].attribution, 6)),
    }  # fmt: skip
    assert all(ONE.text[int(row["start"]) : int(row["end"])] == row["word"] for row in found)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1", "\ufeff=1"])
def test_no_cell_is_a_formula(text):
    (row,) = rows([spelt(text)])
    for column in ("example_id", "text", "method", "target", "predicted", "label", "word"):
        assert row[column] == f"'{text}"


@pytest.mark.parametrize("text", [*HOSTILE, 'say "so", and\nmore'], ids=range(len(HOSTILE) + 1))
def test_csv_can_be_read_back_whatever_the_text(text):
    (row,) = rows([spelt(text)])
    assert row["word"].lstrip("'") == text.replace("\0", "\ufffd").replace("\ud800", "\ufffd").lstrip("'")
    assert (row["start"], row["attribution"]) == ("0", "1.0")


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_holds_every_field():
    (found,) = json.loads(load("explanation_reporters", "json").render([ONE]))
    assert {"method", "target", "completeness_gap", "trust", "words"} <= set(found)
    assert list(found["words"][0]) == ["text", "start", "end", "attribution"]
    assert found == json.loads(json.dumps(asdict(ONE)))
    assert json.loads(load("explanation_reporters", "json", single=True).render([ONE])) == found


def test_json_refuses_what_it_cannot_say():
    for explanations, reporter in (
        ([replace(ONE, probability=float("nan"))], load("explanation_reporters", "json")),
        ([ONE, ONE], load("explanation_reporters", "json", single=True)),
    ):
        with pytest.raises(RobustEmoError):
            reporter.render(explanations)
    assert "\ufffd" in load("explanation_reporters", "json").render([spelt("\ud800")]).decode()


# --- PNG ------------------------------------------------------------------------------------------------------------


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_png_is_as_large_as_its_layout_and_keeps_out_of_the_way():
    width, height = size_of(heat_map_png([ONE]))
    assert width == 2 * WIDTH
    assert size_of(heat_map_png([ONE, ONE]))[1] == pytest.approx(2 * height, abs=2)
    pyplot = sys.modules.get("matplotlib.pyplot")  # Captum imports it
    assert pyplot is None or not pyplot.get_fignums()


def test_characters_that_no_font_has_are_told_and_warn_nobody():
    known, unknown = (heat_map_png([factory.explain(text)]) for text in ("so nice", "so 开心"))
    assert size_of(unknown)[1] > size_of(known)[1]  # the line that names them
    assert b"matplotlib" not in known  # no version in the file


@pytest.mark.parametrize("text", [*HOSTILE, "$\\frac{1}{2}$ \\alpha {x}_{y", "😂❤️"], ids=range(len(HOSTILE) + 2))
def test_png_draws_any_text(text):
    assert size_of(heat_map_png([spelt(text)]))[0] == 2 * WIDTH


def test_png_says_what_it_lacks():
    with pytest.raises(PrerequisiteError, match="no font called 'No Such Font'"):
        load("explanation_reporters", "png", fonts=("No Such Font",)).render([ONE])
    with pytest.raises(InputError, match="ask for fewer"):
        heat_map_png([factory.explain("word " * 4)] * 200)
