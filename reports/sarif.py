"""audit.sarif: what keeps the audit from passing, in the Static Analysis Results Interchange Format (OASIS, 2.1.0).

Only a result of kind `fail` may have a level, and viewers hide the other kinds. Each rule therefore reads "the audit
shows that ...": a check that is undecided or was not measured breaks it too, as a warning.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from robust_emo.errors import RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport, Threshold, Verdict, VerdictStatus, Waiver

from .audit_lines import AuditLines, audit_lines
from .check_numbers import check_numbers
from .crashes import crash_of
from .json import without_lone_surrogates
from .metric_names import metric_name
from .started import started
from .verdict_view import check_view, judged_section, verdict_view
from .visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_AUDIT = {"uri": "audit.json", "uriBaseId": "%AUDITROOT%"}
_CRASHED = "robust-emo/crashed"
_LEVELS = {VerdictStatus.FAIL: "error"}
"""Level by status; every other status is a `warning`."""
_BASES = {
    "%SRCROOT%": "The directory in which robust-emo ran: the root of the repository in a pipeline.",
    "%AUDITROOT%": "The directory of this file, in which audit.json lies, too.",
}
"""What relative addresses are relative to (3.14.14); where that is, only whoever reads the file knows."""
_EXIT_CODES = {"fail": 1, "inconclusive": 3}


class SarifReporter:
    """Makes audit.sarif.

    One rule per check of the policy, one result per check that is not passed and per section that crashed. The result
    of a waived check is suppressed, with who answers for it.

    Args:
        baseline: an earlier audit under the same policy; results then say whether they are new, unchanged or updated.
    """

    spec = PluginSpec(name="sarif", version="1", summary="audit.sarif: what does not pass, for code scanning")
    filename = "audit.sarif"

    def __init__(self, *, baseline: AuditReport | None = None) -> None:
        self._before = None if baseline is None else dict(_open_results(baseline))

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8 JSON; the same report gives the same bytes.

        Raises:
            RobustEmoError: a number is NaN or infinite, or the time of the audit is none.
        """
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, self._before)]}
        try:
            text = json.dumps(log, ensure_ascii=False, allow_nan=False, indent=2)
        except ValueError as error:
            raise RobustEmoError(f"the audit holds a number that JSON cannot: {error}; use null instead") from error
        return (without_lone_surrogates(text) + "\n").encode()


def _run(report: AuditReport, before: Mapping[str, str] | None) -> dict[str, Any]:
    run, lines, ids = report.run, audit_lines(report), _rule_ids(report.verdicts)
    rules = [*map(_rule, ids, report.verdicts), _crash_rule()]
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    results = [*_check_results(report, ids, lines), *_crash_results(report, lines)]
    for result in results:
        result["ruleIndex"] = places[result["ruleId"]]
        result["analysisTarget"] = _folder(run.model)
        if before is not None:
            result["baselineState"] = _compared(before, result)
    return {
        "tool": {"driver": {"name": "robust-emo", "version": visible(run.robust_emo), "rules": rules}},
        "automationDetails": {"id": f"robust-emo/{visible(run.model)}/"},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {name: {"description": {"text": text}} for name, text in _BASES.items()},
        "artifacts": [
            {"location": _AUDIT, "description": {"text": "Every number of the audit."}},
            {"location": _folder(run.model), "roles": ["analysisTarget"]},
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "model": visible(run.model),
            "model_sha256": visible(run.model_sha256),
            "data_sha256": visible(run.data.sha256),
            "policy": run.policy and visible(run.policy),
            "policy_sha256": run.policy_sha256 and visible(run.policy_sha256),
            "profile": visible(run.profile_text),
            "seed": run.seed,
        },
    }


def _rule_ids(verdicts: Sequence[Verdict]) -> list[str]:
    """``evasion/ensemble/worst_case_accuracy/min``; without the bound, so that a stricter policy keeps its rules."""
    seen: Counter[str] = Counter()
    ids = []
    for verdict in verdicts:
        threshold, label = verdict.threshold, verdict.metric.label if verdict.metric else None
        parts = [judged_section(verdict), threshold.metric, label, _bound(threshold)]
        name = visible("/".join(part for part in parts if part is not None))
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return ids


def _bound(threshold: Threshold) -> str:
    return "max_regression" if threshold.max_regression is not None else "max" if threshold.min is None else "min"


def _rule(rule_id: str, verdict: Verdict) -> dict[str, Any]:
    view, meaning = check_view(verdict), metric_name(verdict.threshold.metric).meaning
    required = f"The audit shows that it is {view.required or 'measured'}; {view.decision}."
    return {
        "id": rule_id,
        "shortDescription": {"text": _plain(view.subject)},
        "fullDescription": {"text": _plain(required)},
        "help": {"text": _plain("\n".join(part for part in (meaning, required, verdict.threshold.reason) if part))},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["robust-emo", visible(judged_section(verdict))]},
    }


def _crash_rule() -> dict[str, Any]:
    text = "Every section of the audit ran to its end, on every text."
    more = "What crashed was not measured, and an audit with a gap does not pass."
    return {
        "id": _CRASHED,
        "shortDescription": {"text": text},
        "fullDescription": {"text": more},
        "help": {"text": f"{text}\n{more} The errors of single texts are in outcomes.jsonl."},
        "defaultConfiguration": {"level": "warning"},
    }


def _check_results(report: AuditReport, ids: Sequence[str], lines: AuditLines) -> Iterator[dict[str, Any]]:
    for rule_id, verdict, line in zip(ids, report.verdicts, lines.verdicts, strict=True):
        if verdict.status is VerdictStatus.PASS:
            continue
        level = _LEVELS.get(verdict.status, "warning")
        result = _result(rule_id, rule_id, level, check_view(verdict).sentence, line)
        if verdict.status is VerdictStatus.WAIVED:
            result["suppressions"] = [_suppression(verdict.waiver)]
        yield result | {"properties": asdict(check_numbers(verdict))}


def _suppression(waiver: Waiver | None) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "external", "status": "accepted"}
    if waiver:
        found["justification"] = visible(waiver.reason)
        found["properties"] = {key: visible(getattr(waiver, key)) for key in ("owner", "approver", "expires")}
    return found


def _crash_results(report: AuditReport, lines: AuditLines) -> Iterator[dict[str, Any]]:
    for section, line in zip(report.sections, lines.sections, strict=True):
        if crash := crash_of(section):
            result = _result(_CRASHED, visible(crash.section), "warning", crash.sentence, line)
            yield result | {"properties": {"status": "crashed"}}


def _result(rule_id: str, subject: str, level: str, text: str, line: int) -> dict[str, Any]:
    # Of what was judged and not of its numbers, so that it is the same result in the next run.
    fingerprint = hashlib.sha256(without_lone_surrogates(f"{rule_id}\n{subject}").encode()).hexdigest()
    return {
        "ruleId": rule_id,
        "kind": "fail",
        "level": level,
        "message": {"text": _plain(text)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": _AUDIT, "region": {"startLine": line}},
                "logicalLocations": [{"fullyQualifiedName": subject}],
            }
        ],
        # GitHub reads the second name only, and would hash the line of audit.json, numbers and all.
        "partialFingerprints": {"robustEmoCheck/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }


def _open_results(report: AuditReport) -> Iterator[tuple[str, str]]:
    """Fingerprint and status of each result."""
    lines = audit_lines(report)
    for result in (*_check_results(report, _rule_ids(report.verdicts), lines), *_crash_results(report, lines)):
        yield _identity(result), result["properties"]["status"]


def _compared(before: Mapping[str, str], result: Mapping[str, Any]) -> str:
    was = before.get(_identity(result))
    return "new" if was is None else "unchanged" if was == result["properties"]["status"] else "updated"


def _identity(result: Mapping[str, Any]) -> str:
    return str(result["partialFingerprints"]["robustEmoCheck/v1"])


def _invocation(report: AuditReport) -> dict[str, Any]:
    crashed = [crash for section in report.sections if (crash := crash_of(section))]
    return {
        "commandLine": visible(report.run.command),
        "startTimeUtc": f"{started(report):%Y-%m-%dT%H:%M:%SZ}",
        "executionSuccessful": not crashed,
        "exitCode": _EXIT_CODES.get(verdict_view(report).status, 0),
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": _plain(crash.sentence)}} for crash in crashed
        ],
    }


def _folder(path: str) -> dict[str, str]:
    """A directory as an artifact location, whose address ends in a slash."""
    uri = quote(without_lone_surrogates(path.rstrip("/"))) + "/"
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _plain(text: str) -> str:
    """A message without what SARIF reads as a placeholder or as a link (3.11.5, 3.11.6)."""
    return visible(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")
