"""answers.jsonl: what the model answered on each audited text, and back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.types import Answer, Example

FILENAME = "answers.jsonl"
_DIGITS = 16


def answers_of(engine: Engine, examples: Sequence[Example]) -> tuple[Answer, ...]:
    """Of the examples in their order; texts that were asked before come from memory."""
    texts = [example.text for example in examples]
    predictions = engine.victim.predictions(engine.scores(texts))
    return tuple(
        Answer(example.id, example.labels, found.labels, _fingerprint(example.text))
        for example, found in zip(examples, predictions, strict=True)
    )


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def dump_answers(answers: Iterable[Answer]) -> bytes:
    """The file's content."""
    return b"".join(json.dumps(asdict(answer)).encode() + b"\n" for answer in answers)


def read_answers(path: Path) -> tuple[Answer, ...]:
    """Read answers.jsonl; nothing where there is no such file, as beside audits without a clean section.

    Raises:
        InputError: it cannot be read, a line is no answer, or two are of one example.
    """
    if not path.exists():
        return ()
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    answers = []
    for number, line in enumerate(lines, 1):
        try:
            answers.append(_parsed(json.loads(line)))
        except (TypeError, ValueError, KeyError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: not an answer of a model: {error}") from error
    if len({answer.example_id for answer in answers}) < len(answers):
        raise InputError(f"{path}: expected one answer per example, got several of one")
    return tuple(answers)


def _parsed(found: dict[str, Any]) -> Answer:
    values = {name: found[name] for name in ("example_id", "label", "predicted", "text_sha256")}
    for name in ("label", "predicted"):
        if not isinstance(values[name], list) or not all(isinstance(label, str) for label in values[name]):
            raise TypeError(f"{name} must be a list of strings")
        values[name] = tuple(values[name])
    if not isinstance(values["example_id"], str) or not isinstance(values["text_sha256"], str):
        raise TypeError("example_id and text_sha256 must be strings")
    return Answer(**values)
