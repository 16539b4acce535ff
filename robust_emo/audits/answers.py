"""answers.jsonl: what the model answered on each audited text, and back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.types import Answer, Example

FILENAME = "answers.jsonl"
_DIGITS = 6


def answers_of(engine: Engine, examples: Sequence[Example]) -> tuple[Answer, ...]:
    """Of the examples in their order; texts that were asked before come from memory."""
    texts = [example.text for example in examples]
    predictions = engine.victim.predictions(engine.scores(texts))
    return tuple(
        Answer(example.id, example.labels, found.labels, tuple(round(p, _DIGITS) for p in found.probabilities))
        for example, found in zip(examples, predictions, strict=True)
    )


def dump_answers(answers: Iterable[Answer]) -> bytes:
    """The file's content."""
    return b"".join(json.dumps(asdict(answer)).encode() + b"\n" for answer in answers)


def read_answers(path: Path) -> tuple[Answer, ...]:
    """Read answers.jsonl; nothing where there is no such file, as beside audits without a clean section.

    Raises:
        InputError: it cannot be read, or a line is no answer.
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
            found = json.loads(line)
            answers.append(
                Answer(
                    str(found["example_id"]),
                    tuple(map(str, found["label"])),
                    tuple(map(str, found["predicted"])),
                    tuple(map(float, found["probabilities"])),
                )
            )
        except (TypeError, ValueError, KeyError) as error:
            raise InputError(f"{path}, line {number}: not an answer of a model: {error}") from error
    return tuple(answers)
