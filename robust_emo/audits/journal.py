"""The journal of a running audit: every finished example at once on disk, so that a kill loses nothing."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from robust_emo.audits.outcomes import dump_outcome, parse_outcome
from robust_emo.errors import InputError
from robust_emo.plugins import Attack
from robust_emo.types import AttackOutcome, Example

FILENAME = ".journal.jsonl"


class Journal:
    """Outcomes of one audit, appended line by line.

    The first line holds what the audit depends on; a resumed audit must depend on the same.

    Args:
        directory: output directory of the audit.
        conditions: everything that could change an outcome (model, data, seed, attacks, …), JSON-serialisable.
        resume: continue an existing journal instead of starting over.

    Raises:
        InputError: asked to resume, but there is no journal or it belongs to another audit.
    """

    def __init__(self, directory: Path, conditions: dict[str, Any], *, resume: bool) -> None:
        self.path = directory / FILENAME
        self._outcomes: dict[tuple[str, str], AttackOutcome] = {}
        conditions = json.loads(json.dumps(conditions))
        if resume:
            self._read(conditions)
        self.resumed = len(self._outcomes)
        self._stream: IO[bytes] = self.path.open("ab" if resume else "wb")
        if not resume:
            self._write(json.dumps(conditions).encode() + b"\n")

    def outcome(self, plugin: str, example_id: str) -> AttackOutcome | None:
        """What is known already of one example under one attack."""
        return self._outcomes.get((plugin, example_id))

    def outcomes(self, attacks: Iterable[Attack], examples: Sequence[Example]) -> tuple[AttackOutcome, ...]:
        """All outcomes of these attacks, attack by attack, in the order of `examples`."""
        found = (self.outcome(attack.spec.name, example.id) for attack in attacks for example in examples)
        return tuple(outcome for outcome in found if outcome is not None)

    def add(self, outcome: AttackOutcome) -> None:
        """Write one outcome; it survives a kill from here on."""
        self._outcomes[outcome.plugin, outcome.example_id] = outcome
        self._write(dump_outcome(outcome))

    def close(self) -> None:
        """Close the file and keep it, so that the audit can be resumed."""
        self._stream.close()

    def remove(self) -> None:
        """Delete the file: the audit is finished."""
        self._stream.close()
        self.path.unlink(missing_ok=True)

    def _write(self, line: bytes) -> None:
        self._stream.write(line)
        self._stream.flush()

    def _read(self, conditions: dict[str, Any]) -> None:
        if not self.path.is_file():
            raise InputError(f"nothing to resume in {self.path.parent}: run without --resume")
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]  # a kill may have torn the last line
        lines = [json.loads(line) for line in whole.splitlines()]
        if not lines:
            raise InputError(f"nothing to resume in {self.path.parent}: run without --resume")
        changed = sorted(key for key in conditions | lines[0] if conditions.get(key) != lines[0].get(key))
        if changed:
            raise InputError(
                f"cannot resume {self.path.parent}: {', '.join(changed)} changed since it started; "
                "repeat the first command, or run without --resume"
            )
        for line in lines[1:]:
            outcome = parse_outcome(line)
            self._outcomes[outcome.plugin, outcome.example_id] = outcome
        if len(whole) < len(content):
            self.path.write_bytes(whole)
