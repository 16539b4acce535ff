"""The whole of audit.json."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.provenance import RunInfo
from robust_emo.types.section import Section
from robust_emo.types.verdict import Verdict

SCHEMA_VERSION = "1.1"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The truth about one audit; every report is a projection of it."""

    __pydantic_config__ = JSON_FORM

    schema_version: str
    run: RunInfo
    sections: tuple[Section, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def attacked(self) -> bool:
        """Whether texts were attacked to change their prediction."""
        return any(section.kind == "evasion" for section in self.sections)
