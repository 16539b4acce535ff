"""The whole of audit.json."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.provenance import RunInfo
from robust_emo.types.section import Section
from robust_emo.types.since_baseline import SinceBaseline
from robust_emo.types.verdict import Verdict

SCHEMA_VERSION = "1.2"
"""Of what is written. A field that is new, and may be left out, raises the second number; all else the first."""
READ_VERSIONS = ("1.0", "1.1", SCHEMA_VERSION)
"""What is read: fields that an older version did not know have their defaults, which say that nothing was measured."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The truth about one audit; every report is a projection of it."""

    __pydantic_config__ = JSON_FORM

    schema_version: str
    run: RunInfo
    sections: tuple[Section, ...]
    verdicts: tuple[Verdict, ...]
    since_baseline: SinceBaseline | None = None
    """What changed since an earlier audit; null where none was given, and where an older version wrote this."""

    @property
    def attacked(self) -> bool:
        """Whether texts were attacked to change their prediction."""
        return any(section.kind == "evasion" for section in self.sections)
