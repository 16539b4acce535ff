"""What a reviewer needs of report.html: scope, evidence by framework, policy, limits, terms, files, sign-off."""

import hashlib
import re
from dataclasses import replace

import explanation_factory as explanations
import pytest
import report_factory as factory
from privacy_factory import membership_section
from robust_emo_reports.advice import advice
from robust_emo_reports.framework_measures import AI_ACT, AI_RMF, Part
from robust_emo_reports.frameworks_view import frameworks_view
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report
from robust_emo_reports.language import Language, speaking
from robust_emo_reports.limits import limits
from robust_emo_reports.policy_view import policy_view
from robust_emo_reports.verdict_view import verdict_view
from shown_page import ShownPage

from robust_emo.overall_verdict import overall_verdict
from robust_emo.types import AuditReport, Metric, Modality, Scope, Section, VerdictStatus, Waiver

pytestmark = pytest.mark.model_free

STATED = Scope("Routes complaints to people.", Modality.TEXT, "EU")


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes(examples=40)


@pytest.fixture(scope="module")
def report(outcomes) -> AuditReport:
    return factory.make_report(outcomes)


def _page(report: AuditReport) -> ShownPage:
    return ShownPage(HtmlReporter().render(report, ()).decode())


def _scoped(report: AuditReport, scope: Scope | None) -> AuditReport:
    return replace(report, run=replace(report.run, scope=scope))


def _part(report: AuditReport, start: str, end: str) -> str:
    words = _page(report).words
    return words[words.index(start) : words.index(end)]


def _scope(report: AuditReport) -> str:
    return _part(report, "What was audited, and what for", "Key figures Macro-F1")


# --- scope ----------------------------------------------------------------------------------------------------------


def test_the_scope_stands_after_the_verdict_and_before_the_numbers(report):
    words = _page(report).words
    verdict, scope = words.index("Overall verdict"), words.index("What was audited, and what for")
    assert verdict < scope < words.index("Key figures Macro-F1")


def test_what_was_stated_is_shown(report):
    shown = _scope(_scoped(report, STATED))
    assert "Intended useRoutes complaints to people." in shown
    assert "Written text and nothing else." in shown
    assert "JurisdictionEU" in shown
    assert "not stated" not in shown


def test_what_was_not_stated_is_said_with_what_to_do_and_never_guessed(report):
    shown = _scope(_scoped(report, Scope(jurisdiction="EU")))
    assert shown.count("not stated") == 3  # two statements, and once where it is explained
    assert "--intended-use" in shown
    assert "--modality text" in shown
    assert "Written text and nothing else" not in shown
    assert "older version" not in shown


def test_an_audit_of_an_older_version_says_that_nobody_asked(report):
    shown = _scope(_scoped(report, None))
    assert shown.count("not stated") == 3
    assert "It did not ask" in shown


def test_the_scope_has_labels_data_fingerprints_and_versions(report):
    shown = _scope(report)
    run = report.run
    for expected in (
        ", ".join(run.labels),
        run.model_sha256[:12],
        run.data.sha256[:12],
        run.data.path,
        run.robust_emo,
        report.schema_version,
    ):
        assert expected in shown
    assert run.model_sha256 not in shown  # all of it stands under Provenance


# --- frameworks -----------------------------------------------------------------------------------------------------


def _states(report: AuditReport) -> dict[str, str]:
    return {row.clause: row.state for framework in frameworks_view(report) for row in framework.measures}


def test_evidence_says_whether_it_was_measured(report):
    states = _states(report)
    assert states["MEASURE 2.3"] == "measured"
    assert states["MEASURE 2.7"] == "measured"
    assert states["MEASURE 2.9"] == states["MEASURE 2.10"] == states["MEASURE 2.11"] == "not measured"
    explained = replace(report, sections=(*report.sections, explanations.make_section()))
    assert _states(explained)["MEASURE 2.9"] == "measured"
    assert _states(_scoped(report, STATED))["MAP 1.1"] == "stated"
    assert _states(_scoped(report, Scope(jurisdiction="EU")))["MAP 1.1"] == "stated in part"
    assert _states(report)["MAP 1.1"] == "not stated"


def test_a_crash_is_no_evidence(report):
    crashed = replace(
        report, sections=tuple(replace(s, error="KeyError: 1") if s.plugin == "pruthi" else s for s in report.sections)
    )
    assert _states(crashed)["MEASURE 2.7"] == "measured in part"
    all_crashed = replace(report, sections=tuple(replace(s, error="KeyError: 1") for s in report.sections))
    assert _states(all_crashed)["MEASURE 2.7"] == "not measured"
    empty = Section("fairness", "fairness", "1", {}, (Metric("gap", None, None, None, 0, 0.95, False),))
    assert _states(replace(report, sections=(*report.sections, empty)))["MEASURE 2.11"] == "not measured"


def test_evidence_is_of_the_question_that_the_measure_asks(report):
    def state(asked: str, **changes: object) -> str:
        rows = (row for framework in frameworks_view(replace(report, **changes)) for row in framework.measures)
        return next(row.state for row in rows if row.evidence.startswith(asked))

    def only(*sections: Section) -> dict[str, tuple[Section, ...]]:
        return {"sections": tuple(sections)}

    leaks = "What the model gives away"
    promised = Section("privacy", "ledger", "1", {}, (factory.proportion("epsilon", 1, 2),))
    assert state(leaks, **only(promised)) == "not measured"
    assert state("Privacy promised", **only(promised)) == "measured"
    assert state(leaks, **only(promised, membership_section())) == "measured"

    typing = "Accuracy under attacks that make typing errors"
    assert state(typing) == "measured"
    others = [s for s in report.sections if s.plugin not in ("pruthi", "deepwordbug")]
    assert state(typing, **only(*others)) == "not measured: no attack of typing errors ran, only others"
    assert state(typing, **only(*report.sections[:1])) == "not measured"

    data = "Counts by label"
    assert state(data, run=replace(report.run, train_duplicates=0)) == "recorded"
    unknown = state(data, run=replace(report.run, train_duplicates=None))
    assert unknown == "recorded, but not which texts were trained on"


def test_every_part_is_evidence_for_something_and_every_link_leads_somewhere(report):
    assert {measure.part for measure in (*AI_ACT, *AI_RMF)} == set(Part)
    page = _page(replace(report, verdicts=()))
    ids = {value for name, value in page.values if name == "id"}
    assert {value[1:] for name, value in page.values if name == "href" and value.startswith("#")} <= ids


def test_the_frameworks_are_no_legal_advice(report):
    words = _page(report).words
    assert "nothing here is legal advice" in words
    assert "Article 3(39)" in words
    assert "may fall outside that definition" in words


# --- requirements, waivers, limits, terms, files --------------------------------------------------------------------


def test_the_appendix_holds_every_requirement_also_those_that_are_met(report):
    shown = _part(report, "The policy as it was judged", "The numbers speak of texts like")
    for verdict in report.verdicts:
        assert verdict.check in shown
    assert shown.count("Pass") == sum(verdict.status is VerdictStatus.PASS for verdict in report.verdicts)
    assert report.run.policy_sha256 in shown
    assert "Nothing was judged" in _page(replace(report, verdicts=())).words


def test_a_waiver_is_told_with_everybody_who_answers_for_it(report):
    waiver = Waiver("a check", "4be1" * 3, "Few texts with fear", "data team", "J. Doe", "2026-12-31", 0.25)
    statuses = {VerdictStatus.WAIVED: "used", VerdictStatus.FAIL: "does not hold"}
    for status, state in statuses.items():
        waived = replace(report.verdicts[1], status=status, waiver=waiver)
        words = _page(replace(report, verdicts=(waived,))).words
        for expected in (f"a check {state}", "Few texts with fear", "data team", "J. Doe", "2026-12-31", "25.0%"):
            assert expected in words
    assert "None spoke of a requirement" in _page(report).words


def test_limits_follow_what_ran(report):
    said = " ".join(limits(report))
    assert "Attacks are searches and no proofs" in said
    assert "who was in its training data was not measured" in said
    assert "groups of people were not measured" in said
    clean_only = replace(report, sections=report.sections[:1])
    assert "Nothing was attacked" in " ".join(limits(clean_only))
    assert "Attacks are searches" not in " ".join(limits(clean_only))
    assert "Voice, face" in " ".join(limits(_scoped(report, replace(STATED, modality=Modality.MULTIMODAL))))
    fair = Section("fairness", "fairness", "1", {}, (Metric("gap", 0.1, 0.0, 0.2, 90, 0.95, False),))
    assert "groups of people" not in " ".join(limits(replace(report, sections=(*report.sections, fair))))


def test_fairness_is_shown_when_it_was_measured(report):
    fair = Section("fairness", "fairness", "1", {}, (Metric("largest_gap", 0.1, 0.02, 0.2, 90, 0.95, False),))
    shown = _part(replace(report, sections=(*report.sections, fair)), "Other sections Fairness", "What it takes to run")
    assert "Largest gap" in shown
    assert "90" in shown


def test_one_glossary_has_the_terms_of_the_parts_that_are_there(report):
    def terms(shown: AuditReport) -> list[str]:
        part = _page(shown).words.rpartition("Terms ")[2]
        return [term for term in ("Waiver", "Trust label", "Membership attack") if term in part]

    explained = replace(report, sections=(*report.sections, explanations.make_section()))
    private = replace(report, sections=(*report.sections, Section("privacy", "ledger", "1", {})))
    assert terms(report) == ["Waiver"]
    assert terms(explained) == ["Waiver", "Trust label"]
    assert terms(private) == ["Waiver", "Membership attack"]
    assert _page(explained).words.count("Trust label") == 1


def test_every_unmet_requirement_says_what_to_do(report):
    for verdict in report.verdicts:
        assert bool(advice(verdict)) == (verdict.status is not VerdictStatus.PASS)
    assert "robust-emo harden" in advice(replace(report.verdicts[1], status=VerdictStatus.FAIL))
    strange = replace(report.verdicts[0].threshold, section="of-a-stranger")
    for status in VerdictStatus:
        assert bool(advice(replace(report.verdicts[0], threshold=strange, status=status))) == (status != "pass")
    words = _page(report).words
    assert words.index("What to do") < words.index("Key figures Macro-F1")


def test_advice_asks_for_enough_texts_and_keeps_the_audit(report):
    few = next(verdict for verdict in report.verdicts if verdict.threshold.section == "evasion/pruthi")
    asked = replace(few, status=VerdictStatus.INCONCLUSIVE, threshold=replace(few.threshold, min_n=1500))
    assert "with --examples well above 1500. 1,500 that the model reads right must count here." in advice(asked)
    worst = replace(asked, threshold=replace(asked.threshold, metric="worst_case_accuracy"))
    assert "with --examples 1500 or more. 1,500 must count here." in advice(worst)
    told = "it straddles; about 2,300 examples would decide it if the value stays the same."
    found = advice(replace(worst, explanation=told))
    assert "with --examples 2300 or more. About 2,300 would decide it if the value stays the same." in found
    open_ = replace(asked, threshold=replace(few.threshold, min_n=0))
    assert "with --examples or --profile full" in advice(open_)  # nobody can tell how many
    missing = replace(asked, status=VerdictStatus.NOT_MEASURED, metric=None)
    assert "1,500 texts or more must count here." in advice(missing)
    for verdict in (asked, open_, missing):
        assert advice(verdict).endswith("name another --out, or it is replaced.")


# --- sign-off -------------------------------------------------------------------------------------------------------


def test_the_page_knows_the_fingerprint_of_audit_json(report):
    page = _page(report)
    digest = hashlib.sha256(dump_report(report)).hexdigest()
    assert ("data-audit", digest) in page.values
    assert digest in page.words
    assert ("data-model", report.run.model_sha256) in page.values


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r,
        factory.passing,
        lambda r: factory.whole(factory.passing(r)),
        lambda r: factory.whole(replace(r, verdicts=())),
        lambda r: replace(r, verdicts=()),
        lambda r: replace(r, verdicts=r.verdicts[-1:]),
        lambda r: factory.whole(replace(r, verdicts=(replace(r.verdicts[1], status=VerdictStatus.WAIVED),))),
    ],
)
def test_the_page_signs_the_verdict_that_is_verified(report, change):
    changed = change(report)
    verdict = verdict_view(changed).status
    assert verdict == overall_verdict(changed.verdicts, changed.sections)
    assert ("data-verdict", verdict) in _page(changed).values


def test_every_field_of_the_sign_off_has_a_label(report):
    html = HtmlReporter().render(report, ()).decode()
    part = html[html.index('id="signing"') :]
    fields = re.findall(r"<label[^>]*>[^<]*<(?:input|textarea) data-field=\"(\w+)\"", part)
    assert fields == ["name", "role", "date", "decision", "decision", "decision", "comment"]
    assert "<fieldset" in part
    assert "It does not prove who decided" in part


# --- Chinese --------------------------------------------------------------------------------------------------------


def test_a_sign_off_says_the_same_whatever_the_language_of_the_page(report):
    def exported(language: Language) -> list[str]:
        html = HtmlReporter(language=language).render(report, ()).decode()
        return re.findall(r'data-(?:version|audit|model|verdict|field)="[^"]*"|name="decision" value="[^"]*"', html)

    assert exported("zh") == exported("en")
    assert 'value="approve with conditions"' in " ".join(exported("zh"))


def test_evidence_is_the_same_in_every_language(report):
    def evidence(language: Language) -> list[tuple[bool, str | None]]:
        with speaking(language):
            return [(row.present, row.anchor) for framework in frameworks_view(report) for row in framework.measures]

    assert evidence("zh") == evidence("en")


def test_what_the_audit_wrote_on_a_waiver_is_marked_as_english(report):
    waiver = Waiver("a check", "4be1" * 3, "Few texts with fear", "data team", "J. Doe", "2026-12-31", 0.25)
    failed = replace(report.verdicts[1], status=VerdictStatus.FAIL, waiver=waiver)
    waived = replace(failed, status=VerdictStatus.WAIVED)
    with speaking("zh"):
        recorded = [shown.recorded for shown in policy_view(replace(report, verdicts=(failed, waived))).waivers]
    assert recorded == [True, False]
