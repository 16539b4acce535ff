"""Which labelled texts an audit measured."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.example import Task
from robust_emo.types.provenance import RunInfo


@dataclass(frozen=True, slots=True)
class AuditedTexts:
    """What two audits must share for any number of one to be held against the other's."""

    __pydantic_config__ = JSON_FORM

    data_sha256: str
    rows: int
    """Usable rows of that data."""
    label_counts: tuple[tuple[str, int], ...]
    """In alphabetical order."""
    task: Task
    labels: tuple[str, ...]
    """In the model's order."""

    @classmethod
    def of(cls, run: RunInfo) -> "AuditedTexts":
        """Those of a finished audit."""
        counts = tuple(sorted(run.data.label_counts.items()))
        return cls(run.data.sha256, run.data.rows, counts, run.task, run.labels)
