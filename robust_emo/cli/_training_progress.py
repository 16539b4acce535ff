"""A training as seen in the terminal: one bar with loss, validation F1 and remaining time, on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from robust_emo.cli._text import printable
from robust_emo.models.manifest import EpochRecord
from robust_emo.training.interruption import TrainingInterrupted


class ProgressBar:
    """Observer that draws a bar over all epochs; `quiet` keeps only the notes."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None
        self._epochs = 0

    def started(self, *, steps_per_epoch: int, epochs: int, done: int) -> None:
        """Open the bar."""
        self._epochs = epochs
        if not self._quiet:
            # miniters is left to tqdm, which keeps output to logs rare
            self._bar = tqdm(total=steps_per_epoch * epochs, initial=done, unit="step", desc="training", ncols=100)

    def stepped(self, *, step: int, loss: float, learning_rate: float) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.3f}{self._f1}", refresh=False)
            self._bar.update(step - self._bar.n)

    def epoch_ended(self, record: EpochRecord) -> None:
        """Print a line for the epoch above the bar."""
        self._f1 = f", F1 {record.macro_f1:.3f}"
        if self._bar is not None:
            tqdm.write(
                f"epoch {record.epoch}/{self._epochs}: train loss {record.train_loss:.4f}, "
                f"validation macro-F1 {record.macro_f1:.4f}, accuracy {record.accuracy:.4f}{_cost(record)}",
                file=sys.stderr,
            )

    def noted(self, message: str) -> None:
        """Print a line above the bar."""
        tqdm.write(f"robust-emo: {printable(message)}", file=sys.stderr)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()

    _f1 = ""


def _cost(record: EpochRecord) -> str:
    seconds = "" if record.seconds is None else f"; {record.seconds:.0f} s"
    return seconds if record.peak_memory is None else f"{seconds}, {record.peak_memory / 2**20:,.0f} MB at most"


@contextmanager
def told_how_to_resume() -> Iterator[None]:
    """An interruption inside says what to type next."""
    try:
        yield
    except TrainingInterrupted as interruption:
        raise TrainingInterrupted(f"{interruption}; continue with the same command and --resume") from None
