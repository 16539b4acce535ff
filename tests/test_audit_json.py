"""audit.json: written, read back and described by its schema."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import report_factory as factory
from robust_emo_reports.json import JsonReporter, dump_report, schema, schema_bytes

from robust_emo.audit_file import read_audit
from robust_emo.errors import InputError, RobustEmoError
from robust_emo.types import AttackOutcome, AuditReport

pytestmark = pytest.mark.model_free

SCHEMA_FILE = Path(__file__).parents[1] / "docs" / "audit.schema.json"


@pytest.fixture(scope="module")
def outcomes() -> list[AttackOutcome]:
    return factory.make_outcomes() + factory.make_reductions()


@pytest.fixture(scope="module")
def report(outcomes) -> AuditReport:
    return factory.make_report(outcomes)


def test_json_round_trip(report, outcomes, tmp_path):
    path = tmp_path / "audit.json"
    path.write_bytes(JsonReporter().render(report, outcomes))
    assert read_audit(path) == report
    assert dump_report(read_audit(path)) == path.read_bytes()


def test_json_keeps_declaration_order_and_characters(report):
    named = replace(report, run=replace(report.run, model="models/感情 🙂"))
    text = dump_report(named).decode()
    assert list(json.loads(text)) == ["schema_version", "run", "sections", "verdicts", "since_baseline"]
    assert "感情 🙂" in text


def test_json_survives_file_names_that_are_not_utf8(report, tmp_path):
    path = tmp_path / "audit.json"
    path.write_bytes(dump_report(replace(report, run=replace(report.run, model="m\udcff"))))
    assert read_audit(path).run.model == "m\ufffd"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_nan_is_refused(report, number):
    section = report.sections[0]
    metrics = (replace(section.metrics[0], value=number), *section.metrics[1:])
    with pytest.raises(RobustEmoError, match=r"macro_f1.*null for not measured"):
        dump_report(replace(report, sections=(replace(section, metrics=metrics),)))
    with pytest.raises(RobustEmoError, match="null"):
        dump_report(replace(report, sections=(replace(section, args={"rate": number}),)))


def test_schema_describes_what_is_written(report):
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    written = json.loads(dump_report(report))
    validator.validate(written)
    written["run"]["surprise"] = 1
    assert not validator.is_valid(written)
    assert "never zero" in schema()["$defs"]["Metric"]["description"]
    assert "0.95" in schema()["$defs"]["Metric"]["properties"]["confidence"]["description"]


def test_published_schema_is_current():
    assert SCHEMA_FILE.read_bytes() == schema_bytes(), (
        "docs/audit.schema.json is stale; run: python -m robust_emo_reports.json > docs/audit.schema.json"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a JSON file"),
        (b"{", "not a JSON file"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not a JSON file"),
        (b"[1]", "not an audit"),
        (b'{"a": 1}', "not an audit"),
        (b'{"schema_version": "9.9"}', "schema_version '9.9'"),
        (b'{"schema_version": "0.9"}', "schema_version '0.9'"),
        (b'{"schema_version": ["1.2"]}', "this version reads 1.0, 1.1, 1.2; run the audit again"),
        (b'{"schema_version": "1.0", "sections": []}', "not a valid audit"),
        (b'{"schema_version": "1.2", "sections": []}', "not a valid audit"),
        (b'{"schema_version": "1.2", "run": NaN}', "NaN"),
    ],
)
def test_foreign_json_is_one_clear_line(tmp_path, content, message):
    path = tmp_path / "audit.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_audit(path)
    assert "\n" not in str(caught.value)


def test_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_audit(tmp_path / "none.json")
