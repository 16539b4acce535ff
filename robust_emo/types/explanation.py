"""What an audit says about why the model answers as it does, and whether that may be believed."""

from dataclasses import dataclass
from enum import StrEnum

from robust_emo.types._json import JSON_FORM
from robust_emo.types.counterfactual import Counterfactual
from robust_emo.types.training_influence import TrainingInfluence


class Trust(StrEnum):
    """Whether a heat map may be believed; docs/explanations.md has the rule."""

    TRUSTED = "trusted"
    CAUTION = "caution"
    UNRELIABLE = "unreliable"


@dataclass(frozen=True, slots=True)
class WordAttribution:
    """One stretch of a text and how much it moved the target."""

    __pydantic_config__ = JSON_FORM

    text: str
    start: int
    end: int
    """text[start:end] of the explanation's text."""
    attribution: float
    """In units of the target's logit; positive where it speaks for the target."""


@dataclass(frozen=True, slots=True)
class HeatMapQuality:
    """How well one heat map says what moved the model. Null: not measured."""

    __pydantic_config__ = JSON_FORM

    comprehensiveness: float | None
    """Loss of the target's probability when the highest words are left out, mean over shares of words (AOPC)."""
    sufficiency: float | None
    """Loss of the target's probability when only the highest words stay, mean over shares of words; lower is better."""
    random_comprehensiveness: float | None
    """The same of random rankings, their mean."""
    random_sufficiency: float | None
    beats_random: float | None
    """p-value against random rankings of the same text, by comprehensiveness less sufficiency."""
    leave_one_out_correlation: float | None
    """Spearman's, of the words' attributions with what the target loses when each alone is left out."""
    infidelity: float | None
    """How badly the attributions foretell what leaving words out does, in [0, 1]: 0 is perfect, 1 no better than
    foretelling that nothing happens."""
    infidelity_by_chance: float | None = None
    """p-value: chance that the same attributions, dealt to the words by lot, foretell as well."""
    max_sensitivity: float | None = None
    """Largest relative change of the attributions when the token vectors are moved a little."""
    stability: float | None = None
    """Mean rank correlation with the attributions of the text after edits that change neither meaning nor answer."""
    agreement: float | None = None
    """Share of the highest words, a quarter of all, that this method and leave-one-out have in common."""
    masked_comprehensiveness: float | None = None
    """Comprehensiveness with the model's mask in the place of the words; null where it reads no such thing."""
    masked_sufficiency: float | None = None
    """Sufficiency, likewise."""
    random_masked_comprehensiveness: float | None = None
    """The same of random rankings, their mean."""
    random_masked_sufficiency: float | None = None
    random_infidelity: float | None = None
    """Infidelity of the same attributions, dealt to the words by lot, mean."""
    stability_overlap: float | None = None
    """Share of the highest words in common with the text after the edits of `stability`, mean."""
    random_stability_overlap: float | None = None
    """What that is, on average, for a random ranking."""
    random_agreement: float | None = None
    """What `agreement` is, on average, for a random ranking."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One heat map."""

    __pydantic_config__ = JSON_FORM

    method: str
    target: str
    """The emotion that is explained, or `joy rather than sadness`."""
    text: str
    """As it was written; personal data masked unless the user asked for it raw."""
    words: tuple[WordAttribution, ...]
    """In the order of the text; what lies between is blank."""
    trust: Trust
    reasons: tuple[str, ...]
    """Why it is not trusted; empty where it is."""
    probability: float
    """Of the target; of a contrast, of the first of the two emotions against the second alone."""
    predicted: tuple[str, ...]
    completeness_gap: float | None
    """What the attributions lack, or have too much, of the target's change, as a share of it; null where the method's
    attributions need not add up to it, and where the target does not change at all but they say that it does."""
    special: float = 0.0
    """What falls on tokens that stand for nothing in the text, such as [CLS]."""
    steps: int | None = None
    baseline: str | None = None
    windows: int = 1
    """More than one: the text is longer than the model reads."""
    quality: HeatMapQuality | None = None
    example_id: str | None = None
    label: tuple[str, ...] | None = None
    """True emotions; null where nobody knows."""
    counterfactual: Counterfactual | None = None
    """The smallest edit that was found to change the prediction; null where none was looked for, or found."""
    training: TrainingInfluence | None = None
    """Training texts behind the prediction; null unless the user named the training data."""
