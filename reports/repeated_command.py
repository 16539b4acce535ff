"""The command of an audit, changed so that it measures a section more and leaves the audit where it is."""

import shlex
from collections.abc import Sequence
from itertools import pairwise

from robust_emo.enough_texts import least_attacked
from robust_emo.types import AuditReport

_AUDIT = ("robust-emo", "audit")


def command_with(report: AuditReport, section: str) -> str:
    """A command line with `section` besides those that ran, enough texts for the policy, and an --out of its own.

    All other options of `robust-emo audit` stay. Of another command, whose options mean other things, only the model
    and the seed do.

    Args:
        report: the audit.
        section: name of a section plug-in.
    """
    words, sections = _words(report.run.command), _sections(report)
    if tuple(words[:2]) != _AUDIT:
        words, sections = [*_AUDIT, report.run.model, "--seed", str(report.run.seed)], ("clean",)
    out = (_value(words, "--out") or "").rstrip("/")
    if out.split("/")[-1] in ("", ".", ".."):  # what a name cannot be put behind
        out = f"{report.run.model.rstrip('/')}-audit"
    sections = tuple(dict.fromkeys((*sections, section)))
    words = _with(words, "--sections", ",".join(sections))
    least = least_attacked(verdict.threshold for verdict in report.verdicts)
    if "evasion" in sections and least > _examples(words, report):
        words = _with(words, "--examples", str(least))
    return shlex.join(_with(words, "--out", f"{out}-{section}"))


def _words(command: str) -> list[str]:
    """Options apart from their values, ``--out=here`` too; none of what is no command line, as a file may hold."""
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    return [part for word in words for part in (word.split("=", 1) if word.startswith("--") else (word,))]


def _value(words: Sequence[str], option: str) -> str | None:
    return next((value for name, value in pairwise(words) if name == option), None)


def _examples(words: Sequence[str], report: AuditReport) -> int:
    """Texts that the command attacks; of smaller data it gets fewer."""
    given = _value(words, "--examples") or ""
    return int(given) if given.isdecimal() and len(given) < 10 else report.run.attacked_examples


def _with(words: Sequence[str], option: str, value: str) -> list[str]:
    """`option` with `value` where it stood, else at the end."""
    if option not in words[:-1]:
        return [*words, option, value]
    place = words.index(option)
    return [*words[: place + 1], value, *words[place + 2 :]]


def _sections(report: AuditReport) -> tuple[str, ...]:
    """Plug-ins of the sections that ran; each attack has one of its own."""
    names = (each.kind if each.kind == "evasion" else each.plugin for each in report.sections)
    return tuple(dict.fromkeys(names))
