"""Progress bars on standard error, drawn only where somebody watches and only for work over two seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


class Bars:
    """A :class:`robust_emo.progress.Progress` of tqdm bars with ETA."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def begin(self, task: str, total: int) -> None:
        """A new bar; nothing is drawn in its first two seconds, nor where standard error is no terminal."""
        from tqdm import tqdm

        self.end()
        self._bar = tqdm(desc=task, total=total, delay=2, disable=None, leave=False, dynamic_ncols=True)

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


@contextmanager
def bars(*, quiet: bool) -> Iterator[Any]:
    """Bars, or silence; taken away on leaving, also after Ctrl-C."""
    from robust_emo.progress import Silent

    progress = Silent() if quiet else Bars()
    try:
        yield progress
    finally:
        progress.end()
