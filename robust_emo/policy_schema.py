"""JSON Schema of policy files, for editors: `python -m robust_emo.policy_schema`.

It says what an editor can check as one writes; :func:`robust_emo.policy.read_policy` checks all of it.
"""

import json
import sys
from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_REQUIRE: dict[str, Any] = {
    "metric": {**_TEXT, "description": "Name of the number, as in audit.json."},
    "section": {**_TEXT, "description": "clean, evasion/ensemble, or a bare kind: all of its sections."},
    "min": {"type": "number", "description": "The number must be at least this."},
    "max": {"type": "number", "description": "The number must be at most this."},
    "max_regression": {
        "type": "number",
        "minimum": 0,
        "description": "By how much the number may be worse than in the audit named by --baseline.",
    },
    "per_class": {"type": "boolean", "default": False, "description": "Judge every emotion by itself."},
    "decision": {
        "enum": ["confident", "point"],
        "default": "confident",
        "description": "On the whole interval, or on the value alone.",
    },
    "confidence": {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": "Level of the interval; by default that of the audit.",
    },
    "min_n": {"type": "integer", "minimum": 0, "default": 0, "description": "Fewer examples decide nothing."},
    "reason": {"type": "string", "description": "Why, for the reader of the report."},
}
_WAIVE: dict[str, Any] = {
    "check": {**_TEXT, "description": "The check as `robust-emo gate` prints it."},
    "model_sha": {
        "type": "string",
        "pattern": "^[0-9a-f]{12,64}$",
        "description": "Twelve or more of the first digits of run.model_sha256.",
    },
    "reason": {**_TEXT, "description": "Why it may be let through."},
    "owner": {**_TEXT, "description": "Who mends it."},
    "approver": {**_TEXT, "description": "Who allows it; somebody other than the owner."},
    "expires": {"type": "string", "format": "date", "description": "The last day, without quotes: 2026-12-31."},
    "floor": {"type": "number", "description": "A value worse than this is never let through."},
}


def policy_schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "robust-emo policy",
        "description": "What an audit must show; docs/policy.md describes it.",
        "type": "object",
        "required": ["require"],
        "additionalProperties": False,
        "properties": {
            "require": {
                "type": "array",
                "minItems": 1,
                "items": _table(_REQUIRE, ["metric", "section"])
                | {"oneOf": [{"required": [bound]} for bound in ("min", "max", "max_regression")]},
            },
            "waive": {"type": "array", "items": _table(_WAIVE, list(_WAIVE))},
        },
    }


def _table(keys: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": keys}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(policy_schema(), indent=2) + "\n")
