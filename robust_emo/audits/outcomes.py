"""outcomes.jsonl: one line per attacked example, and back."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from robust_emo.errors import InputError
from robust_emo.types import AttackOutcome, Status

_SEQUENCES = ("label", "predicted", "predicted_after", "invalid_reasons")


def dump_outcomes(outcomes: Iterable[AttackOutcome]) -> bytes:
    """The file's content."""
    return b"".join(dump_outcome(outcome) for outcome in outcomes)


def dump_outcome(outcome: AttackOutcome) -> bytes:
    """One line; non-ASCII characters are escaped, so that invisible ones survive every editor."""
    return json.dumps(asdict(outcome)).encode() + b"\n"


def parse_outcome(line: dict[str, Any]) -> AttackOutcome:
    """One parsed line as a typed outcome.

    Raises:
        TypeError, ValueError, KeyError: it is none.
    """
    values: dict[str, Any] = {
        key: tuple(value) if key in _SEQUENCES and value is not None else value for key, value in line.items()
    }
    return AttackOutcome(**values | {"status": Status(line["status"])})


def read_outcomes(path: Path) -> tuple[AttackOutcome, ...]:
    """Read outcomes.jsonl.

    Raises:
        InputError: no such file, or a line that is no outcome.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    outcomes = []
    for number, line in enumerate(lines, 1):
        try:
            outcomes.append(parse_outcome(json.loads(line)))
        except (TypeError, ValueError, KeyError) as error:
            raise InputError(f"{path}, line {number}: not an outcome of an attack: {error}") from error
    return tuple(outcomes)
