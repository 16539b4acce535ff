"""Policies: what an audit must show, read from TOML and checked strictly. docs/policy.md describes the format."""

import hashlib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust_emo.errors import InputError
from robust_emo.types import Threshold, Waiver
from robust_emo.unknown_name import unknown_name
from robust_emo.waivers import waivers

_BUILT_IN = Path(__file__).parent / "policies"
_DECISIONS = ("confident", "point")
_SHARES = frozenset({
    "accuracy", "macro_f1", "micro_f1", "precision", "recall", "f1", "expected_calibration_error",
    "clean_accuracy_attacked", "accuracy_under_attack", "accuracy_under_attack_3_words", "attack_success_rate",
    "worst_case_accuracy", "worst_case_accuracy_3_words", "valid_worst_case_accuracy", "valid_success_rate",
    "invalid_share", "reducible_rate", "survivor_success_rate", "accuracy_left", "accuracy_left_3_words",
    "mean_flip_severity", "training_texts_with_personal_data", "audited_texts_with_personal_data",
})  # fmt: skip
_BOUNDS = ("min", "max", "max_regression")
_KEYS = {
    "metric": str,
    "section": str,
    "min": float,
    "max": float,
    "max_regression": float,
    "per_class": bool,
    "confidence": float,
    "decision": str,
    "min_n": int,
    "reason": str,
}
_TYPE_NAMES = {str: "a string", float: "a number", bool: "true or false", int: "a whole number"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as read, in the order of the file."""

    name: str
    """Built-in name, or the path as given."""
    sha256: str
    """Of the file's bytes."""
    thresholds: tuple[Threshold, ...]
    """At least one."""
    waivers: tuple[Waiver, ...] = ()

    @property
    def needs_baseline(self) -> bool:
        """Whether a check compares with an earlier audit."""
        return any(threshold.max_regression is not None for threshold in self.thresholds)


def built_in_policies() -> tuple[str, ...]:
    """Names of the policies that come with the package."""
    return tuple(sorted(path.stem for path in _BUILT_IN.glob("*.toml")))


def read_policy(path_or_name: str | Path) -> Policy:
    """Read a policy file, or a built-in policy by name (a name wins over a file; write `./name` for the file).

    Raises:
        InputError: no such file or name, not TOML, or anything in it that is not understood, with its place.
    """
    name = str(path_or_name)
    path = _BUILT_IN / f"{name}.toml" if path_or_name in built_in_policies() else Path(path_or_name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        known = ", ".join(built_in_policies())
        raise InputError(f"no policy file '{name}', nor a built-in policy of that name ({known})") from None
    except OSError as error:
        raise InputError(f"cannot read policy '{name}': {error.strerror}") from None
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"policy '{name}' is not valid TOML: {error}") from None
    place = f"policy '{name}'"
    _refuse_unknown(document, ["require", "waive"], place)
    return Policy(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        thresholds=_thresholds(document, place),
        waivers=waivers(document.get("waive", []), place),
    )


def _thresholds(document: Mapping[str, Any], place: str) -> tuple[Threshold, ...]:
    tables = document.get("require", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{place}: write each check as a table of its own, under [[require]]")
    if not tables:
        raise InputError(
            f"{place} requires nothing; add a [[require]] with metric, section and min, max or max_regression"
        )
    return tuple(_threshold(table, f"{place}, [[require]] number {number}") for number, table in enumerate(tables, 1))


def _threshold(table: Mapping[str, Any], place: str) -> Threshold:
    _refuse_unknown(table, _KEYS, place)
    for key, value in table.items():
        _check_type(key, value, place)
    for key in ("metric", "section"):
        if not table.get(key):
            raise InputError(f"{place}: '{key}' is missing")
    place = f"{place} ({table['metric']})"
    given = [key for key in _BOUNDS if key in table]
    if len(given) != 1:
        raise InputError(f"{place}: give one of 'min', 'max' and 'max_regression', got {' and '.join(given) or 'none'}")
    bound = table[given[0]]
    if given == ["max_regression"] and bound < 0:
        raise InputError(f"{place}: 'max_regression' is how much worse is allowed, at least 0, got {bound}")
    if table["metric"] in _SHARES and not 0 <= bound <= 1:
        raise InputError(f"{place}: '{table['metric']}' lies between 0 and 1, got {bound}; 75% is written 0.75")
    decision = table.get("decision", "confident")
    if decision not in _DECISIONS:
        raise InputError(f"{place}: {unknown_name('decision', decision, _DECISIONS)}")
    if table.get("min_n", 0) < 0:
        raise InputError(f"{place}: 'min_n' must not be negative, got {table['min_n']}")
    confidence = table.get("confidence")
    if confidence is not None and not 0 < confidence < 1:
        raise InputError(f"{place}: 'confidence' must lie between 0 and 1, such as 0.95, got {confidence}")
    if confidence is not None and decision == "point":
        raise InputError(f"{place}: 'confidence' has no meaning with decision = \"point\"; remove one of them")
    return Threshold(**table)


def _refuse_unknown(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise InputError(f"{place}: {unknown_name('key', key, known)}")


def _check_type(key: str, value: object, place: str) -> None:
    wanted = _KEYS[key]
    accepted = (int, float) if wanted is float else wanted
    right = isinstance(value, accepted) and (wanted is bool or not isinstance(value, bool))  # a bool is an int
    if not right or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError(f"{place}: '{key}' must be {_TYPE_NAMES[wanted]}, got {value!r}")
