"""The report stays small, and says what it left out to stay so."""

from dataclasses import replace

import explanation_factory as explanations
import pytest
import report_factory as factory
from robust_emo_reports import page_size
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.page_size import CUTS, MOST_BYTES
from shown_page import ShownPage

pytestmark = pytest.mark.model_free


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes()


@pytest.fixture(scope="module")
def report(outcomes):
    made = factory.make_report(outcomes)
    return replace(made, sections=(*made.sections, explanations.make_section()))


def shown(report, outcomes) -> tuple[int, str, str]:
    html = HtmlReporter().render(report, outcomes).decode()
    return len(html.encode()), ShownPage(html).words, html


def test_a_standard_audit_is_far_from_the_limit_and_whole(report, outcomes):
    size, words, html = shown(report, outcomes)
    assert size <= 600_000 < MOST_BYTES == 2_000_000
    assert "for its size" not in words
    assert "left-out" not in html


def test_the_first_cut_is_enough_where_it_is(monkeypatch, report, outcomes):
    whole, _, _ = shown(report, outcomes)
    monkeypatch.setattr(page_size, "MOST_BYTES", whole - 500)
    size, words, _ = shown(report, outcomes)
    assert size < whole
    assert CUTS[0].sentence in words
    assert CUTS[1].sentence not in words


def test_all_that_is_left_out_is_named_and_nothing_of_it_is_called_not_measured(monkeypatch, report, outcomes):
    whole, before, _ = shown(report, outcomes)
    monkeypatch.setattr(page_size, "MOST_BYTES", 1000)
    size, words, html = shown(report, outcomes)
    assert size < whole
    assert [cut.sentence for cut in CUTS if cut.sentence.format(n=12) not in words] == []
    assert html.count('class="strip left-out"') == len(CUTS)
    assert html.index('class="strip left-out"') < html.index('id="figures"')
    assert "Weakest emotion: " in words
    assert "Overall verdict: Fail" in words
    assert "May they be believed?" in words
    assert words.count("not measured") <= before.count("not measured")
    assert html.count('<li class="example"') == 12


def test_what_an_audit_has_not_is_not_said_to_be_left_out(monkeypatch, report):
    clean = replace(report, sections=report.sections[:1])
    monkeypatch.setattr(page_size, "MOST_BYTES", 1000)
    _, words, _ = shown(clean, ())
    assert "Attacks compared in pairs" not in words
    assert "Curves of accuracy" not in words
