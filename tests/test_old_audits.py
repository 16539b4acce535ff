"""audit.json of every version that was ever written is read, reported on, judged and compared."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report, schema
from robust_emo_reports.junit import JunitReporter
from robust_emo_reports.markdown_summary import MarkdownReporter
from robust_emo_reports.sarif import SarifReporter
from shown_page import ShownPage

from robust_emo.audit_file import read_audit
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.gate import judge, read_policy
from robust_emo.model_comparison import compare_audits
from robust_emo.types import READ_VERSIONS, SCHEMA_VERSION

FOLDER = Path(__file__).parent / "audits_of_old"
AUDITS = sorted(path for path in FOLDER.iterdir() if path.is_dir())


@pytest.fixture(params=AUDITS, ids=lambda path: path.name)
def audit(request) -> Path:
    return request.param


def version(audit: Path) -> str:
    return json.loads((audit / "audit.json").read_bytes())["schema_version"]


def test_there_is_one_of_every_version_that_is_read():
    assert {version(audit) for audit in AUDITS} == set(READ_VERSIONS)
    assert SCHEMA_VERSION in READ_VERSIONS
    assert all(path.stat().st_size < 60_000 for path in FOLDER.rglob("*") if path.is_file())


def test_it_is_read_as_the_current_form(audit, tmp_path):
    report = read_audit(audit)
    assert report.schema_version == SCHEMA_VERSION
    assert report.attacked
    (tmp_path / "audit.json").write_bytes(dump_report(report))
    assert read_audit(tmp_path) == report


def test_every_report_is_made_of_it(audit):
    """All four are of one model on one set of texts, so that they say the same of it."""
    report, outcomes = read_audit(audit), tuple(read_outcomes(audit / "outcomes.jsonl"))
    words = ShownPage(HtmlReporter().render(report, outcomes).decode()).words
    assert "Overall verdict: Fail" in words
    assert "Macro-F1 · clean" in words
    assert "0.375" in words
    assert "20.8%" in words
    assert "Weakest emotion: not measured: no emotion has 10 attacked texts that the model reads right" in words
    assert ("Attacked texts: No difference told" in words) == (report.since_baseline is not None)
    suites = ElementTree.fromstring(JunitReporter().render(report, outcomes))
    counted = [(each.get("name"), each.get("tests"), each.get("failures"), each.get("errors")) for each in suites]
    assert counted[0] == ("clean", "7", "1", "2")
    (run,) = json.loads(SarifReporter().render(report, outcomes))["runs"]
    errors = [each["ruleId"] for each in run["results"] if each["level"] == "error"]
    assert errors == ["clean/macro_f1/min"]
    summary = MarkdownReporter().render(report, outcomes).decode()
    assert summary.startswith("# Fail: audit of plain\n")
    assert "- Lowest F1 on texts as written: **joy** (F1: 0.000, no interval, n=15)" in summary
    assert "- Weakest emotion: not measured: no emotion has 10 attacked texts that the model reads right" in summary
    assert "Strongest attack" not in summary
    assert "| unicode | Accuracy under attack | 20.8% | 9.2% – 40.5%" in summary


def test_it_is_judged_and_what_it_never_measured_is_no_pass(audit):
    report = read_audit(audit)
    rules = read_policy("standard")
    verdicts = judge(rules, report.sections, model_sha256=report.run.model_sha256)
    assert len(verdicts) >= len(rules.thresholds)
    measured = {metric.name for section in report.sections for metric in section.metrics}
    assert all(v.status.value == "not_measured" for v in verdicts if v.threshold.metric not in measured)


def test_it_equals_itself(audit):
    comparison = compare_audits(audit, audit)
    assert comparison.notes == ("both are the same audit: whatever it says, it equals itself",)
    assert {each.change.value for each in comparison.measures} <= {"cannot be told", "not measured"}


def test_the_current_one_is_what_the_schema_describes():
    jsonschema = pytest.importorskip("jsonschema")
    (current,) = (audit for audit in AUDITS if version(audit) == SCHEMA_VERSION)
    jsonschema.Draft202012Validator(schema()).validate(json.loads((current / "audit.json").read_bytes()))
