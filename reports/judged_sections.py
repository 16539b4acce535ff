"""Which checks of the policy speak of which section of the audit."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AuditReport, Section, Verdict
from robust_emo.verdict_text import section_name

from .verdict_view import judged_section


@dataclass(frozen=True, slots=True)
class JudgedSection:
    """A section with the checks on it."""

    name: str
    """``clean`` or ``evasion/pruthi``."""
    section: Section | None
    """None where a check asks for a section that the audit has not."""
    verdicts: Sequence[Verdict]


def judged_sections(report: AuditReport) -> tuple[JudgedSection, ...]:
    """Every section in order, then those that only the policy knows; every check stands once."""
    left = list(report.verdicts)
    found = []
    for section in report.sections:
        names = (section_name(section), f"{section.kind}/{section.plugin}")
        found.append(JudgedSection(names[0], section, [v for v in left if judged_section(v) in names]))
        left = [verdict for verdict in left if judged_section(verdict) not in names]
    for name in dict.fromkeys(map(judged_section, left)):
        found.append(JudgedSection(name, None, [verdict for verdict in left if judged_section(verdict) == name]))
    return tuple(found)
