"""The audits of a folder, in lines of text and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from robust_emo.cli._metrics import value_text
from robust_emo.types import AuditHistory, AuditSettings, PastAudit


def history_lines(history: AuditHistory) -> list[str]:
    """The newest audit last, then what the letters mean and how to test two audits."""
    lines, letters = [], history.settings
    for audit in history.audits:
        lines += [*_audit(audit, letters[audit.settings], history.metrics), ""]
    lines.append("Numbers can be held against each other only under the same letter. Nothing here was tested.")
    lines += [f"{letter}: {_settings(settings)}" for settings, letter in letters.items()]
    latest = {pair.newer.settings: pair.command for pair in history.neighbours}
    lines += [f"test the last two under {letters[which]}: {command}" for which, command in latest.items()]
    if gone := [audit for audit in history.audits if audit.gone]:
        lines.append(
            "gone: deleted or replaced, still in the history; "
            f"`robust-emo history DIR --forget {gone[0].sha256[:12]}` or `--forget gone` takes them out"
        )
    return lines


def _audit(audit: PastAudit, letter: str, metrics: Sequence[str]) -> list[str]:
    width = max(map(len, metrics), default=0)
    when = audit.started_at[:16].replace("T", " ")
    name = audit.model.replace("\\", "/").rstrip("/").rpartition("/")[2]
    lines = [
        f"{when}  {name} ({audit.model_sha256[:12]})  {letter}  {audit.verdict.value.upper()}"
        f"  {audit.path}" + (f" (gone, audit {audit.sha256[:12]})" if audit.gone else "")
    ]
    missing = []
    for each in metrics:
        found = audit.find(each)
        if found is None or found.metric.value is None:
            missing.append(each)
        else:
            lines.append(f"  {each:<{width}}  {value_text(found.metric)}  n = {found.metric.n}")
    return [*lines, f"  not measured: {', '.join(missing)}"] if missing else lines


def _settings(settings: AuditSettings) -> str:
    return (
        f"profile {settings.profile}, seed {settings.seed}, data {settings.data_sha256[:12]}, "
        f"{settings.attacked_examples} texts drawn for the attacks, {len(settings.labels)} labels"
    )


def document(history: AuditHistory) -> dict[str, Any]:
    """What --json prints: the chosen numbers of each audit, null where one was not measured at all."""
    letters = history.settings
    return {
        "settings": {letter: asdict(settings) for settings, letter in letters.items()},
        "audits": [_entry(audit, letters[audit.settings], history.metrics) for audit in history.audits],
        "compare": [
            {"older": pair.older.sha256, "newer": pair.newer.sha256, "command": pair.command}
            for pair in history.neighbours
        ],
        "problems": list(history.problems),
    }


def _entry(audit: PastAudit, letter: str, metrics: Sequence[str]) -> dict[str, Any]:
    found = {name: audit.find(name) for name in metrics}
    own = {name: value for name, value in asdict(audit).items() if name not in ("settings", "metrics")}
    return {
        **own,
        "settings": letter,
        "metrics": {
            name: {"protocol": each.protocol, **asdict(each.metric)} if each else None for name, each in found.items()
        },
    }
