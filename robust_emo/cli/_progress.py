"""Progress on standard error: bars where somebody watches, else a line every half minute for the log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._text import printable

if TYPE_CHECKING:
    from tqdm import tqdm

    from robust_emo.progress import Progress

SECONDS_PER_LINE = 30


class Bars:
    """A :class:`robust_emo.progress.Progress` of tqdm bars with ETA."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def begin(self, task: str, total: int) -> None:
        """A new bar; nothing is drawn in its first two seconds."""
        from tqdm import tqdm

        self.end()
        self._bar = tqdm(desc=task, total=total, delay=2, leave=False, dynamic_ncols=True)

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Move the bar."""
        if self._bar is not None:
            if note:
                self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(steps)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def noted(self, message: str) -> None:
        """A line; it stays."""
        _say(message)


class Lines:
    """A :class:`robust_emo.progress.Progress` of lines for a log, :data:`SECONDS_PER_LINE` apart."""

    def __init__(self) -> None:
        self._task, self._total, self._done = "", 0, 0
        self._last_line = time.monotonic()

    def begin(self, task: str, total: int) -> None:
        """Count from zero again; says nothing yet."""
        self._task, self._total, self._done = task, total, 0

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Count, and print a line where the last one is old enough."""
        self._done += steps
        if time.monotonic() - self._last_line >= SECONDS_PER_LINE:
            self._last_line = time.monotonic()
            line = f"{self._task}: {self._done} of {self._total}{f', {note}' if note else ''}"
            click.echo(printable(line), err=True)

    def end(self) -> None:
        """Nothing to take away."""

    def noted(self, message: str) -> None:
        """A line at once."""
        _say(message)


def _say(message: str) -> None:
    click.echo(printable(message), err=True)


@contextmanager
def bars(*, quiet: bool) -> Iterator["Progress"]:
    """Bars, lines where standard error is no terminal, or silence; taken away on leaving, also after Ctrl-C."""
    from robust_emo.progress import Silent

    progress: Progress = Silent() if quiet else Bars() if sys.stderr.isatty() else Lines()
    try:
        yield progress
    finally:
        progress.end()
