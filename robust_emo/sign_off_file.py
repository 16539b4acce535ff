"""Sign-offs exported by report.html, held against the audit that they are said to be of.

A sign-off is a statement and no signature: it names an audit by its fingerprint, and anybody can write one.
"""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from robust_emo import plugins
from robust_emo.audit_file import audit_bytes, audit_file, parse_audit
from robust_emo.errors import InputError
from robust_emo.overall_verdict import Overall, overall_verdict
from robust_emo.types import SIGN_OFF_VERSION, AuditReport, Decision, SignOff

_LARGEST_FILE = 1_000_000
_LONGEST = {"name": 200, "role": 200, "comment": 10_000}
"""Characters, as the fields of the page allow."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FARTHEST_WEST = timedelta(hours=12)


def read_sign_off(path: str | Path) -> SignOff:
    """The sign-off in a file.

    Raises:
        InputError: no such file, not JSON, a field that is missing, unknown, twice there, of the wrong type or out of
            its range, or another version.
    """
    from pydantic import TypeAdapter, ValidationError

    file = Path(path)
    content = _read(file)
    found = _parse(content, file)
    if not isinstance(found, dict) or "sign_off_version" not in found:
        raise InputError(f"{file} is JSON but no sign-off: expected an object with 'sign_off_version'")
    if found["sign_off_version"] != SIGN_OFF_VERSION:
        raise InputError(
            f"{file} has sign_off_version {found['sign_off_version']!r:.40}, this version reads {SIGN_OFF_VERSION!r}"
        )
    try:
        sign_off = TypeAdapter(SignOff).validate_json(content, strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in problem["loc"])
        raise InputError(f"{file} is not a valid sign-off: {place:.80}: {problem['msg'].lower()}") from None
    if problems := _problems(sign_off):
        raise InputError(f"{file} is not a valid sign-off: {problems[0]}")
    return sign_off


def mismatches(sign_off: SignOff, audit: str | Path) -> tuple[str, ...]:
    """Where a sign-off is not of this audit; empty where it is.

    Args:
        sign_off: as read.
        audit: its audit.json, or the output directory that holds it.

    Raises:
        InputError: the audit cannot be read.
    """
    file = audit_file(audit)
    content = audit_bytes(file)  # once: what is judged is what was hashed
    report, file_sha256 = parse_audit(content, file), hashlib.sha256(content).hexdigest()
    if file_sha256 != sign_off.audit_sha256 == _written_anew(report):
        anew = "write it and the page anew with robust-emo report --format json,html, and sign that"
        return (f"{file} was written by another version, or edited: {anew}",)
    found = {
        "audit.json": (sign_off.audit_sha256, file_sha256),
        "model": (sign_off.model_sha256, report.run.model_sha256),
        "verdict": (sign_off.verdict, overall_verdict(report.verdicts, report.sections).value),
    }
    others = [
        f"{name} is {_beginning(there)}, signed was {_beginning(signed)}"
        for name, (signed, there) in found.items()
        if signed != there
    ]
    return (*others, *_too_early(sign_off, report.run.cost.started_at))


def _too_early(sign_off: SignOff, started_at: str) -> tuple[str, ...]:
    """A date before the audit began, wherever the reviewer is: no place is over 12 hours behind UTC."""
    try:
        began = (datetime.fromisoformat(started_at) - _FARTHEST_WEST).date()
    except (ValueError, OverflowError):
        return ("the audit does not say when it began, so no date can be after it",)
    if date.fromisoformat(sign_off.date) < began:
        return (f"signed on {sign_off.date}, before the audit began ({started_at:.40})",)
    return ()


def _written_anew(report: AuditReport) -> str:
    """Fingerprint of the audit.json that this version writes, which is what its report.html names."""
    return hashlib.sha256(plugins.load("reporters", "json").render(report, ())).hexdigest()


def _beginning(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:12]}…"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}; expected the sign-off of an audit") from None
    if len(content) > _LARGEST_FILE:
        raise InputError(f"{file} is larger than 1 MB; expected the sign-off of an audit")
    return content


def _parse(content: bytes, file: Path) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_without_doubles)
    except RecursionError:
        raise InputError(f"{file} is nested too deeply to be a sign-off") from None
    except ValueError as error:  # also JSONDecodeError and UnicodeDecodeError
        raise InputError(f"{file} is not a JSON file exported by report.html: {error}") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values of one key, a reader may see one and this program the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in it")
    return found


def _problems(sign_off: SignOff) -> list[str]:
    problems = []
    for name, limit in _LONGEST.items():
        text = getattr(sign_off, name)
        if len(text) > limit:
            problems.append(f"'{name}' has {len(text):,} characters, expected at most {limit:,}")
        elif name != "comment" and not text.strip():
            problems.append(f"'{name}' is empty")
    for name in ("audit_sha256", "model_sha256"):
        if not _SHA256.fullmatch(getattr(sign_off, name)):
            problems.append(f"'{name}' is not a SHA-256 in 64 small hexadecimal digits")
    if sign_off.verdict not in set(Overall):
        problems.append(f"no audit has the verdict {sign_off.verdict[:40]!r}")
    if not _is_date(sign_off.date):
        problems.append(f"expected a date such as 2026-12-31, got {sign_off.date[:40]!r}")
    if sign_off.decision is Decision.APPROVE_WITH_CONDITIONS and not sign_off.comment.strip():
        problems.append("it approves with conditions, and the comment names none")
    return problems


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
