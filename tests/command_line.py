"""How tests run commands, and what they all expect of a refused one."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def quick(model, out):
    """An audit of some seconds; explanations, which take longest, have tests of their own."""
    what = ("--sections", "clean,evasion", "--attacks", "unicode", "--examples", 24)
    return ("audit", model, *what, "--no-cache", "--device", "cpu", "--out", out)


def refused(ended, message):
    """One line on standard error, exit code 2, nothing on standard output."""
    assert re.search(message, ended.err), ended.err
    assert ended.err.startswith("robust-emo: ")
    assert ended.err.count("\n") == 1, ended.err
    assert (ended.code, ended.out) == (2, "")
