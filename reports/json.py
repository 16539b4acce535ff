"""audit.json: the truth about one audit. Written, read back and described by a JSON Schema, all from the types.

``python -m robust_emo_reports.json > docs/audit.schema.json`` regenerates the published schema.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from robust_emo.errors import InputError, RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import SCHEMA_VERSION, AttackOutcome, AuditReport, Metric


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
    return (_without_lone_surrogates(text) + "\n").encode()


def load_report(path: str | Path) -> AuditReport:
    """Read what :func:`dump_report` wrote.

    Raises:
        InputError: no such file, not JSON, not an audit, or an audit of another schema version.
    """
    from pydantic import TypeAdapter, ValidationError

    content = _read(Path(path))
    try:
        found = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not a JSON file written by robust-emo audit: {_one_line(error)}") from error
    if not isinstance(found, dict) or "schema_version" not in found:
        raise InputError(f"{path} is JSON but not an audit: expected an object with 'schema_version', as in audit.json")
    if found["schema_version"] != SCHEMA_VERSION:
        raise InputError(
            f"{path} has schema_version {found['schema_version']!r}, this version reads {SCHEMA_VERSION!r}; "
            "run the audit again or install the robust-emo that wrote it"
        )
    try:
        return TypeAdapter(AuditReport).validate_json(content, strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in problem["loc"])
        raise InputError(f"{path} is not a valid audit: {where}: {problem['msg'].lower()}") from error


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of audit.json, made from the types and their docstrings."""
    from pydantic import TypeAdapter

    made = TypeAdapter(AuditReport).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def schema_bytes() -> bytes:
    """Content of docs/audit.schema.json."""
    return (json.dumps(schema(), ensure_ascii=False, indent=2) + "\n").encode()


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        content.decode()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; expected an audit.json") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}); expected an audit.json") from error
    return content


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


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _one_line(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error).replace("\n", " ")


def _without_lone_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
