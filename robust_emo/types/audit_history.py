"""Finished audits below one folder, over time."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM
from robust_emo.types.audited_texts import AuditedTexts
from robust_emo.types.measurement import Metric
from robust_emo.types.provenance import RunInfo


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

    texts: AuditedTexts
    profile: str
    """With its version and what was replaced of it."""
    seed: int
    attacked_examples: int
    """Texts drawn for the attacks."""
    max_length: int
    """Tokens; longer texts were cut. A gate takes a baseline with another one, since its report names what differs
    (:mod:`~robust_emo.comparison_notes`); a history does not."""

    @classmethod
    def of(cls, run: RunInfo) -> "AuditSettings":
        """Those of a finished audit."""
        texts = AuditedTexts.of(run)
        return cls(texts, run.profile_text, run.seed, run.attacked_examples, run.max_length)


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

    def lines(self, name: str) -> tuple[str, ...]:
        """Under which line each audit's number called so stands, audit by audit: ``A`` under settings A, ``A2`` where
        its section was then run in another version or with other arguments. Only numbers of one line can be held
        against each other."""
        letters = self.settings
        ways: dict[AuditSettings, list[str]] = {}
        lines = []
        for audit in self.audits:
            known, metric = ways.setdefault(audit.settings, []), audit.find(name)
            if metric and metric.protocol not in known:
                known.append(metric.protocol)
            way = known.index(metric.protocol) if metric else len(known) - 1
            lines.append(f"{letters[audit.settings]}{way + 1 if way > 0 else ''}")
        return tuple(lines)


def _letter(number: int) -> str:
    """``A`` to ``Z``, then ``AA``, as the columns of a table."""
    rest, last = divmod(number, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)
