"""Ctrl-C and SIGTERM that wait for the end of the current step, so that a checkpoint can be written."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from robust_emo.errors import ExitCode, RobustEmoError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TrainingInterrupted(RobustEmoError):
    """Stopped by Ctrl-C or SIGTERM after a complete step."""

    exit_code = ExitCode.INTERRUPTED


@contextmanager
def deferred_interruption() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether an interruption was asked for; a second one raises KeyboardInterrupt at once.

    Outside the main thread, where Python allows no signal handlers, nothing is deferred.
    """
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    previous: dict[int, Any] = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield lambda: asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
