"""audit.badge.json: the verdict as a badge, for the endpoint of shields.io."""

import json
from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport, VerdictStatus

from .verdict_view import verdict_view

_COLOURS = {"pass": "brightgreen", "fail": "red", "inconclusive": "orange", "not-judged": "lightgrey"}


class BadgeReporter:
    """Makes audit.badge.json (schema version 1 of https://shields.io/badges/endpoint-badge)."""

    spec = PluginSpec(name="badge", version="1", summary="audit.badge.json: the verdict as a badge of shields.io")
    filename = "audit.badge.json"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8 JSON. ``isError`` keeps whoever embeds the badge from painting it green."""
        verdict = verdict_view(report)
        waived = sum(each.status is VerdictStatus.WAIVED for each in report.verdicts)
        excused = verdict.status == "pass" and waived > 0
        badge = {
            "schemaVersion": 1,
            "label": "emotion audit",
            "message": f"{verdict.word.lower()}, {waived} waived" if excused else verdict.word.lower(),
            "color": "yellowgreen" if excused else _COLOURS[verdict.status],
            "isError": verdict.status in ("fail", "inconclusive"),
        }
        return (json.dumps(badge, indent=2) + "\n").encode()
