"""audit.json: the truth about one audit. Written and described by a JSON Schema, both from the types.

Reading it back is the core's: :func:`robust_emo.audit_file.read_audit`.

``python -m robust_emo_reports.json > docs/audit.schema.json`` regenerates the published schema.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from robust_emo.errors import RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport, Metric


class JsonReporter:
    """Writes audit.json, from which every other report can be made again."""

    spec = PluginSpec(name="json", version="1", summary="audit.json: every number of the audit, for machines")
    filename = "audit.json"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """The report alone: outcomes have their own file, outcomes.jsonl."""
        return dump_report(report)


def dump_report(report: AuditReport) -> bytes:
    """UTF-8 JSON, keys in order of declaration, two spaces of indent, one newline at the end.

    Lone surrogates (from file names that are not UTF-8) become U+FFFD: many JSON readers refuse them.

    Raises:
        RobustEmoError: a number is NaN or infinite; what was not measured must be null.
    """
    for section in report.sections:
        for metric in section.metrics:
            _refuse_nan(metric, f"{section.kind}/{section.plugin}")
    try:
        text = json.dumps(report, default=_plain, ensure_ascii=False, allow_nan=False, indent=2)
    except ValueError as error:
        raise RobustEmoError(f"the audit holds a number that JSON cannot: {error}; use null instead") from error
    return (without_lone_surrogates(text) + "\n").encode()


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of audit.json, made from the types and their docstrings."""
    from pydantic import TypeAdapter

    made = TypeAdapter(AuditReport).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def schema_bytes() -> bytes:
    """Content of docs/audit.schema.json."""
    return (json.dumps(schema(), ensure_ascii=False, indent=2) + "\n").encode()


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON takes
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise RobustEmoError(f"the audit holds a {type(value).__name__}, which JSON cannot: {value!r:.80}")


def _refuse_nan(metric: Metric, where: str) -> None:
    for number in (metric.value, metric.ci_low, metric.ci_high):
        if number is not None and not math.isfinite(number):
            raise RobustEmoError(
                f"metric '{metric.name}' of {where} is {number}; a metric is a finite number, or null for not measured"
            )


def without_lone_surrogates(text: str) -> str:
    """`text` as UTF-8 can hold it: lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
