"""The `[[waive]]` tables of a policy, checked strictly."""

import math
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from robust_emo.errors import InputError
from robust_emo.types import Waiver
from robust_emo.unknown_name import unknown_name

_KEYS = tuple(field.name for field in fields(Waiver))
_SHA = re.compile(r"[0-9a-f]{12,64}")


def waivers(tables: object, place: str) -> tuple[Waiver, ...]:
    """Read the tables, in the order of the file.

    Args:
        tables: as TOML has them.
        place: the policy, for messages.

    Raises:
        InputError: anything that is not understood, or missing, with its place; two waivers of one check.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{place}: write each waiver as a table of its own, under [[waive]]")
    found = tuple(_waiver(table, f"{place}, [[waive]] number {number}") for number, table in enumerate(tables, 1))
    checks = [waiver.check for waiver in found]
    if twice := next((check for check in checks if checks.count(check) > 1), None):
        raise InputError(f"{place}: '{twice}' is waived twice; keep one of the two")
    return found


def _waiver(table: Mapping[str, Any], place: str) -> Waiver:
    for key in table:
        if key not in _KEYS:
            raise InputError(f"{place}: {unknown_name('key', key, _KEYS)}")
    for key in _KEYS:
        if key not in table:
            raise InputError(f"{place}: '{key}' is missing; a waiver needs {', '.join(_KEYS)}")
    expires, floor = table["expires"], table["floor"]
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise InputError(f"{place}: 'expires' must be a date without quotes, such as 2026-12-31, got {expires!r}")
    if isinstance(floor, bool) or not isinstance(floor, (int, float)) or not math.isfinite(floor):
        raise InputError(f"{place}: 'floor' must be a number, the worst value that is let through, got {floor!r}")
    texts = {key: table[key] for key in _KEYS if key not in ("expires", "floor")}
    for key, value in texts.items():
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{place}: '{key}' must be a string that is not empty, got {value!r}")
    if not _SHA.fullmatch(texts["model_sha"]):
        raise InputError(
            f"{place}: 'model_sha' must be twelve or more of the first digits of run.model_sha256 in audit.json, "
            f"got {texts['model_sha']!r}"
        )
    if _letters(texts["owner"]) == _letters(texts["approver"]):
        raise InputError(f"{place}: 'owner' and 'approver' must be two people, got {texts['owner']!r} for both")
    return Waiver(**texts, expires=expires.isoformat(), floor=float(floor))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
