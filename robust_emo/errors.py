"""Errors, each mapped to an exit code. 0 pass, 1 gate failed, 2 usage or input, 3 inconclusive, 130 interrupted."""

import errno
from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What a pipeline sees. 3 never looks like 0."""

    PASS = 0
    GATE_FAILED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


class RobustEmoError(Exception):
    """Any error a user can cause or mend; the CLI prints its message on one line, without a traceback."""

    exit_code: ExitCode = ExitCode.USAGE


class InputError(RobustEmoError):
    """A file, directory, model or option is not what was expected."""


class PrerequisiteError(RobustEmoError):
    """Something needed is not installed or not on disk; the message holds the command that adds it."""


class PluginError(RobustEmoError):
    """A requested plug-in is unknown, cannot be imported, or is registered twice."""


class PreflightError(RobustEmoError):
    """All problems found before an audit starts, reported once.

    Args:
        problems: at least one message, each readable by itself.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            super().__init__(self.problems[0])
        else:
            listed = "".join(f"\n  {number}. {text}" for number, text in enumerate(self.problems, 1))
            super().__init__(f"{len(self.problems)} problems found before the start:{listed}")


class QueryBudgetExhausted(RobustEmoError):
    """Raised inside an attack at the await that would exceed its query budget; the engine records a failure."""


class CacheError(RobustEmoError):
    """The query cache cannot be read or written."""


def concerns_the_whole_run(error: Exception) -> bool:
    """Whether an error is nobody's request: a full or read-only disk, a broken cache. The run stops and can resume."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    return isinstance(error, CacheError) or (isinstance(error, OSError) and error.errno in full)
