"""What changed since an earlier audit of the same data."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.measurement import Metric
from robust_emo.types.model_comparison import ModelComparison


@dataclass(frozen=True, slots=True)
class EarlierNumber:
    """A number of the baseline that this audit measured alike. The difference of the two was not tested."""

    __pydantic_config__ = JSON_FORM

    kind: str
    """Of the section, as in this audit."""
    plugin: str
    metric: Metric


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A section of either audit that stands beside none of the other."""

    __pydantic_config__ = JSON_FORM

    kind: str
    plugin: str
    why: str


@dataclass(frozen=True, slots=True)
class SinceBaseline:
    """The baseline, and this audit held against it."""

    __pydantic_config__ = JSON_FORM

    model: str
    """Model directory of the baseline, as given then."""
    model_sha256: str
    started_at: str
    """UTC, ISO 8601."""
    robust_emo: str
    """Version that made it."""
    profile: str
    """With its version, and what was changed of it."""
    seed: int
    examples: int
    """Texts audited."""
    attacked_examples: int
    data: str
    """Path of its data, as given then."""
    data_sha256: str
    not_comparable: str | None
    """Why nothing of it is held against this audit: other data or labels; null where they are the same."""
    measures: tuple[ModelComparison, ...]
    """Tested text by text; `left` is the baseline. First those of attacked texts, then those of all as written."""
    numbers: tuple[EarlierNumber, ...]
    """Of sections that both ran alike, outside attacks, what was not tested; of single emotions and groups none."""
    left_out: tuple[NotCompared, ...]
    notes: tuple[str, ...]
    """Where the two differ in more than the model, and what else a reader must know; one sentence each."""
