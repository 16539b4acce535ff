"""The privacy part of the report: what was promised beside what was measured."""

from dataclasses import replace

import numpy as np
import pytest
from privacy_factory import LEDGER, membership_section
from report_factory import make_outcomes, make_report
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.ledger_view import ledger_view
from robust_emo_reports.roc_plot import roc_plot

from robust_emo.types import Section

pytestmark = pytest.mark.model_free


def page(*sections, privacy=None):
    report = make_report(make_outcomes(examples=40))
    report = replace(report, sections=(*report.sections, *sections), run=replace(report.run, privacy=privacy))
    return HtmlReporter().render(report, ()).decode()


def test_a_leak_is_told_with_its_attacks_and_the_baseline():
    html = page(membership_section())
    assert "The model leaks who it was trained on" in html
    assert "blind baseline" in html
    assert "Members found at 1% false alarms" in html
    assert "not trained privately" in html
    assert 'href="#privacy"' in html


def test_what_stands_in_the_data_is_escaped():
    html = page(membership_section())
    assert "<script>alert(1)" not in html
    assert "<b>quantile" not in html


def test_no_leak_is_not_called_safe():
    html = page(membership_section(shift=0.0))
    assert "No attack was shown to tell members from non-members" in html
    assert "no proof of privacy" in html


def test_the_ledger_is_told_in_words_with_its_measurements():
    html = page(privacy=LEDGER)
    assert "What the training promised" in html
    assert "each of 3,257 units" in html
    assert "gradients" in html
    view = ledger_view(LEDGER)
    assert view.meaning.endswith("finds at most 20.0% of those that took part.")  # e^2.998 * 1% + delta
    assert [(check.name, check.limit) for check in view.integrity] == [("gradients", "1.00e-04"), ("noise", "1.00")]
    assert "2 of them lost in an interruption" in html
    assert "is not limited" in ledger_view(replace(LEDGER, epsilon=8.0)).meaning
    assert "is not limited" in ledger_view(replace(LEDGER, epsilon=800.0)).meaning


def test_an_audit_without_promise_and_measurement_has_no_such_part():
    assert 'id="privacy"' not in page()


def test_a_section_that_failed_says_why():
    failed = Section("privacy", "membership", "1", {}, error="insufficient data: 3 members are left")
    assert "insufficient data: 3 members are left" in page(failed)


def test_rates_that_the_numbers_cannot_support_are_grey():
    section = membership_section(texts=300)
    plot = roc_plot(section.membership.attacks, section.membership.blind)
    assert plot.unsupported is not None
    assert float(plot.unsupported) == pytest.approx(100 * (1 + np.log10(10 / 300) / 3), abs=0.1)
    many = replace(section.membership.blind, nonmembers=20_000)
    assert roc_plot(section.membership.attacks, many).unsupported is None
    assert [tick.text for tick in plot.ticks] == ["0.1%", "1%", "10%", "100%"]
    assert plot.lines[-1].name == "blind baseline"
    few = replace(section.membership.blind, nonmembers=0)
    assert roc_plot(section.membership.attacks, few).unsupported == "100"  # nothing can be relied on
