"""Where an audit comes from: its data, its settings, its cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.defence_gaps import AdaptiveInfo
from robust_emo.types.example import Task
from robust_emo.types.privacy_ledger import PrivacyLedger
from robust_emo.types.scope import Scope


@dataclass(frozen=True, slots=True)
class DataInfo:
    """One data file of the audit."""

    __pydantic_config__ = JSON_FORM

    path: str
    sha256: str
    """Of the file's bytes (of all files, in name order, for a directory)."""
    rows: int
    """Usable rows."""
    skipped_rows: int
    """Rows left out because they were bad."""
    label_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunCost:
    """What the run took: the only part of `run` that may differ between two runs of the same audit."""

    __pydantic_config__ = JSON_FORM

    started_at: str
    """UTC, ISO 8601."""
    seconds: float
    physical_queries: int
    """Texts that went through the model (the rest were duplicates or cached)."""
    cached_queries: int
    """Texts answered from the on-disk cache."""
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Provenance: enough to run the same audit again."""

    __pydantic_config__ = JSON_FORM

    robust_emo: str
    """Version."""
    command: str
    """The command line that repeats this audit."""
    model: str
    """Model directory as given."""
    model_sha256: str
    """Of weights, config and tokenizer."""
    architecture: str
    parameters: int
    task: Task
    labels: tuple[str, ...]
    data: DataInfo
    train_data: DataInfo | None
    train_duplicates: int | None
    """Audited texts that also stand in the training data; null when that is unknown."""
    examples: int
    """Examples audited for clean performance."""
    attacked_examples: int
    """Examples drawn, stratified by label, for attacks."""
    profile: str
    profile_version: str
    seed: int
    policy: str | None
    """Name or path of the policy; null when nothing was judged."""
    policy_sha256: str | None
    device: str
    precision: str
    """fp32 or bf16."""
    max_length: int
    """Tokens; longer texts are cut."""
    truncated_texts: int
    """Audited texts longer than that."""
    packages: Mapping[str, str]
    warnings: tuple[str, ...]
    cost: RunCost
    profile_changes: tuple[str, ...] | None = None
    """What the request replaced of the profile: `attacks`, `attack arguments`, `sections`, `examples` or `seed`; null
    where an older version, which did not record it, wrote this."""

    defence: tuple[str, ...] | None = None
    """The normalisers of the model's input defence with their versions, in order; null where an older version,
    which knew none, wrote this."""
    adaptive: AdaptiveInfo | None = None
    """What attackers who know that defence aim at; null without one, and where an older version wrote this."""

    privacy: PrivacyLedger | None = None
    """What the private training of the model spent; null where it was not trained privately, and where an older version
    wrote this."""

    holdout_data: DataInfo | None = None
    """Texts of the training file that were set aside by chance, by which privacy was attacked; null where there were
    none, of a privately trained model, and where an older version wrote this."""

    scope: Scope | None = None
    """What the model is for, as it was stated with `--intended-use`, `--modality` and `--jurisdiction`; null where an
    older version, which did not ask, wrote this."""

    @property
    def profile_text(self) -> str:
        """``standard 2``, with what was replaced of it: ``standard 2, changed: attacks, examples``."""
        changed = f", changed: {', '.join(self.profile_changes)}" if self.profile_changes else ""
        return f"{self.profile} {self.profile_version}{changed}"
