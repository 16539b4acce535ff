"""The outcomes of a finished audit of the model that is hardened.

The files may come from anywhere: nothing in them is trusted before it is checked, and texts are data only.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from robust_emo.audit_file import read_audit
from robust_emo.audits.journal import FILENAME as JOURNAL
from robust_emo.data.quoting import listed, quoted
from robust_emo.errors import InputError
from robust_emo.types import AttackOutcome, AuditReport

_OUTCOMES = "outcomes.jsonl"


@dataclass(frozen=True, slots=True)
class AuditedOutcomes:
    """What a finished audit found."""

    path: Path
    """The output directory of the audit, as given."""
    sha256: str
    """Of its outcomes.jsonl."""
    outcomes: tuple[AttackOutcome, ...]
    """One per line of the file, in its order."""


def read_audited(path: Path, *, model: str, model_sha256: str) -> AuditedOutcomes:
    """Read a finished audit and check whose it is.

    Args:
        path: output directory of `robust-emo audit`.
        model: directory of the model that it must be of; for the message.
        model_sha256: its fingerprint.

    Raises:
        InputError: no such directory, an unfinished audit, one of another schema version or model, a line that is no
            outcome, or outcomes of an attack that the audit does not know.
    """
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise InputError(f"--outcomes {path} {what}; expected the output directory of a finished robust-emo audit")
    if (path / JOURNAL).exists():
        raise InputError(f"{path} holds an unfinished audit; finish it first: repeat its command with --resume")
    report = read_audit(path)
    if report.run.model_sha256 != model_sha256:
        raise InputError(
            f"{path} audited another model: {quoted(report.run.model)} with fingerprint "
            f"{quoted(report.run.model_sha256[:12])}, and {model} has '{model_sha256[:12]}'; audit the model that is "
            "to be hardened"
        )
    file = path / _OUTCOMES
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; audit again") from error
    outcomes = tuple(_parsed(content, file))
    _check_attacks(outcomes, report, path)
    return AuditedOutcomes(path, hashlib.sha256(content).hexdigest(), outcomes)


def _parsed(content: bytes, file: Path) -> Iterator[AttackOutcome]:
    """Strictly: a text that is a number or a list would only be noticed in the middle of a training."""
    from pydantic import TypeAdapter, ValidationError  # heavy, and only needed for what is on disk

    adapter = TypeAdapter(AttackOutcome)
    for number, line in enumerate(content.splitlines(), 1):
        try:
            yield adapter.validate_json(line, strict=True)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            place = "".join(f"{quoted(str(step))}: " for step in problem["loc"][:1])
            raise InputError(
                f"{file}, line {number}: not an outcome of an attack: {place}{problem['msg']}; audit again"
            ) from None


def _check_attacks(outcomes: tuple[AttackOutcome, ...], report: AuditReport, path: Path) -> None:
    known = {section.plugin for section in report.sections if section.kind == "evasion"}
    foreign = sorted({outcome.plugin for outcome in outcomes} - known)
    if foreign:
        raise InputError(
            f"{path / _OUTCOMES} holds outcomes of {listed(foreign)}, of which audit.json beside it knows nothing: the "
            "two are not of one audit; audit again"
        )
