"""What the model leaks, in a few lines, before the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.privacy_claim import BROKEN_PROMISE
from robust_emo.types import Section

from .check_sentence import Sentence
from .language import later, say
from .masking import mask
from .personal_view import personal_finding

_WORDS = {
    "broken": ("fail", later("More leaks than was promised")),
    "leak": ("fail", later("The model leaks who it was trained on")),
    "none": ("inconclusive", later("No leak of who was trained on was shown, which is no proof that there is none")),
    "unknown": ("not_measured", later("Who was trained on: not measured whether the model tells")),
}


@dataclass(frozen=True, slots=True)
class LeakView:
    """The answer."""

    status: str
    """``fail``, ``inconclusive`` or ``not_measured``."""
    word: str
    findings: tuple[Sentence, ...]
    """The first sentence of every section that measured something."""
    failed: tuple[str, ...]
    """Sections that stopped with an error."""


def leak_view(sections: Sequence[Section]) -> LeakView:
    """Of the privacy sections; the strongest statement first."""
    ran = [section for section in sections if section.error is None]
    broken = any(flag.name == BROKEN_PROMISE and flag.raised for section in ran for flag in section.flags)
    asked = [section.membership for section in ran if section.membership is not None]
    answer = "none" if asked else "unknown"
    if any(membership.leaks for membership in asked):
        answer = "leak"
    status, word = _WORDS["broken" if broken else answer]
    return LeakView(
        status=status,
        word=say(word),
        findings=tuple(finding for section in ran if (finding := _finding(section)) is not None),
        failed=tuple(section.plugin for section in sections if section.error is not None),
    )


def _finding(section: Section) -> Sentence | None:
    """Sections of privacy say first what they found."""
    if section.personal:
        return Sentence(personal_finding(section.personal), recorded=False)
    return Sentence(mask(section.notes[0]), recorded=True) if section.notes else None
