"""robust-emo signoff verify: a sign-off belongs to one audit, and a strange file is refused with one line."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import report_factory as factory
from command_line import refused
from robust_emo_reports.json import dump_report

from robust_emo import sign_off_file
from robust_emo.audit_file import read_audit
from robust_emo.types import Decision, Modality, Scope, SignOff


@pytest.fixture
def audit(tmp_path):
    report = factory.make_report(factory.make_outcomes(examples=20))
    (tmp_path / "audit.json").write_bytes(dump_report(report))
    return tmp_path / "audit.json"


@pytest.fixture
def signed(audit):
    """What report.html exports."""
    return {
        "sign_off_version": "1.0",
        "audit_sha256": hashlib.sha256(audit.read_bytes()).hexdigest(),
        "model_sha256": "4be1" * 16,
        "verdict": "fail",
        "name": "Mira Rossi",
        "role": "Model risk",
        "date": "2026-03-04",
        "decision": "approve with conditions",
        "comment": "Only behind a person.",
    }


@pytest.fixture
def verify(cli, audit, tmp_path):
    def start(content, *options, of=audit):
        file = tmp_path / "sign-off.json"
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return cli("signoff", "verify", of, file, *options)

    return start


def test_a_sign_off_of_this_audit_is_valid(verify, signed, audit):
    for of in (audit, audit.parent):
        ended = verify(signed, of=of)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.count("\n") == 1
        assert ended.out.startswith("valid, of an audit that says fail: approve with conditions, says Mira Rossi")
    assert verify(signed, "-q").out == ""


def test_a_rejection_is_valid_but_approves_nothing(verify, signed):
    rejected = signed | {"decision": "reject"}
    assert verify(rejected).code == 0
    ended = verify(rejected, "--approved")
    assert ended.code == 1
    assert ended.out.startswith("valid, of an audit that says fail: reject, says Mira Rossi")
    assert ended.out.endswith("exit code 1, for --approved asks for an approval\n")
    assert "--approved" not in verify(rejected).out
    assert verify(signed, "--approved").code == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"audit_sha256": "0" * 64}, "audit.json is"),
        ({"model_sha256": "0" * 64}, "model is"),
        ({"verdict": "pass"}, "verdict is fail, signed was pass"),
    ],
)
def test_a_sign_off_of_another_audit_does_not_match(verify, signed, change, message):
    ended = verify(signed | change)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith("does not match: ")
    assert ended.out.count("\n") == 1
    assert message in ended.out


def test_one_changed_byte_of_the_audit_is_seen(verify, signed, audit):
    audit.write_bytes(audit.read_bytes() + b"\n")
    assert verify(signed).code == 1


@pytest.mark.parametrize(("day", "code"), [("2026-02-28", 1), ("2026-03-01", 0), ("2026-03-02", 0)])
def test_nobody_signs_before_the_audit_began(verify, signed, day, code):
    """It began on 2026-03-02 at 09:14 UTC, when it was still the day before in the west."""
    ended = verify(signed | {"date": day})
    assert ended.code == code
    assert ("signed on 2026-02-28, before the audit began (2026-03-02T09:14:07Z)" in ended.out) == bool(code)


def test_what_is_judged_is_what_was_hashed(monkeypatch, audit, signed):
    read = []
    content = audit.read_bytes()
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file) or content)
    sign_off = SignOff(**signed | {"decision": Decision.REJECT})
    assert sign_off_file.mismatches(sign_off, audit) == ()
    assert read == [audit]


def test_an_audit_of_an_older_version_is_to_be_written_anew(verify, cli, signed, audit):
    older = json.loads(audit.read_bytes())
    del older["run"]["scope"]
    audit.write_text(json.dumps(older))
    ended = verify(signed)
    assert ended.code == 1
    assert "robust-emo report --format json,html" in ended.out
    (audit.parent / "outcomes.jsonl").touch()
    assert cli("report", audit, "--format", "json,html").code == 0
    assert verify(signed).code == 0
    assert signed["audit_sha256"] in (audit.parent / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "extra"),
        ({"name": 3}, "name"),
        ({"name": " "}, "'name' is empty"),
        ({"role": "x" * 201}, "at most 200"),
        ({"comment": "x" * 10_001}, "at most 10,000"),
        ({"comment": ""}, "the comment names none"),
        ({"date": "4 March"}, "a date such as"),
        ({"date": "20260304"}, "a date such as"),
        ({"decision": "maybe"}, "decision"),
        ({"verdict": "fine"}, "no audit has the verdict"),
        ({"audit_sha256": "ABC"}, "SHA-256"),
        ({"sign_off_version": "9"}, "sign_off_version '9'"),
    ],
)
def test_a_strange_field_is_refused(verify, signed, change, message):
    refused(verify(signed | change), message)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"sign_off_version": "1.0"}', b" " * 1_000_001,
     b'{"sign_off_version": "1.0", "name": "a", "name": "b"}', b'{"sign_off_version": NaN}'],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_sign_off_is_refused(verify, content):
    refused(verify(content), "sign-off.json")


def test_files_that_are_not_there_are_refused(cli, verify, signed, tmp_path):
    refused(verify(signed, of=tmp_path / "none.json"), "none.json")
    refused(cli("signoff", "verify", tmp_path / "audit.json", tmp_path / "none.json"), "none.json")


def test_a_hostile_name_steers_no_terminal(verify, signed):
    ended = verify(signed | {"name": "a\x1b[2J\nvalid\u202e", "role": "r\r"})
    assert ended.code == 0
    assert ended.out.count("\n") == 1
    assert not set("\x1b\r\u202e") & set(ended.out)


def test_a_scope_is_read_back_and_an_older_audit_has_none(tmp_path, audit):
    report = read_audit(audit)
    assert report.run.scope is None
    stated = replace(report, run=replace(report.run, scope=Scope("x", Modality.TEXT, None)))
    (tmp_path / "audit.json").write_bytes(dump_report(stated))
    assert read_audit(tmp_path) == stated
    older = json.loads(dump_report(report))
    del older["run"]["scope"]
    (tmp_path / "audit.json").write_text(json.dumps(older))
    assert read_audit(tmp_path) == report
