"""`--language`: which page a reader gets first, of every command that makes one."""

import re
from types import SimpleNamespace

import pytest
import report_factory as factory
from compared_audits import better_model, of_model
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report
from robust_emo_reports.language import LANGUAGES

from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.cli.main import main
from robust_emo.errors import InputError, PreflightError
from robust_emo.hardening.measuring import audit_requests
from robust_emo.hardening.recipe_file import read_recipe
from robust_emo.hardening.request import HardenRequest
from robust_emo.plugins import takes
from robust_emo.preflight import AuditRequest, prepare
from robust_emo.report_files import load_reporter


@pytest.fixture(scope="module")
def audits(tmp_path_factory):
    """Folders of two audits that can be compared."""
    folder, before = tmp_path_factory.mktemp("audits"), factory.make_outcomes(examples=60)
    found = []
    for name, outcomes in (("before", before), ("after", better_model(before))):
        (folder / name).mkdir()
        report = of_model(factory.make_report(outcomes), name)
        (folder / name / "audit.json").write_bytes(dump_report(report))
        (folder / name / "outcomes.jsonl").write_bytes(dump_outcomes(outcomes))
        found.append(folder / name)
    return found


def _language(page):
    return re.search('<html lang="(.*?)">', page.read_text(encoding="utf-8"))[1]


@pytest.mark.parametrize(("given", "shown"), [((), "en"), (("--language", "zh"), "zh"), (("--language", "en"), "en")])
def test_report_and_compare_speak_the_language_asked_for(cli, audits, tmp_path, given, shown):
    assert cli("report", audits[0], "--format", "html,markdown", "--out", tmp_path, *given).code == 0
    assert _language(tmp_path / "report.html") == shown
    assert (tmp_path / "audit.md").read_text(encoding="utf-8").startswith("# Fail: audit of before")
    assert cli("compare", *audits, "--html", tmp_path / "comparison.html", *given).code == 0
    assert _language(tmp_path / "comparison.html") == shown


def test_audit_asks_for_its_pages_in_the_language(cli, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        "robust_emo.cli.audit._run", lambda request, _: asked.append(request) or SimpleNamespace(exit_code=0)
    )
    assert cli("audit", tmp_path, "--language", "zh", "--quiet").code == 0
    assert cli("audit", tmp_path, "--quiet").code == 0
    assert [request.language for request in asked] == ["zh", "en"]


def test_harden_audits_in_the_language(cli, monkeypatch, tmp_path):
    asked = []

    def stop(request, _):
        asked.append(request)
        raise InputError("stopped here")

    monkeypatch.setattr("robust_emo.hardening.harden.harden", stop)
    assert cli("harden", tmp_path, "--language", "zh").code == 2
    assert asked[0].language == "zh"
    request = HardenRequest(model="model", out=tmp_path / "hard", language="zh")
    audits = audit_requests(request, read_recipe("fast"))
    assert {audit.language for audit in audits.values()} == {"zh"}


def test_an_unknown_language_is_refused_before_any_work(cli, audits, tmp_path):
    ended = cli("report", audits[0], "--language", "fr", "--out", tmp_path / "out")
    assert ended.code == 2
    assert "'fr' is not one of 'en', 'zh'" in ended.err
    assert not (tmp_path / "out").exists()
    with pytest.raises(PreflightError, match="language must be one of en, zh, got 'fr'"):
        prepare(AuditRequest(model=str(tmp_path), out=tmp_path / "audit", language="fr"))
    with pytest.raises(InputError, match="one of en, zh, got 'fr'"):
        HtmlReporter(language="fr")


def test_the_option_offers_the_languages_of_the_pages():
    for name in ("audit", "report", "compare", "harden"):
        (option,) = [each for each in main.get_command(None, name).params if each.name == "language"]
        assert tuple(option.type.choices) == LANGUAGES
        assert option.default == "en"


def test_formats_without_a_language_are_made_as_ever():
    assert takes("reporters", "html", "language")
    assert not takes("reporters", "json", "language")
    report = factory.make_report(factory.make_outcomes(examples=20))
    assert load_reporter("json", "zh").render(report, []) == load_reporter("json", "en").render(report, [])
