"""What a section can measure: numbers with intervals, tables, curves, comparisons and flags."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured number. `value` null means not measured, never zero."""

    __pydantic_config__ = JSON_FORM

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
    """Emotion the number speaks of, for per-class metrics, or group; null for the whole data."""
    method: str | None = None
    """How the interval was made: `wilson`, `anytime-beta`, `bootstrap`, `bootstrap-clustered`, `counted`, ...; in
    verdicts also `clopper-pearson`, `newcombe-paired` and `from both intervals`; null without one."""


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Counts of gold (rows) against predicted (columns), single-label only."""

    __pydantic_config__ = JSON_FORM

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """counts[gold][predicted], both in the order of `labels`."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One bin of a reliability diagram."""

    __pydantic_config__ = JSON_FORM

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

    __pydantic_config__ = JSON_FORM

    budget: float | None
    """Words, a share of the words, or queries; null for no limit."""
    accuracy: float | None
    """Null where the run's own budget was tighter than this one."""
    ci_low: float | None
    ci_high: float | None
    upper_bound: bool = False
    """Whether attacks that did not run, since an example was broken already, might have broken it within this budget:
    no more than `accuracy` is left."""


@dataclass(frozen=True, slots=True)
class BudgetCurve:
    """Accuracy under attack, or certified, against what the attack may spend, counted from one run."""

    __pydantic_config__ = JSON_FORM

    unit: str
    """`words`, `word_share` or `queries`; of certificates `certified_words` or, averaged over emotions,
    `certified_words_balanced`."""
    n: int
    points: tuple[CurvePoint, ...]
    """From the smallest to the largest budget."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two attacks, or two models, on the same examples."""

    __pydantic_config__ = JSON_FORM

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
class Learnt:
    """Something that an attack learnt on one half of the examples and attacked the other half with."""

    __pydantic_config__ = JSON_FORM

    half: int
    """1 or 2: the half it was learnt on. The seed of the run decides which example is in which."""
    n: int
    """Examples of that half that the attack could learn on: those that were right."""
    subject: str
    """What it is for, e.g. the gold emotion."""
    content: str
    """What was learnt, e.g. the words of a trigger."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One self-diagnosis: a reason to distrust the numbers around it."""

    __pydantic_config__ = JSON_FORM

    name: str
    raised: bool | None
    """Null where it could not be looked at."""
    detail: str
    """What was seen, in one sentence."""
