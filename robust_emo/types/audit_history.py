"""Finished audits below one folder, over time."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM
from robust_emo.types.example import Task
from robust_emo.types.measurement import Metric


class PastVerdict(StrEnum):
    """What the policy of an audit said of it."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_JUDGED = "not judged"
    """There was no policy."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What must be the same for the numbers of two audits to be held against each other."""

    __pydantic_config__ = JSON_FORM

    data_sha256: str
    task: Task
    labels: tuple[str, ...]
    """In alphabetical order."""
    profile: str
    """With its version and what was replaced of it."""
    seed: int
    attacked_examples: int
    """Texts drawn for the attacks."""


@dataclass(frozen=True, slots=True)
class PastMetric:
    """One number of an audit and what it was measured by."""

    __pydantic_config__ = JSON_FORM

    section: str
    """``clean`` or ``evasion/pruthi``."""
    protocol: str
    """Beginning of a fingerprint of the section's version and arguments: another one makes another number."""
    metric: Metric

    @property
    def name(self) -> str:
        """``clean/accuracy``, ``clean/recall [joy]``."""
        label = "" if self.metric.label is None else f" [{self.metric.label}]"
        return f"{self.section}/{self.metric.name}{label}"


@dataclass(frozen=True, slots=True)
class PastAudit:
    """One finished audit, as much of it as a history keeps: no texts."""

    __pydantic_config__ = JSON_FORM

    sha256: str
    """Of its audit.json."""
    path: str
    """Where that file lies or was last seen, from the folder that was searched."""
    started_at: str
    """UTC, ISO 8601, to the second."""
    model: str
    """Model directory as given."""
    model_sha256: str
    robust_emo: str
    """Version."""
    settings: AuditSettings
    verdict: PastVerdict
    metrics: tuple[PastMetric, ...]
    gone: bool = False
    """The file is no longer there; what the history kept of it is."""

    def find(self, name: str) -> PastMetric | None:
        """The number called so, see :attr:`PastMetric.name`; None where the audit has none."""
        return next((metric for metric in self.metrics if metric.name == name), None)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two audits under the same settings with none of these between them."""

    older: PastAudit
    newer: PastAudit
    command: str
    """Tests on the same texts whether they differ."""


@dataclass(frozen=True, slots=True)
class AuditHistory:
    """What is known of the audits below a folder."""

    folder: str
    audits: tuple[PastAudit, ...]
    """The oldest first."""
    metrics: tuple[str, ...]
    """Names of the numbers to show, in order; see :attr:`PastMetric.name`."""
    neighbours: tuple[Neighbours, ...]
    """Only of audits whose files are there."""
    problems: tuple[str, ...]
    """What could not be read or was not searched, one line each."""

    @property
    def settings(self) -> dict[AuditSettings, str]:
        """All settings in order of their first audit, each with its letter."""
        found = dict.fromkeys(audit.settings for audit in self.audits)
        return {settings: _letter(number) for number, settings in enumerate(found)}


def _letter(number: int) -> str:
    """``A`` to ``Z``, then ``AA``, as the columns of a table."""
    rest, last = divmod(number, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)
