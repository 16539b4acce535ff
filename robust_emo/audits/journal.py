"""The journal of a running audit: every finished example at once on disk, so that a kill loses nothing."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from robust_emo.audits.outcomes import dump_outcome, parse_outcome
from robust_emo.errors import InputError
from robust_emo.plugins import Attack
from robust_emo.types import AttackOutcome, Example

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows has no flock
    fcntl = None

FILENAME = ".journal.jsonl"


class Journal:
    """Outcomes of one audit, appended line by line.

    The first line holds what the audit depends on; a resumed audit must depend on the same.

    Args:
        directory: output directory of the audit.
        conditions: everything that could change an outcome (model, data, seed, attacks, …), JSON-serialisable.
        resume: continue an existing journal instead of starting over.

    Raises:
        InputError: asked to resume, but there is no journal or it belongs to another audit; or another audit is at it.
    """

    def __init__(self, directory: Path, conditions: dict[str, Any], *, resume: bool) -> None:
        self.path = directory / FILENAME
        self._outcomes: dict[tuple[str, str], AttackOutcome] = {}
        conditions = json.loads(json.dumps(conditions))
        self._stream: IO[bytes] = self.path.open("ab")
        try:
            self._lock()
            if resume:
                self._read(conditions)
            else:
                self._stream.truncate(0)
                self._write(json.dumps(conditions).encode() + b"\n")
        except BaseException:
            self._stream.close()
            raise
        self.resumed = len(self._outcomes)

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
        try:
            self._stream.write(line)
            self._stream.flush()
        except OSError as error:  # a full disk; the error of a stream does not name its file
            raise OSError(
                error.errno, f"{error.strerror}; make room and repeat with --resume", str(self.path)
            ) from error

    def _lock(self) -> None:
        """Two audits writing one journal would mix their outcomes."""
        if fcntl is None:
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another audit is running in {self.path.parent}; name another --out") from None

    def _read(self, conditions: dict[str, Any]) -> None:
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]  # a kill may have torn the last line
        if not whole:
            self.path.unlink()
            raise InputError(f"nothing to resume in {self.path.parent}: run without --resume")
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            outcomes = [parse_outcome(line) for line in lines[1:]]
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"{self.path} is damaged ({error}): repeat the audit with --restart") from None
        changed = sorted(key for key in conditions | lines[0] if conditions.get(key) != lines[0].get(key))
        if changed:
            raise InputError(
                f"cannot resume {self.path.parent}: {', '.join(changed)} changed since it started; "
                "repeat the first command, or start over with --restart"
            )
        self._outcomes = {(outcome.plugin, outcome.example_id): outcome for outcome in outcomes}
        self._stream.truncate(len(whole))
