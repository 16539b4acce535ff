"""The pages speak English and Chinese: every text of ours has a translation, and nothing of an audit is translated."""

import ast
import json
import re
from importlib.resources import files

import jinja2
import pytest
import report_factory as factory
from jinja2.ext import extract_from_ast
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.language import LANGUAGES, say, say_counted, say_markup, speaking

from robust_emo.errors import InputError

_REPORTS = files("robust_emo_reports")
_SAYING = {"say": (0,), "say_markup": (0,), "later": (0,), "say_counted": (2,)}


def _messages() -> set[str]:
    """English texts that the code and the templates look up."""
    found = set()
    for file in _REPORTS.iterdir():
        if file.name.endswith(".py"):
            found |= _of_code(file.name, ast.parse(file.read_text(encoding="utf-8")))
    environment = jinja2.Environment()
    for file in (_REPORTS / "templates").iterdir():
        tree = environment.parse(file.read_text(encoding="utf-8")) if file.name.endswith((".html", ".svg")) else None
        found |= {texts[0] for _, _, texts in extract_from_ast(tree, ("_", "_h"), babel_style=False)} if tree else set()
    return found


def _of_code(name: str, tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        for place in _SAYING.get(called, ()):
            argument = node.args[place]
            assert not isinstance(argument, ast.JoinedStr), f"{name}:{node.lineno}: an f-string has no translation"
            if isinstance(argument, ast.Constant):
                found.add(argument.value)
    return found


def _catalogue_files():
    files = (file for file in (_REPORTS / "languages" / "zh").iterdir() if file.name.endswith(".json"))
    return sorted(files, key=lambda file: file.name)


def _entries() -> list[tuple[str, str]]:
    return [pair for file in _catalogue_files() for pair in json.loads(file.read_text(encoding="utf-8")).items()]


def _placeholders(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{[^}]*\}", text)))


def _tags(text: str) -> list[str]:
    return sorted(re.findall(r"<[^>]*>", text))


def test_every_text_has_its_chinese_and_the_catalogue_nothing_else():
    english = [text for text, _ in _entries()]
    assert sorted(english) == sorted(set(english)), "a text stands in two files"
    assert _messages() - set(english) == set()
    assert set(english) - _messages() == set()


def test_translations_keep_placeholders_and_tags():
    for text, chinese in _entries():
        assert _placeholders(text) == _placeholders(chinese), text
        assert _tags(text) == _tags(chinese), text
        assert chinese.strip(), text


def test_catalogues_are_sorted():
    for file in _catalogue_files():
        texts = list(json.loads(file.read_text(encoding="utf-8")))
        assert texts == sorted(texts), file.name


def test_values_are_put_in_as_they_are():
    assert say("{name} fails", name="{other}") == "{other} fails"
    assert say_markup("<b>{name}</b> fails", name="<i>") == "<b>&lt;i&gt;</b> fails"
    assert say_counted(1, "{n} word", "{n} words") == "1 word"
    assert say_counted(1200, "{n} word", "{n} words") == "1,200 words"


def test_a_language_holds_within_its_block_only():
    with speaking("zh"):
        assert say("Print") == "打印"
    assert say("Print") == "Print"


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="one of en, zh, got 'fr'"), speaking("fr"):
        pass


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_which_language_it_is_in(language):
    outcomes = factory.make_outcomes(examples=20)
    reporter = HtmlReporter(language=language)
    page = reporter.render(factory.make_report(outcomes), outcomes)
    assert f'<html lang="{language}">' in page.decode()
    assert reporter.render(factory.make_report(outcomes), outcomes) == page
