"""The frozen values that travel between the parts. audit.json is the JSON form of :class:`AuditReport`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

# Shared by every type in audit.json: unknown keys and NaN are errors, docstrings below fields become descriptions.
# A plain dict, so that this module needs no pydantic (which reads it).
_JSON: dict[str, Any] = {"use_attribute_docstrings": True, "extra": "forbid", "allow_inf_nan": False}

SCHEMA_VERSION = "1.1"


class Task(StrEnum):
    """How labels are read: exactly one per text, or any number (each decided at probability 0.5)."""

    SINGLE_LABEL = "single_label"
    MULTI_LABEL = "multi_label"


class Status(StrEnum):
    """What became of one attacked example, decided by the core and never by the attack."""

    SUCCEEDED = "succeeded"
    """Right before, wrong after, within budget and constraints."""
    FAILED = "failed"
    """Right before and the attack found no perturbation that holds."""
    SKIPPED = "skipped"
    """Wrong before the attack; never counted in a success rate."""
    ERRORED = "errored"
    """The attack or the model crashed on this example; never counted as a failed attack."""


class Objective(StrEnum):
    """What an attack is after."""

    CHANGE = "change"
    """Another prediction, the text saying the same."""
    REDUCE = "reduce"
    """The same prediction from next to nothing, the text saying nothing any more (Feng et al. 2018)."""


class VerdictStatus(StrEnum):
    """Outcome of one check of a policy."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    """The interval straddles the threshold, or there are fewer samples than min_n."""
    NOT_MEASURED = "not_measured"
    """No such number in this audit; never a pass."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    id: str
    """Unique in its data set and stable between runs: the id column, or `row-<number>`."""
    text: str
    labels: tuple[str, ...]
    """Gold label names; exactly one in single-label data, possibly none in multi-label data."""
    group: str | None = None
    """Author, speaker or other source, where a group column was named."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the victim model says of one text."""

    labels: tuple[str, ...]
    """Predicted label names; one in single-label models, those with probability >= 0.5 in multi-label ones."""
    probabilities: tuple[float, ...]
    """One per label of the model, in the model's order, each in [0, 1]."""


@dataclass(frozen=True, slots=True)
class AttackBudget:
    """What an attack may spend on one example; None means no limit. The core enforces all of it."""

    __pydantic_config__ = _JSON

    max_queries: int | None = None
    """Logical model queries."""
    max_words: int | None = None
    """Words of the original that differ, are missing or were added."""
    max_word_share: float | None = None
    """The same as a share of the original's words, in (0, 1]; at least one word is always allowed."""
    max_edit_distance: int | None = None
    """Levenshtein distance in characters (Unicode code points)."""

    def tightened(self, other: "AttackBudget") -> "AttackBudget":
        """The stricter of both, limit by limit."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return AttackBudget(*(min((n for n in pair if n is not None), default=None) for pair in pairs))

    def words_allowed(self, words: int) -> int | None:
        """Words that may change in a text of `words` words; None for no limit."""
        limits = [] if self.max_words is None else [self.max_words]
        if self.max_word_share is not None:
            limits.append(max(1, int(self.max_word_share * words)))
        return min(limits, default=None)


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """One line of outcomes.jsonl: what one attack did to one example."""

    __pydantic_config__ = _JSON

    plugin: str
    example_id: str
    status: Status
    label: tuple[str, ...]
    """Gold labels."""
    original: str
    perturbed: str | None
    """The final text when status is succeeded, else null."""
    predicted: tuple[str, ...] | None
    """Labels predicted for the original text; null when the model crashed on it."""
    predicted_after: tuple[str, ...] | None
    """Labels predicted for the perturbed text when status is succeeded, else null."""
    num_queries: int | None
    """Logical queries, as the papers count them: every text asked about, whether cached or not; null if unknown."""
    words_perturbed: int | None
    """Words of the original that differ, are missing or were added; null unless succeeded."""
    valid: bool | None = None
    """Whether the emotion-validity check accepts the perturbed text; null when not checked."""
    invalid_reasons: tuple[str, ...] = ()
    """Codes of docs/validity.md; empty unless `valid` is false."""
    error: str | None = None
    """What crashed: the attack or the model where status is errored; else the validity check."""
    out_of_queries: bool = False
    """Whether a failed attack was stopped by its query budget, or had used at least 90% of it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured number. `value` null means not measured, never zero."""

    __pydantic_config__ = _JSON

    name: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    """Examples the number rests on."""
    confidence: float
    """Level of the interval, e.g. 0.95."""
    higher_is_better: bool | None
    """Null for numbers without a good side, such as mean_queries."""
    label: str | None = None
    """Emotion the number speaks of, for per-class metrics; null for the whole data."""
    method: str | None = None
    """How the interval was made: `wilson`, `bootstrap`, `bootstrap-clustered`; null without one."""


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Counts of gold (rows) against predicted (columns), single-label only."""

    __pydantic_config__ = _JSON

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """counts[gold][predicted], both in the order of `labels`."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One bin of a reliability diagram."""

    __pydantic_config__ = _JSON

    low: float
    high: float
    n: int
    confidence: float | None
    """Mean confidence in the bin; null when empty."""
    accuracy: float | None
    """Share right in the bin; null when empty."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What an attacker with one budget leaves."""

    __pydantic_config__ = _JSON

    budget: float | None
    """Words, a share of the words, or queries; null for no limit."""
    accuracy: float | None
    """Null where the run's own budget was tighter than this one."""
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True)
class BudgetCurve:
    """Accuracy under attack against what the attack may spend, counted from one run."""

    __pydantic_config__ = _JSON

    unit: str
    """`words`, `word_share` or `queries`."""
    n: int
    points: tuple[CurvePoint, ...]
    """From the smallest to the largest budget."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two attacks, or two models, on the same examples."""

    __pydantic_config__ = _JSON

    left: str
    right: str
    n: int
    """Examples that both have a result for."""
    only_left: int
    """Right under `left` alone."""
    only_right: int
    """Right under `right` alone."""
    difference: float | None
    """Accuracy under `left` minus accuracy under `right`."""
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    """McNemar's exact test, corrected over all comparisons of the section (Holm)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One self-diagnosis: a reason to distrust the numbers around it."""

    __pydantic_config__ = _JSON

    name: str
    raised: bool | None
    """Null where it could not be looked at."""
    detail: str
    """What was seen, in one sentence."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the audit: what was run, with which arguments, and what it measured."""

    __pydantic_config__ = _JSON

    kind: str
    """clean, evasion, privacy, explanation, ..."""
    plugin: str
    """Attack or section plug-in; `ensemble` for the worst case over all attacks."""
    version: str
    args: Mapping[str, Any]
    """Hyperparameters and budget, enough to run the same again."""
    metrics: tuple[Metric, ...] = ()
    error: str | None = None
    """Why the section could not be measured; null when it ran."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """What a reader must know to read the numbers, e.g. which lexical resource stood in."""
    confusion: ConfusionMatrix | None = None
    calibration: tuple[CalibrationBin, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """Examples by status, for evasion."""
    curves: tuple[BudgetCurve, ...] = ()
    """Of evasion: accuracy against words changed and against queries."""
    comparisons: tuple[Comparison, ...] = ()
    """Of the ensemble: every pair of attacks that saw all examples."""
    flags: tuple[Flag, ...] = ()
    """Of the ensemble: self-diagnosis."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One `[[require]]` of a policy."""

    __pydantic_config__ = _JSON

    metric: str
    section: str
    """Section kind; `evasion/ensemble` or `evasion/<attack>` names the plug-in too."""
    min: float | None = None
    max: float | None = None
    per_class: bool = False
    """True: judge the metric of every emotion, each one its own check."""
    decision: str = "confident"
    """`confident`: judged on the interval; `point`: judged on the value."""
    confidence: float | None = None
    """Level of the interval to judge, in (0, 1); null for the level that the audit stored."""
    min_n: int = 0
    """Fewer examples than this make the check inconclusive."""
    reason: str = ""
    """Why this threshold, for the report."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of the policy against one number of the audit."""

    __pydantic_config__ = _JSON

    check: str
    """Readable and stable, e.g. `evasion/ensemble/worst_case_accuracy >= 0.5` or with ` [joy]`."""
    status: VerdictStatus
    threshold: Threshold
    metric: Metric | None
    """The number judged; null when not measured."""
    explanation: str
    """One sentence in plain words."""


@dataclass(frozen=True, slots=True)
class DataInfo:
    """One data file of the audit."""

    __pydantic_config__ = _JSON

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

    __pydantic_config__ = _JSON

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

    __pydantic_config__ = _JSON

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


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The truth about one audit; every report is a projection of it."""

    __pydantic_config__ = _JSON

    schema_version: str
    run: RunInfo
    sections: tuple[Section, ...]
    verdicts: tuple[Verdict, ...]
