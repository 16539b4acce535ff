"""The audits of a folder, in lines of text and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from robust_emo.cli._metrics import value_text
from robust_emo.types import AuditHistory, AuditSettings, PastAudit


def history_lines(history: AuditHistory) -> list[str]:
    """The newest audit last, then what the letters mean and how to test two audits."""
    lines, letters = [], history.settings
    by_metric = {name: history.lines(name) for name in history.metrics}
    for place, audit in enumerate(history.audits):
        lines += [*_audit(audit, letters[audit.settings], {name: by_metric[name][place] for name in by_metric}), ""]
    lines.append("Numbers can be held against each other only under the same letter. Nothing here was tested.")
    if other := sorted({line for found in by_metric.values() for line in found} - set(letters.values())):
        lines.append(f"{', '.join(other)}: the section was run in another version or with other arguments")
    lines += [f"{letter}: {_settings(settings)}" for settings, letter in letters.items()]
    latest = {pair.newer.settings: pair.command for pair in history.neighbours}
    lines += [f"test the last two under {letters[which]}: {command}" for which, command in latest.items()]
    if gone := [audit for audit in history.audits if audit.gone]:
        lines.append(
            "gone: deleted or replaced, still in the history; "
            f"`robust-emo history DIR --forget {gone[0].sha256[:12]}` or `--forget gone` takes them out"
        )
    return lines


def _audit(audit: PastAudit, letter: str, metrics: Mapping[str, str]) -> list[str]:
    """`metrics`: the line of each, by name."""
    width = max(map(len, metrics), default=0)
    when = audit.started_at[:16].replace("T", " ")
    name = audit.model.replace("\\", "/").rstrip("/").rpartition("/")[2]
    lines = [
        f"{when}  {name} ({audit.model_sha256[:12]})  {letter}  {audit.verdict.value.upper()}"
        f"  {audit.path}" + (f" (gone, audit {audit.sha256[:12]})" if audit.gone else "")
    ]
    missing = []
    for each, line in metrics.items():
        found = audit.find(each)
        if found is None or found.metric.value is None:
            missing.append(each)
        else:
            lines.append(f"  {each:<{width}}  {value_text(found.metric)}  n = {found.metric.n}" + _other(line, letter))
    return [*lines, f"  not measured: {', '.join(missing)}"] if missing else lines


def _other(line: str, letter: str) -> str:
    return "" if line == letter else f"  {line}"


def _settings(settings: AuditSettings) -> str:
    texts = settings.texts
    counts = dict(texts.label_counts)
    labels = ", ".join(f"{label} {counts.get(label, 0)}" for label in texts.labels)
    return (
        f"profile {settings.profile}, seed {settings.seed}, data {texts.data_sha256[:12]}, "
        f"{settings.attacked_examples} texts drawn for the attacks, at most {settings.max_length} tokens, "
        f"{texts.rows} rows, {texts.task}, labels with their rows: {labels}"
    )


def document(history: AuditHistory) -> dict[str, Any]:
    """What --json prints: the chosen numbers of each audit, null where one was not measured at all."""
    letters, by_metric = history.settings, {name: history.lines(name) for name in history.metrics}
    return {
        "settings": {letter: asdict(settings) for settings, letter in letters.items()},
        "audits": [
            _entry(audit, letters[audit.settings], {name: by_metric[name][place] for name in by_metric})
            for place, audit in enumerate(history.audits)
        ],
        "compare": [
            {"older": pair.older.sha256, "newer": pair.newer.sha256, "command": pair.command}
            for pair in history.neighbours
        ],
        "problems": list(history.problems),
    }


def _entry(audit: PastAudit, letter: str, metrics: Mapping[str, str]) -> dict[str, Any]:
    found = {name: audit.find(name) for name in metrics}
    own = {name: value for name, value in asdict(audit).items() if name not in ("settings", "metrics")}
    return {
        **own,
        "settings": letter,
        "metrics": {
            name: {"line": metrics[name], "protocol": each.protocol, **asdict(each.metric)} if each else None
            for name, each in found.items()
        },
    }
