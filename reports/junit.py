"""audit.junit.xml: the checks of the policy as test results, for CI systems that draw JUnit reports.

JUnit XML has no standard. The file is valid against both schemas in use, `junit-10.xsd` of Jenkins' xUnit plug-in and
that of Apache Ant's reports (Windy Road, 2011), whose order of elements and required attributes it therefore keeps.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from robust_emo.errors import RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport, Section, Verdict, VerdictStatus

from .check_numbers import check_numbers
from .crashes import crash_of
from .judged_sections import JudgedSection, judged_sections
from .masking import mask
from .started import started
from .verdict_view import check_view
from .visible import shortened, visible

_MAX_NAME = 300
_MEASURED = "measured"
"""The case of every section that says whether it ran on all texts."""


class JunitReporter:
    """Makes audit.junit.xml.

    One suite per section. Its first case says whether the section was measured; the others are checks of the policy.
    A failed check is a failure. An undecided or unmeasured one, and whatever crashed, is an error: no CI system may
    draw it green. A waived check is skipped, with who answers for it.
    """

    spec = PluginSpec(name="junit", version="1", summary="audit.junit.xml: checks as JUnit test cases, for CI systems")
    filename = "audit.junit.xml"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8 with an XML declaration; the same report gives the same bytes.

        Raises:
            RobustEmoError: the report holds no time that a schema allows.
        """
        root = Element("testsuites")
        root.extend([_suite(number, judged, report) for number, judged in enumerate(judged_sections(report))])
        indent(root)
        made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return made + b"\n"


_OUTCOMES = {VerdictStatus.PASS: None, VerdictStatus.FAIL: "failure", VerdictStatus.WAIVED: "skipped"}
"""Element by status; every other status is an `error`."""


def _suite(number: int, judged: JudgedSection, report: AuditReport) -> Element:
    shown, section = _name(judged.name), judged.section
    classname = f"robust-emo.{shown.replace('/', '.')}"
    cases = [_measured(section, classname)] if section else []
    cases += [_case(verdict, classname) for verdict in judged.verdicts]
    suite = Element(
        "testsuite",
        {
            "name": shown,
            "package": "robust-emo",
            "id": str(number),
            "timestamp": started(report).replace(tzinfo=None).isoformat(),
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": str(sum(case.find("failure") is not None for case in cases)),
            "errors": str(sum(case.find("error") is not None for case in cases)),
            "skipped": str(sum(case.find("skipped") is not None for case in cases)),
            "time": _time(section.seconds if section else 0.0),
        },
    )
    properties = SubElement(suite, "properties")
    for key, value in _properties(judged, report):
        SubElement(properties, "property", {"name": key, "value": visible(value)})
    suite.extend(cases)
    SubElement(suite, "system-out").text = visible("\n".join(mask(note) for note in section.notes) if section else "")
    SubElement(suite, "system-err")
    return suite


def _properties(judged: JudgedSection, report: AuditReport) -> Iterator[tuple[str, str]]:
    """Of the suite and of its cases: in a case, neither schema has a place for any."""
    yield "model", report.run.model
    yield "model_sha256", report.run.model_sha256
    if judged.section:
        yield "plugin", judged.section.plugin
        yield "version", judged.section.version
    for verdict in judged.verdicts:
        for key, value in _numbers(verdict):
            yield f"{_name(verdict.check)}: {key}", value


def _numbers(verdict: Verdict) -> Iterator[tuple[str, str]]:
    for key, value in asdict(check_numbers(verdict)).items():
        if value is not None:
            yield key, str(value)
        elif key == "value":
            yield key, "not measured"


def _measured(section: Section, classname: str) -> Element:
    case = Element("testcase", {"name": _MEASURED, "classname": classname, "time": _time(section.seconds)})
    if crash := crash_of(section):
        error = SubElement(case, "error", {"type": "crashed", "message": visible(shortened(crash.sentence, _MAX_NAME))})
        error.text = visible(crash.sentence)
    return case


def _case(verdict: Verdict, classname: str) -> Element:
    case = Element("testcase", {"name": _name(verdict.check), "classname": classname, "time": _time(0.0)})
    if (tag := _OUTCOMES.get(verdict.status, "error")) is not None:
        sentence = check_view(verdict).sentence
        message = visible(shortened(sentence, _MAX_NAME))
        element = SubElement(case, tag, {"type": verdict.status.value, "message": message})
        numbers = "\n".join(f"{key}: {value}" for key, value in _numbers(verdict))
        element.text = visible(f"{sentence}\n{verdict.threshold.reason}\n{numbers}")
    return case


def _name(text: str) -> str:
    """Of something in the file: one line, never empty."""
    return visible(shortened(" ".join(text.split()), _MAX_NAME)) or "(no name)"


def _time(seconds: float) -> str:
    if not math.isfinite(seconds) or seconds < 0:
        raise RobustEmoError(f"the audit says that a section took {seconds} seconds; expected a number from 0 up")
    return f"{seconds:.3f}"
