"""The row of a requirement shows the interval that was judged, with its level and method, and no other."""

import re
from dataclasses import replace

import pytest
import report_factory as factory
from robust_emo_reports.html import HtmlReporter
from shown_page import ShownPage

from robust_emo.gate import judge
from robust_emo.policy import Policy
from robust_emo.statistics.intervals import clopper_pearson
from robust_emo.types import Metric, Section, Threshold

pytestmark = pytest.mark.model_free

OUTCOMES = factory.make_outcomes()
REPORT = factory.make_report(OUTCOMES)
RATE = next(
    metric
    for section in REPORT.sections
    if section.plugin == "pruthi"
    for metric in section.metrics
    if metric.name == "attack_success_rate"
)


def judged(*thresholds, sections=REPORT.sections):
    """Words and markup of the requirements and of the appendix, judged as the gate does."""
    verdicts = judge(Policy("p", "0" * 64, thresholds), sections)
    html = HtmlReporter().render(replace(REPORT, sections=sections, verdicts=verdicts), OUTCOMES).decode()
    words = ShownPage(html).words
    rows = words[words.index("threshold and good side") : words.index("Scope What was audited")]
    return html, rows, words[words.index("The policy as it was judged") : words.rindex("What this audit cannot tell")]


def percents(low, high):
    return f"{100 * low:.1f}% – {100 * high:.1f}%"


@pytest.mark.parametrize("confidence", [None, 0.99, 0.8])
def test_a_share_shows_the_exact_interval_at_the_level_of_the_policy(confidence):
    html, rows, appendix = judged(Threshold("attack_success_rate", "evasion/pruthi", max=0.4, confidence=confidence))
    level = confidence or 0.95
    exact = clopper_pearson(round(RATE.value * RATE.n), RATE.n, level)
    shown = percents(exact.low, exact.high)
    assert shown != percents(RATE.ci_low, RATE.ci_high)
    assert f"{shown} n = {RATE.n} {100 * level:g}% interval, clopper-pearson" in rows
    assert f"{shown}, n = {RATE.n} {100 * level:g}% interval, clopper-pearson" in appendix
    assert percents(RATE.ci_low, RATE.ci_high) not in rows + appendix
    assert f"judged on its {100 * level:g}% interval" in rows
    (whisker,) = re.findall(r'<div class="evidence">\s*(<svg.*?</svg>)', html, re.DOTALL)
    drawn = [float(at) for at in re.findall(r'class="cap" x1="([\d.]+)%"', whisker)]
    assert drawn == pytest.approx([100 * exact.low, 100 * exact.high], abs=0.01)


def test_an_interval_that_was_not_judged_says_so():
    few = Threshold("attack_success_rate", "evasion/pruthi", max=0.4, min_n=RATE.n + 1)
    alone = replace(few, min_n=1, decision="point")
    for threshold in (few, alone):
        _, rows, appendix = judged(threshold)
        for part in (rows, appendix):
            assert "; not what was judged" in part
        assert "judged on its 95% interval" not in rows


def test_a_level_that_cannot_be_computed_is_not_passed_off_as_judged():
    _, rows, _ = judged(Threshold("macro_f1", "clean", min=0.7, confidence=0.99))
    assert "to be judged on its 99% interval" in rows
    assert "judged on its 95% interval" not in rows
    assert "Leave confidence out of this requirement" in rows


def test_an_interval_with_one_end_is_shown_with_it():
    bound = Metric("epsilon_lower_bound", 1.5, 1.5, None, 400, 0.95, None, None, "one-run")
    sections = (Section("privacy", "canaries", "1", {}, (bound,)),)
    html, rows, appendix = judged(Threshold("epsilon_lower_bound", "privacy", max=1.0), sections=sections)
    for part in (rows, appendix):
        assert "at least 1.50" in part
        assert "95% one-sided interval, one-run" in part
    assert "no interval" not in rows
    assert "None%" not in html
