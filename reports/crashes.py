"""What crashed: whole sections, and single texts that no rate counts. Either keeps an audit from passing."""

from collections.abc import Iterable
from dataclasses import dataclass

from robust_emo.types import Section, Status
from robust_emo.verdict_text import section_name

from . import numbers
from .masking import mask


@dataclass(frozen=True, slots=True)
class Crash:
    """A section that did not measure all it should have."""

    section: str
    """``evasion/pruthi``."""
    what: str
    """Completes "Section evasion/pruthi ..." in English, for files that know no other language."""
    detail: str
    """The error, people in it masked; empty for single texts, whose errors are in outcomes.jsonl."""
    texts: int | None = None
    """How many single texts; None of a whole section."""
    of: int = 0
    """Texts attacked in all."""

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"Section {self.section} {self.what}{f': {self.detail}' if self.detail else '.'}"


def crash_of(section: Section) -> Crash | None:
    """What crashed of a section; None where nothing did. The exit code of the audit judges alike."""
    if section.error is not None:
        what = "did not run to its end, its numbers are missing and not zero"
        return Crash(section_name(section), what, mask(section.error))
    errored = section.counts.get(Status.ERRORED.value, 0)
    if not errored:
        return None
    texts, of = f"{numbers.count(errored)} {'text' if errored == 1 else 'texts'}", sum(section.counts.values())
    what = f"crashed on {texts} of {numbers.count(of)}, which no rate counts"
    return Crash(section_name(section), what, "", errored, of)


def crashes(sections: Iterable[Section]) -> tuple[Crash, ...]:
    """Every crash of an audit."""
    return tuple(crash for section in sections if (crash := crash_of(section)))
