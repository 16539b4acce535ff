"""Reading audit.json back. The file may come from anywhere, so nothing in it is trusted before it is checked."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from robust_emo.errors import InputError
from robust_emo.types import READ_VERSIONS, SCHEMA_VERSION, AuditReport

_MOST_EXAMPLES = 2**53
"""Beyond, a count is no whole number any more."""


def audit_file(path: str | Path) -> Path:
    """The audit.json that is meant: the file, or the one in the output directory."""
    return Path(path) / "audit.json" if Path(path).is_dir() else Path(path)


def read_audit(path: str | Path) -> AuditReport:
    """The audit in a file, or in the output directory that holds its audit.json.

    Returns:
        In the current form, whichever version wrote it: what an older one did not know has its default.

    Raises:
        InputError: no such file, not JSON, not an audit, an audit of a schema version that is not read here, or one
            with a field that is missing, unknown or of the wrong type.
    """
    file = audit_file(path)
    return parse_audit(audit_bytes(file), file)


def parse_audit(content: bytes, file: Path) -> AuditReport:
    """The audit in the content of `file`; raises as :func:`read_audit`."""
    from pydantic import TypeAdapter, ValidationError

    found = _parse(content, file)
    if not isinstance(found, dict) or "schema_version" not in found:
        raise InputError(f"{file} is JSON but not an audit: expected an object with 'schema_version', as in audit.json")
    if found["schema_version"] not in READ_VERSIONS:
        raise InputError(
            f"{file} has schema_version {found['schema_version']!r}, this version reads {', '.join(READ_VERSIONS)}; "
            "run the audit again or install the robust-emo that wrote it"
        )
    try:
        report = TypeAdapter(AuditReport).validate_json(content, strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in problem["loc"])
        raise InputError(f"{file} is not a valid audit: {place}: {problem['msg'].lower()}") from None
    for metric in (metric for section in report.sections for metric in section.metrics):
        if not 0 <= metric.n <= _MOST_EXAMPLES:
            raise InputError(f"{file} is not a valid audit: {metric.name} rests on {metric.n} examples")
    return replace(report, schema_version=SCHEMA_VERSION)


def as_written(report: AuditReport) -> AuditReport:
    """The same as it is read back: a plug-in's arguments may hold tuples, which a file has as lists."""
    from pydantic import TypeAdapter

    known: TypeAdapter[AuditReport] = TypeAdapter(AuditReport)
    return known.validate_json(known.dump_json(report), strict=True)


def audit_bytes(file: Path) -> bytes:
    """The content of `file`.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}; expected the audit.json of an audit") from None


def _parse(content: bytes, file: Path) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise InputError(f"{file} is nested too deeply to be an audit") from None
    except ValueError as error:  # also JSONDecodeError and UnicodeDecodeError
        raise InputError(f"{file} is not a JSON file written by robust-emo audit: {error}") from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
