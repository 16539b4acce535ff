"""What the explanation section of an audit found over many texts."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM
from robust_emo.types.counterfactual import Counterfactual
from robust_emo.types.explanation import Explanation


@dataclass(frozen=True, slots=True)
class FaithfulnessPoint:
    """What leaving out, or keeping, a share of the highest words does to the target's probability, mean over texts."""

    __pydantic_config__ = JSON_FORM

    share: float
    """Of a text's words, in (0, 1); at least one word."""
    comprehensiveness: float
    """Probability lost without them."""
    sufficiency: float
    """Probability lost with them alone."""
    random_comprehensiveness: float
    random_sufficiency: float
    """The same of random rankings."""
    n: int


@dataclass(frozen=True, slots=True)
class SanityPoint:
    """Rank correlation of attributions with those of the model with a part of its weights drawn anew (Adebayo 2018)."""

    __pydantic_config__ = JSON_FORM

    randomised: str
    """Which part, from the head down."""
    share: float
    """Of the model's layers that it is, in (0, 1]."""
    correlation: float
    """Spearman's, of absolute attributions, mean over texts and draws."""
    ci_low: float | None
    ci_high: float | None
    n: int
    """Texts; each with all draws."""


@dataclass(frozen=True, slots=True)
class CountedBin:
    """One bar of a distribution."""

    __pydantic_config__ = JSON_FORM

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class MethodAgreement:
    """How alike two methods rank the words of a text."""

    __pydantic_config__ = JSON_FORM

    left: str
    right: str
    correlation: float | None
    """Spearman's, mean over texts; that of a random ranking is 0 on average."""
    ci_low: float | None
    ci_high: float | None
    n: int
    overlap: float | None = None
    """Share of the highest words, a quarter of all, that both have in common, mean over the same texts."""
    overlap_low: float | None = None
    overlap_high: float | None = None
    random_overlap: float | None = None
    """What that is, on average, for a random ranking."""


@dataclass(frozen=True, slots=True)
class TopWord:
    """A word that speaks for an emotion wherever it stands."""

    __pydantic_config__ = JSON_FORM

    label: str
    word: str
    """In lower case, without #."""
    attribution: float
    """Of all its occurrences in a text together, mean over the texts that it is in; towards `label`."""
    ci_low: float | None
    ci_high: float | None
    documents: int
    """Texts with the word that `label` is predicted for."""


@dataclass(frozen=True, slots=True)
class AttributionShare:
    """How much of what moves the model falls on one kind of word, in the texts that have such words."""

    __pydantic_config__ = JSON_FORM

    category: str
    """`emotion`, `negation`, `identity`, `name`, `handle`, `url`, `number`, `emoji`, `punctuation`, `artefact`,
    `function` or `other`."""
    label: str | None
    """Predicted emotion; null over all."""
    right: bool | None
    """Right or wrong predictions; null for both."""
    share: float
    """Of the sum of absolute attributions, mean over the texts that have the kind."""
    ci_low: float | None
    ci_high: float | None
    expected: float
    """Share of the words of these texts that are of this kind: what it would get if all words counted alike."""
    n: int
    """Texts that have the kind."""
    overall: float
    """`share` over all texts, those without the kind too: of all kinds these add up to 1."""
    flagged: bool
    """Whether the model leans on what should not decide an emotion."""


@dataclass(frozen=True, slots=True)
class SuspectedShortcut:
    """A word that bears no emotion and all but decides one by itself, as a mark that data were collected with would."""

    __pydantic_config__ = JSON_FORM

    word: str
    """In lower case, without #; personal data masked."""
    label: str
    """What texts with it are predicted to be."""
    share: float
    """Of the sum of absolute attributions, how much speaks for the prediction through this word; mean over texts."""
    ci_low: float
    ci_high: float
    label_rate: float
    """Share of the texts with it that `label` is predicted for."""
    label_rate_low: float
    """Lower bound of that share."""
    documents: int
    """Texts that it is in."""


@dataclass(frozen=True, slots=True)
class AttackedPair:
    """What a successful attack made the model look at."""

    __pydantic_config__ = JSON_FORM

    plugin: str
    """The attack."""
    original: Explanation
    perturbed: Explanation


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A text in the plane that `projection` makes of the model's text vectors."""

    __pydantic_config__ = JSON_FORM

    x: float
    y: float
    label: tuple[str, ...]
    predicted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplanationFindings:
    """Everything beyond the numbers."""

    __pydantic_config__ = JSON_FORM

    method: str
    baselines: tuple[str, ...]
    """Empty for methods without any."""
    shown: tuple[Explanation, ...] = ()
    """Some of the texts: those least to be trusted, wrong answers, and others by chance. Each for the emotion with the
    highest logit, followed by other emotions of the same text."""
    pairs: tuple[AttackedPair, ...] = ()
    faithfulness: tuple[FaithfulnessPoint, ...] = ()
    """Words deleted."""
    faithfulness_masked: tuple[FaithfulnessPoint, ...] = ()
    """The same with words masked; empty where the model reads no mask."""
    sanity: tuple[SanityPoint, ...] = ()
    """From the head alone to all layers."""
    stability: tuple[CountedBin, ...] = ()
    """Texts by the mean rank correlation of their edits."""
    agreement: tuple[MethodAgreement, ...] = ()
    top_words: tuple[TopWord, ...] = ()
    shares: tuple[AttributionShare, ...] = ()
    shortcuts: tuple[SuspectedShortcut, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()
    embedding_map: tuple[MapPoint, ...] = ()
    projection: str = "pca"
    """How `embedding_map` was made: `pca`, its first two principal components, or `umap`."""
    variance_shown: float | None = None
    """Share of the variance of the text vectors that `embedding_map` shows; null for `umap`, which keeps none."""
    """Share of the variance of the text vectors that `embedding_map` shows."""
    reasons: tuple[str, ...] = ()
    """Why no heat map is trusted, whatever the text; each of them has these among its own. Empty where nothing holds
    for all."""
